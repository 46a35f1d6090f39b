"""Meanings of the keys of ``content/site.yml``, and of the parts that other files share."""

from __future__ import annotations

from kpi_site.content.meanings.meaning import Meanings, means

_POINTS = {"baseline": 60, "target": 100, "challenge": 120}

SITE: Meanings = {
    "site": {
        "format": means(
            "内容的格式；旧写法由 `kpi-site migrate` 改写。",
            "Format of the content; `kpi-site migrate` rewrites old spellings.",
            2,
            default=1,
        ),
        "organisation": means(
            "公司或机构的名称，印在每一页上。",
            "Name of the company, on every page.",
            {"zh": "华辰集团", "en": "Huachen Group"},
        ),
        "languages": means(
            "网站的语言；第一种是默认语言。",
            "Languages of the site; the first is the default.",
            ["zh", "en"],
            default=["zh", "en"],
        ),
        "timezone": means(
            "公司所在的时区（IANA 名称）。",
            "The company's time zone, by its IANA name.",
            "Asia/Shanghai",
            default="Asia/Shanghai",
        ),
        "calendar": means(
            "公司自己的日历：月份在哪一天结账，或者列出每个期间；哪些天放假。",
            "The company's own calendar: when its months close, or a list of its periods; and its"
            " holidays.",
            {"closing_day": 25},
        ),
        "fiscal_year_start": means(
            "财政年度从几月开始（1-12）；年度以它开始的那个公历年命名。",
            "Month in which the fiscal year starts, 1-12; a fiscal year is named by the calendar"
            " year of its start.",
            4,
            default=1,
        ),
        "data_through": means(
            "数据截止日；晚于这一天的事实不计。不写则为数据中最后一个完整的月的月末。",
            "Last day of the data; later facts are ignored. Without it: the end of the last closed"
            " month of the data.",
            "2026-10-31",
        ),
        "currency": means(
            "公司记账的货币（ISO 4217 代码）：卡片写 `unit: currency` 就是它。",
            "The company's currency, by its ISO 4217 code: what `unit: currency` of a card means.",
            "CNY",
            default="CNY",
        ),
        "engine": means(
            "由什么来数行；每种引擎算出的每个数都相同，分毫不差。",
            "What counts rows; every engine gives the same figures, to the last digit.",
            "duckdb",
            default="polars",
        ),
        "departments": means(
            "部门，按网站上的次序；`id` 就是 `content/indicators/` 下的文件夹名。",
            "Departments in the order of the site; the `id` is a folder's name under"
            " `content/indicators/`.",
            [{"id": "sales", "name": {"zh": "销售部", "en": "Sales"}}],
        ),
        "titles": means(
            "不是部门、但可以签字的岗位或机构。",
            "Posts and bodies that are no department, and may sign.",
            [{"id": "board", "name": {"zh": "董事会", "en": "Board"}}],
        ),
        "owner": means(
            "管理手册本身的部门（`id`）：审阅记分卡、报告、台账和设置（`kpi-site owners`）。",
            "The department that keeps the handbook itself (its `id`): it reviews scorecards,"
            " reports, the ledger and the settings (`kpi-site owners`).",
            "finance",
        ),
        "perspectives": means(
            "平衡记分卡的视角，按网站上的次序。",
            "Perspectives of the balanced scorecard in the order of the site.",
            [{"id": "customer", "name": {"zh": "客户", "en": "Customer"}}],
        ),
        "scoring": means(
            "得分与等级怎样算。",
            "How points and grades are given.",
            {"points": _POINTS},
        ),
        "audiences": means(
            "读者范围，由窄到宽：后者能看到前者所见的全部。",
            "Circles of readers from narrow to wide: each sees all that the one before it sees.",
            ["staff", "leadership"],
            default=["staff", "leadership"],
        ),
        "signatures": means(
            "`required`：没有三方用密钥的签名就不能发布；密钥写在 content/signers 里。",
            "`required`: nothing is published without the three signatures by keys, which"
            " content/signers allows.",
            "required",
        ),
        "suppression": means(
            "关于人的数值何时不予公布，只涉及有 `people` 的数据集；`off` 表示一律公布。",
            "When figures about people are hidden, which concerns datasets with `people` alone;"
            " `off` publishes all.",
            {"min_count": 5},
        ),
        "csv_limit": means(
            "下载的一张表最多多少 MB 放在一个 CSV 文件里；更大的按部门分成几个文件。",
            "The most MB of a downloaded table that stand in one CSV file; a larger table has a"
            " file for each department.",
            50,
            default=50,
        ),
        "connections": means(
            "数据库：每个名称对应一个环境变量，网址（含密码）只放在那里。",
            "Databases: each name has an environment variable, which alone holds the URL with its"
            " password.",
            {"erp": {"url_env": "KPI_ERP_URL", "max_age": "7d"}},
        ),
    },
    "connection": {
        "url_env": means(
            "存放数据库网址的环境变量名，例如网址 `postgresql://用户:密码@主机/数据库`。",
            "Name of the environment variable with the database's URL, such as"
            " `postgresql://user:password@host/database`.",
            "KPI_ERP_URL",
        ),
        "max_age": means(
            "快照最多可以多旧，以天或周计；更旧时 `check` 和 `build` 给出警告。",
            "How old a snapshot may be, in days or weeks; `check` and `build` warn of older ones.",
            "7d",
        ),
        "engine": means(
            "由什么来数这个数据库的数据集；不写时同全站的 `engine`。",
            "What counts the rows of this database's datasets; without it, the site's `engine`.",
            "duckdb",
        ),
    },
    "unit": {
        "id": means(
            "标识：小写英文字母、数字、下划线；定了就不改，因为它在网址里。",
            "Id: lower-case letters, digits, underscores; it stays, for it is part of an address.",
            "sales",
        ),
        "name": means("给读者看的名称。", "Name for readers.", {"zh": "销售部", "en": "Sales"}),
    },
    "scoring": {
        "points": means(
            "三条阈值各得几分，其间按直线计算。",
            "Points at the three thresholds, with straight lines between.",
            _POINTS,
        ),
        "below_baseline": means("不到基准时的得分。", "Points below the baseline.", 0, default=0),
        "grades": means(
            "记分卡总分的等级；总分达到 `from` 即属此级，取最高的一级。",
            "Grades of a scorecard's total: the highest whose `from` the total reaches.",
            [{"from": 90, "name": {"zh": "良好", "en": "Good"}}],
        ),
    },
    "points": {
        "baseline": means("达到基准的得分。", "Points at the baseline.", 60, default=60),
        "target": means("达到目标的得分。", "Points at the target.", 100, default=100),
        "challenge": means(
            "达到挑战的得分，也是最高分。",
            "Points at the challenge, which is also the most.",
            120,
            default=120,
        ),
    },
    "grade": {
        "from": means("总分达到几分属于此级。", "The least total of this grade.", 90),
        "name": means("等级名称。", "Name of the grade.", {"zh": "良好", "en": "Good"}),
        "consequence": means(
            "这一等级的后果，例如奖金系数。",
            "What follows from this grade, such as a bonus factor.",
            {"zh": "奖金系数 1.0", "en": "Bonus factor 1.0"},
        ),
    },
    "calendar": {
        "closing_day": means(
            "每月结账的那一天：写 25，十月就是 9 月 26 日至 10 月 25 日；没有这一天的月份到月底。",
            "The day on which a month closes: with 25, October is 26 September to 25 October; a"
            " month without such a day ends with its last one.",
            25,
            default=31,
        ),
        "dataset": means(
            "列出公司期间的数据集的 `id`（4-4-5、13×4 或别的日历）：列 `period`、`first`、`last`，"
            "以及 `quarter`、`half_year`、`year`；不与 `closing_day` 同用。",
            "Id of the dataset that lists the company's periods (4-4-5, 13 × 4, any other): its"
            " columns `period`, `first`, `last`, and `quarter`, `half_year`, `year`; not together"
            " with `closing_day`.",
            "periods",
        ),
        "holidays": means(
            "节假日数据集的 `id`：`day` 列是日期，`kind` 列是 `holiday`（放假）或 `workday`"
            "（调休上班）；不写则星期一至星期五是工作日。",
            "Id of the dataset of holidays: its column `day` is a date, `kind` is `holiday` or"
            " `workday`; without it Monday to Friday are working days.",
            "holidays",
        ),
    },
    "suppression": {
        "min_count": means(
            "公布的数值背后至少要有多少人或多少份答卷；人数更少的，以及能推算出它们的，都不公布。",
            "The least number of people or answers behind a published figure; those with fewer are"
            " hidden, and so is what they could be worked out from.",
            5,
            default=5,
        ),
        "protection": means(
            "从公布的数值推算，隐藏的数值至少要有多大的余地：上下各为其百分之几。",
            "How much room what is published must leave for a hidden figure: in percent of it, to"
            " each side.",
            50,
            default=50,
        ),
        "numerators": means(
            "数值里的计数（例如离职人数）是否也须为 0 或不少于 `min_count`。",
            "Whether counts within a figure, such as leavers, must be 0 or at least `min_count`"
            " too.",
            False,
            default=False,
        ),
    },
    "text": {
        "zh": means("中文文字。", "The text in Chinese.", "销售部"),
        "en": means("英文文字。", "The text in English.", "Sales"),
    },
}
