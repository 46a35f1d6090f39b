"""Meanings of the keys of ``content/datasets/<id>.yml``."""

from __future__ import annotations

from kpi_site.content.meanings.database import OF_DATABASE
from kpi_site.content.meanings.meaning import Meanings, means

DATASET: Meanings = {
    "dataset": {
        "id": means(
            "与文件名相同；卡片用它来引用这个数据集。",
            "The file's name; cards refer to the dataset by it.",
            "tickets",
        ),
        "title": means(
            "数据集的名称；不写则用 `id`。",
            "Name of the dataset; without it the `id`.",
            {"zh": "客服工单", "en": "Service tickets"},
        ),
        "description": means(
            "一行代表什么，什么算、什么不算。",
            "What a row stands for, what counts and what does not.",
            {"zh": "每行一张工单。", "en": "A row is a ticket."},
        ),
        "path": means(
            "文件、文件列表或通配符，在站点根目录之内：`.csv` `.csv.gz` `.parquet` `.xlsx`。"
            "数据来自数据库时改写 `connection`。",
            "A file, a list of files, or a pattern, within the site's root:"
            " `.csv` `.csv.gz` `.parquet` `.xlsx`. Where the rows come from a database,"
            " `connection` stands in its place.",
            "data/tickets.csv",
        ),
        **OF_DATABASE,
        "encoding": means(
            "文件的编码，如 `utf-8`、`gb18030`、`utf-16`；从不猜测。",
            "Encoding of the files, such as `utf-8`, `gb18030`, `utf-16`; never guessed.",
            "gb18030",
            default="utf-8",
        ),
        "dialect": means(
            "文件的格式：分隔符和引号、表头在哪几行、哪张工作表的哪个区域。",
            "How the file is laid out: delimiter and quote, the lines of the head, the sheet and "
            "range.",
            {"delimiter": ";"},
        ),
        "sheet": means(
            "格式 1 的旧写法，现为 `dialect` 的 `sheetName`：XLSX 的工作表名。",
            "Old spelling of format 1 for `sheetName` of `dialect`: the sheet of an XLSX file.",
            "明细",
        ),
        "rows": means(
            "数据到哪一行为止。",
            "Where the rows end.",
            {"until": {"column": "region", "matches": "^(合计|总计)$"}},
        ),
        "unpivot": means(
            "横排的列（如 1月至12月）变成行：列名进一列，单元格进另一列。空的单元格没有行。",
            "Columns that lie across, such as months, become rows: their names go to one column, "
            "their cells to another. An empty cell makes no row.",
            {"matches": "^[0-9]+月$", "names_to": "month", "values_to": "amount"},
        ),
        "owner": means(
            "收集数据的部门（`site.yml` 中的 `id`）。",
            "The department that collects the data (an `id` of `site.yml`).",
            "customer_service",
        ),
        "source": means(
            "数据来自哪个系统或台账。",
            "The system or ledger that the data come from.",
            {"zh": "客服系统", "en": "Help-desk system"},
        ),
        "time": means(
            "决定一行属于哪个期间的列，类型为 date 或 datetime。",
            "The column that puts a row into a period, of type date or datetime.",
            "created_at",
        ),
        "schema": means(
            "列、主键、外键，沿用 Data Package 的名称。",
            "Columns and keys, by the names of the Data Package standard.",
            {"fields": [{"name": "ticket_id", "type": "string"}]},
        ),
        "derived": means(
            "由同一行算出的更多的列：名称对应 SQL 表达式，可用窗口函数（`OVER`）。",
            "More columns, computed from the row: a name and an SQL expression; window functions"
            " (`OVER`) are allowed.",
            {"days_open": "resolved_at - created_at"},
        ),
        "rules": means(
            "每一行都应成立的规则。",
            "What must hold in every row.",
            [{"rule": "resolved_at >= created_at"}],
        ),
        "file_to": means(
            "哪一列取每个文件的名字（不带扩展名）；path 写明工作表（`门店.xlsx#北京`）时"
            "取工作表名。这一列要在 schema 里声明，文件里没有它。",
            "The column that takes the name of each file without its ending, or of the sheet where "
            "`path` names one (`stores.xlsx#Berlin`). It is declared in `schema`; no file has it.",
            "store",
        ),
        "undated": means(
            "time 列为空的行：不写则是错误；`ignore` 表示这些行不属于任何期间、不计入，"
            "数据集页面写明有多少行。",
            "Rows whose `time` is empty: an error, unless `ignore` says that they belong to no "
            "period and do not count; the dataset's page tells how many there are.",
            "ignore",
        ),
        "totals": means(
            "哪些行是合计：这些行不计入，但要核对——每个数值列的合计必须等于各行之和。",
            "Which rows are totals: they are left out, and checked: the total of each column of "
            "numbers must be the sum of the rows.",
            {"where": "region = '合计'"},
        ),
        "expect": means(
            "每个期间至少应有多少行；没有行的期间为“无数据”，不当成零。",
            "The least rows of every period; a period without any has no data, and is not zero.",
            {"every": "month", "min_rows": 1},
        ),
        "people": means(
            "一行代表一个人或一份答卷：人数太少的数值不予公布，见 `site.yml` 的 `suppression`。",
            "A row stands for a person or an answer: figures with too few of them are hidden, see"
            " `suppression` in `site.yml`.",
            True,
            default=False,
        ),
        "people_key": means(
            "哪一列区分各人：一个人有几行时，按不同的人计，而不按行计；同时表示 `people: true`。",
            "The column that tells persons apart: where a person has several rows, persons are "
            "counted and not rows. It says `people: true` as well.",
            "employee_id",
        ),
        "audience": means(
            "可以看到数据集页面的最窄读者范围（`site.yml` 中的名称）；"
            "不写则与用到它的指标相同，取其中最窄的。",
            "The narrowest audience that sees the dataset's page (a name of `site.yml`). Unless"
            " told, that of the cards which use it, the narrowest of theirs.",
            "leadership",
        ),
    },
    "schema": {
        "fields": means(
            "各列，与文件中的列完全一致，次序不限。",
            "The columns: just those of the file, in any order.",
            [{"name": "ticket_id", "type": "string"}],
        ),
        "primaryKey": means(
            "一列或几列，合起来每行不同、都不为空。",
            "One or more columns that together differ in every row and are never missing.",
            ["ticket_id"],
        ),
        "foreignKeys": means(
            "指向其他数据集的键；每个值都要找得到。",
            "Keys that point to other datasets; every value must be found there.",
            [
                {
                    "fields": ["customer_id"],
                    "reference": {"resource": "customers", "fields": ["customer_id"]},
                }
            ],
        ),
        "missingValues": means(
            "哪些写法表示“没有值”。",
            "What is written for a missing value.",
            ["", "-"],
            default=[""],
        ),
    },
    "field": {
        "name": means("列名，与文件第一行相同。", "Name as in the file's head.", "amount"),
        "type": means(
            "类型；`number` 是精确小数，编号用 `string`。",
            "Type; a `number` is an exact decimal, and a number that names a thing is a `string`.",
            "number",
        ),
        "title": means("给读者看的列名。", "Name for readers.", {"zh": "金额", "en": "Amount"}),
        "description": means(
            "列的说明。",
            "What the column holds.",
            {"zh": "含税金额", "en": "Amount including tax"},
        ),
        "format": means(
            "日期的写法，如 `%Y/%m/%d`、`%Y年%m月%d日`；`serial` 是电子表格的日期序号；"
            "`unix`、`unix_ms` 是 1970 年以来的秒数、毫秒数；"
            "不写则为 ISO。",
            "How dates are written, such as `%Y/%m/%d`, or `serial`, as spreadsheets count days, "
            "or `unix` or `unix_ms`, seconds or milliseconds since 1970; "
            "without it ISO.",
            "%Y/%m/%d",
        ),
        "decimals": means(
            "`number` 最多几位小数；更多即报错，不会悄悄舍入。",
            "Most decimal places of a `number`; more are an error, never rounded in silence.",
            2,
            default=4,
        ),
        "decimalChar": means(
            "数里的小数点，如 `1234,50` 的逗号。",
            "The decimal sign, such as the comma of `1234,50`.",
            ",",
            default=".",
        ),
        "groupChar": means(
            "千位之间的符号，如 `1,234.50` 的逗号；不写则不许有。",
            "The sign between thousands, as in `1,234.50`; without it there is none.",
            ",",
        ),
        "bareNumber": means(
            "`false`：数的前后可以有货币或单位（`¥1,200`、`12 EUR`），整列只许有一种。",
            "`false`: a currency or unit may stand before or behind the number (`¥1,200`, "
            "`12 EUR`), the same one in all of the column.",
            False,
            default=True,
        ),
        "percent": means(
            "`true`：每格都有百分号，`95.3%` 读作 0.953。",
            "`true`: every cell has a percent sign; `95.3%` is 0.953.",
            True,
            default=False,
        ),
        "negative": means(
            "`parentheses`：括号表示负数，`(123)` 读作 −123；"
            "`trailing`：负号写在后面，`123-` 读作 −123。",
            "`parentheses`: brackets make a number negative, `(123)` is −123; `trailing`: a minus "
            "sign behind it does, `123-` is −123.",
            "parentheses",
        ),
        "multiplier": means(
            "每格乘以它，如以万元计的列；`12万` 的“万”可以写，但要么格格都写，要么都不写。",
            "What each number is multiplied by, such as 10000 for amounts in ten thousands. The "
            "word for it may stand in all cells or in none.",
            10000,
            default=1,
        ),
        "exponent": means(
            "`true`：许用 `1e3`、`1.2E+05` 的写法。",
            "`true`: numbers may have an exponent, `1e3` or `1.2E+05`.",
            True,
            default=False,
        ),
        "fullWidth": means(
            "`true`：许用全角的数字和符号（`１２３．５`）；写了其他几项中的任一项时也可以。",
            "`true`: digits and signs may be full-width; so they may with any other of these keys.",
            True,
            default=False,
        ),
        "clock": means(
            "格子是时长 `h:mm` 或 `h:mm:ss`（工作簿里设为时间或 `[h]:mm` 格式的也是），"
            "读作多少分钟（`minutes`，不许有零秒）或多少秒（`seconds`）。",
            "The cells are durations, `h:mm` or `h:mm:ss` (in a workbook also cells formatted as "
            "times or `[h]:mm`), read as a number of `minutes`, without odd seconds, or `seconds`.",
            "minutes",
        ),
        "unit": means("这一列的单位，供读者看。", "Unit of the column, for readers.", "CNY"),
        "constraints": means(
            "每个单元格应满足的条件。",
            "What every cell must fulfil.",
            {"required": True},
        ),
        "categories": means(
            "各个取值给读者看的名称。",
            "Names of the values for readers.",
            {"phone": {"zh": "电话", "en": "Phone"}},
        ),
        "ordered": means(
            "`true`：图表中的成员按 `constraints.enum` 的次序排列（等级、年龄段），而不按大小。",
            "`true`: members stand in the order of `constraints.enum` in tables and charts"
            " (grades, age groups), and not by size.",
            True,
            default=False,
        ),
    },
    "constraints": {
        "required": means("不许为空。", "The cell must not be missing.", True, default=False),
        "unique": means("每行不同。", "It differs in every row.", True, default=False),
        "enum": means("允许的取值。", "The values that are allowed.", ["phone", "email", "wechat"]),
        "minimum": means("最小值，含。", "The least value, included.", 0),
        "maximum": means("最大值，含。", "The greatest value, included.", 100),
        "pattern": means(
            "整个文字应符合的正则表达式。",
            "A regular expression for the whole text.",
            "T[0-9]{6}",
        ),
    },
    "foreign_key": {
        "fields": means("这边的列。", "Columns on this side.", ["customer_id"]),
        "reference": means(
            "指向的数据集和它的列。",
            "The dataset pointed to, and its columns.",
            {"resource": "customers", "fields": ["customer_id"]},
        ),
    },
    "reference": {
        "resource": means("指向的数据集的 `id`。", "Id of the dataset pointed to.", "customers"),
        "fields": means("那边的列，次序相同。", "Its columns, in the same order.", ["customer_id"]),
        "valid": means(
            "那边的行有生效期（如员工调动部门）：取这一行 `time` 当时有效的那一行；"
            "同一键的生效期不得重叠。",
            "The rows there hold for a time, as when people change department: each row here gets "
            "the one that held at its `time`. Those of one key must not overlap.",
            {"from": "since", "to": "until"},
        ),
    },
    "valid": {
        "from": means("生效的第一天的列。", "Column of the first day on which it holds.", "since"),
        "to": means(
            "不再生效的第一天的列，空着即仍有效；不写则到同一键的下一行生效为止。",
            "Column of the first day on which it holds no longer, missing while it still does; "
            "without the key, until the next row of the same key begins.",
            "until",
        ),
    },
    "rule": {
        "rule": means(
            "SQL 条件；遇空值视为成立。",
            "An SQL condition; a missing value counts as holding.",
            "resolved_at >= created_at",
        ),
        "severity": means(
            "不成立时是错误还是警告。",
            "Whether a row that breaks it is an error or a warning.",
            "warning",
            default="error",
        ),
        "message": means(
            "报告给数据提交人的话。",
            "What whoever hands in the data is told.",
            {"zh": "解决时间早于创建时间", "en": "resolved before it was created"},
        ),
    },
    "totals": {
        "where": means(
            "合计行的条件，只用 schema 中声明的列。",
            "The condition that tells a row of totals, over columns that schema declares.",
            "region = '合计'",
        ),
        "columns": means(
            "要核对的数值列；不写则是主键、外键以外的全部数值列。合计行里空着的格不核对。",
            "The columns of numbers that are checked; all but those of keys, unless told. A cell "
            "that is empty in the total is not checked.",
            ["amount"],
        ),
    },
    "expect": {
        "every": means("按哪种期间检查。", "The kind of period that is checked.", "month"),
        "min_rows": means(
            "至少几行；有行但不足，则结果为暂定。",
            "The least rows; with some, but fewer, a result is provisional.",
            200,
            default=1,
        ),
    },
}
