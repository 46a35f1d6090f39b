"""Meanings of the keys that say how files are laid out."""

from __future__ import annotations

from kpi_site.content.meanings.meaning import Meanings, means

LAYOUT: Meanings = {
    "dialect": {
        "delimiter": means("分隔符，一个字符。", "Delimiter, one character.", ";", default=","),
        "quoteChar": means("引号，一个字符。", "Quote, one character.", "'", default='"'),
        "headerRows": means(
            "列名在文件的第几行；可以有几行，连成一个列名。之前的行不读。不写则为第一行。",
            "The lines of the file that name the columns; names in several are joined. Lines "
            "above and between are not read. Without it the first.",
            [3, 4],
        ),
        "headerJoin": means(
            "几行列名之间的文字。",
            "What is put between the parts of a name from several lines.",
            "/",
            default=" ",
        ),
        "commentChar": means("以它开头的行不读。", "Lines that begin with it are not read.", "#"),
        "skipBlankRows": means(
            "`true`：空行不读；不写则 CSV 中的空行是错误。",
            "`true`: empty rows are passed over; without it those of a CSV file are an error.",
            True,
            default=False,
        ),
        "trim": means(
            "`true`：去掉列名和单元格前后的空格。",
            "`true`: blanks around names and cells are taken off.",
            True,
            default=False,
        ),
        "sheetName": means(
            "XLSX 的工作表名；不写则取第一张。",
            "Name of the sheet of an XLSX file; without it the first.",
            "2026年",
        ),
        "range": means(
            "工作表里读哪个区域，第一行是列名。",
            "The range of a sheet that is read; its first row names the columns.",
            "B4:N40",
        ),
        "fillMerged": means(
            "`true`：合并的单元格里，每一格都是那个值。",
            "`true`: each of the cells that are merged has their value.",
            True,
            default=False,
        ),
    },
    "rows": {
        "until": means(
            "从哪一行起不再是数据：那一行和其后的都不读。",
            "The first row that is none any more: it and those after it are not read.",
            {"column": "region", "matches": "^(合计|总计)$"},
        ),
    },
    "until": {
        "column": means("看哪一列。", "The column that tells.", "region"),
        "matches": means(
            "单元格里要找的正则表达式。",
            "A regular expression that is looked for in its cells.",
            "^(合计|总计)$",
        ),
    },
    "unpivot": {
        "columns": means("哪些列。", "The columns.", ["1月", "2月", "3月"]),
        "matches": means(
            "列名里要找的正则表达式，代替 `columns`。",
            "A regular expression that is looked for in their names, in place of `columns`.",
            "^[0-9]+月$",
        ),
        "names_to": means(
            "列名进哪一列；写成列表时，每列依次取一个列名行的文字（月份下面的计划和实际）。",
            "The column that takes their names; of a list each takes what one line of the head "
            "says (plan and actual below months).",
            ["month", "kind"],
        ),
        "values_to": means("单元格进哪一列。", "The column that takes their cells.", "amount"),
        "names_format": means(
            "列名怎样补全，`{}` 是列名；例如补上年份后再按 `format` 读成日期。"
            "`names_to` 有几列时，每列各写一个。",
            "How a name is made whole, where `{}` is the name: with the year, for example, before "
            "it is read as a day by `format`. With several `names_to` there is one for each.",
            "2026年{}",
            default="{}",
        ),
    },
}
