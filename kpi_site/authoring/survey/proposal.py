"""A survey as the text of a dataset: a line for each guess, a comment where it is uncertain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kpi_site.authoring.new_file import modeline, printable, quoted
from kpi_site.authoring.survey.column import Seen
from kpi_site.authoring.survey.keys import Lead
from kpi_site.authoring.survey.made import column_name
from kpi_site.authoring.survey.survey import Survey
from kpi_site.catalog import Layout, Notation
from kpi_site.content.blanks import BLANK
from kpi_site.problems import Message

_NAMES = {
    ",": ("逗号", "comma"),
    ";": ("分号", "semicolon"),
    "\t": ("制表符", "tab"),
    "|": ("竖线", "bar"),
}


def proposal(
    found: Survey,
    name: str,
    file: str,
    *,
    text: str,
    department: str | None,
    language: str,
    table: Table | None = None,
) -> str:
    """Return the YAML of the dataset ``name``, to be written as ``file``.

    ``text`` is a blank text in the site's languages. Comments are in ``language``; one that
    begins with ``?`` tells of a doubt. ``table`` is where the rows come from, if not a file.
    """
    rows = _say(language, f"{found.rows} 行", f"{found.rows} rows")
    lines = [
        modeline("dataset", file),
        f"# {(_HEAD if table is None else _HEAD_OF_TABLE).get(language)}",
        f"id: {name}",
        f"title: {text}",
        *((_path(found, rows, language),) if table is None else ()),
        *(_layout(found, language) if table is None else _source(table, rows, language)),
        f"owner: {department or BLANK}  # "
        + _say(language, "收集数据的部门", "the department that collects it"),
        f"source: {text}",
        *_time(found, language),
        *_expect(found, language),
        "schema:",
        *_key(found, language),
        *(_foreign(found.leads, language) if found.leads else ()),
        *_missing(found, language),
        "  fields:",
        *(line for column in found.columns for line in _field(column, found, language)),
        *_totals(found, language),
        *(("derived:",) if found.derived else ()),
        *(f"  {name}: {expression}" for name, expression in found.derived),
    ]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a connection; the columns ``left_out`` hold what no dataset can."""

    connection: str
    name: str
    left_out: tuple[str, ...] = ()


def _source(table: Table, rows: str, language: str) -> Iterator[str]:
    yield f"connection: {table.connection}"
    yield f"table: {quoted(table.name)}  # {rows}"
    if table.left_out:
        told = printable(", ".join(table.left_out))
        yield f"# ? {_say(language, f'不能使用的列：{told}', f'columns of no use: {told}')}"


_HEAD_OF_TABLE = Message(
    f"由表里的行推测，请逐行核对；带 ? 的注释是拿不准的地方。请填写每处 {BLANK}，再运行 "
    "kpi-site fetch。",
    f"Guessed from rows of the table: check every line (# ? marks a doubt), fill in every {BLANK}, "
    "and run kpi-site fetch.",
)
_HEAD = Message(
    f"由文件推测，请逐行核对；带 ? 的注释是拿不准的地方。请填写每处 {BLANK}。",
    f"Guessed from the file: check every line (# ? marks a doubt), and fill in every {BLANK}.",
)


_NO_SUM: Final = re.compile(
    r"(?i)余额|结余|结存|单价|均价|平均|比率|占比|率$|[%％]|\bbalance\b|saldo|solde|\bprice|preis\b|\brate\b"
    r"|\bavg\b|average|mean\b|\bshare\b"
)
"""In the names of numbers that do not add up."""


def _say(language: str, zh: str, en: str) -> str:
    return zh if language == "zh" else en


def _doubts(notes: Iterable[Message], language: str) -> str:
    told = ("；" if language == "zh" else "; ").join(note.get(language) for note in notes)
    return f"  # ? {printable(told)}" if told else ""


def _path(found: Survey, rows: str, language: str) -> str:
    """Return the line that names the file, or its sheets that belong together."""
    sheets = found.layout.together
    if not sheets:
        return f"path: {quoted(found.file)}  # {rows}"
    listed = ", ".join(quoted(f"{found.file}#{sheet}") for sheet in sheets)
    told = _say(language, "这些工作表列名相同", "these sheets have the same columns")
    line = f"path: [{listed}]  # ? {rows}; {told}"
    column = found.layout.sheets_told
    if column is None:
        return line
    why = _say(language, "哪张工作表，由这一列记下", "the column that takes the sheet's name")
    return f"{line}\nfile_to: {column}  # ? {why}"


def _layout(found: Survey, language: str) -> Iterator[str]:
    layout = found.layout
    if layout.encoding is not None:
        told = ("，" if language == "zh" else ", ").join(m.get(language) for m in layout.tried)
        mark = "" if layout.encoding_is_sure else "? "
        yield f"encoding: {layout.encoding}  # {mark}{printable(told)}"
    dialect, why = [], list(layout.why)
    if layout.delimiter is not None:
        written = "\\t" if layout.delimiter == "\t" else layout.delimiter
        dialect.append(f'delimiter: "{written}"')
        why.insert(0, Message(*_NAMES[layout.delimiter]))
    if layout.quote != '"':
        dialect.append(f'quoteChar: "{layout.quote}"')
        why.append(Message("格子外是单引号", "single quotes stand around cells"))
    dialect += _rows(layout.rows)
    doubt = ""
    if len(layout.sheets) > 1 and not layout.together:
        doubt, others = "? ", ", ".join(layout.sheets[1:])
        dialect.insert(0, f"sheetName: {quoted(layout.sheets[0])}")
        why.insert(0, Message(f"还有 {others}", f"there are also {others}"))
    if dialect:
        told = printable(("；" if language == "zh" else "; ").join(m.get(language) for m in why))
        yield f"dialect: {{{', '.join(dialect)}}}  # {doubt}{told}"
    for doubt_told in layout.doubts:
        yield f"# ? {printable(doubt_told.get(language))}"
    until, unpivot = layout.rows.until, layout.rows.unpivot
    if until is not None:
        told = f"column: {quoted(until.column)}, matches: {_text(until.matches)}"
        yield f"rows: {{until: {{{told}}}}}"
    if unpivot is not None:
        keys = f"matches: {_text(unpivot.matches or '')}, names_to: {_named(unpivot.names_to)}"
        keys += f", values_to: {unpivot.values_to}"
        if unpivot.names_format:
            keys += f", names_format: {_named([quoted(form) for form in unpivot.names_format])}"
        yield f"unpivot: {{{keys}}}" + (
            f"  # ? {_say(language, '请核对年份', 'check the year')}" if "20" in keys else ""
        )


def _named(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def _text(pattern: str) -> str:
    return "'" + pattern.replace("'", "''") + "'"


def _rows(rows: Layout) -> Iterator[str]:
    """Yield the keys of ``dialect`` that say where the rows stand."""
    if rows.header_rows:
        yield f"headerRows: [{', '.join(map(str, rows.header_rows))}]"
    if rows.comment is not None:
        yield f'commentChar: "{rows.comment}"'
    if rows.skip_blank:
        yield "skipBlankRows: true"
    if rows.trim:
        yield "trim: true"
    if rows.fill_merged:
        yield "fillMerged: true"


def _time(found: Survey, language: str) -> Iterator[str]:
    if found.time is not None:
        yield f"time: {quoted(found.time.columns[0])}{_doubts(found.time.notes, language)}"
    else:
        yield "# ? " + _say(
            language,
            "没有日期列：这样的表只能供别的数据集通过外键引用",
            "no column of days: only foreign keys of other datasets can use such a table",
        )


def _expect(found: Survey, language: str) -> Iterator[str]:
    """Yield how often there are rows, by those that are there."""
    if found.expect is not None:
        every, least = found.expect.every.value, found.expect.min_rows
        yield f"expect: {{every: {every}, min_rows: {least}}}  # ? " + _say(
            language,
            "每个这样的期间至少这么多行；不足的，结果是暂定的",
            "so many rows at least; with fewer, results are provisional",
        )


def _key(found: Survey, language: str) -> Iterator[str]:
    if found.key is not None:
        listed = ", ".join(quoted(name) for name in found.key.columns)
        yield f"  primaryKey: [{listed}]{_doubts(found.key.notes, language)}"
    else:
        yield "  # ? " + _say(
            language,
            "没有能识别一行的列，所以没有 primaryKey：重复的行不会被发现",
            "no columns identify a row, hence no primaryKey: rows that come twice go unnoticed",
        )


def _foreign(leads: Iterable[Lead], language: str) -> Iterator[str]:
    """Yield the foreign keys; one with strays is written as a comment only."""
    lines = [(lead.strays == 0, _lead(lead, language)) for lead in leads]
    if any(sound for sound, _ in lines):
        yield "  foreignKeys:"
    for sound, line in lines:
        yield f"    {line}" if sound else f"  # {line}"


def _lead(lead: Lead, language: str) -> str:
    notes = []
    if lead.strays:
        zh = f"有 {lead.strays} 个值在 {lead.parent.dataset} 中没有，改正后再启用"
        en = f"{lead.strays} values are not in {lead.parent.dataset}: enable it once they are"
        notes.append(Message(zh, en))
    if not lead.same_name:
        notes.append(
            Message("列名不同，但所有值都对得上", "another name, but every value is there")
        )
    reference = f"{{resource: {lead.parent.dataset}, fields: [{quoted(lead.parent.column)}]}}"
    fields = f"{{fields: [{quoted(lead.column)}], reference: {reference}}}"
    return f"- {fields}{_doubts(notes, language)}"


def _missing(found: Survey, language: str) -> Iterator[str]:
    words = ", ".join(f'"{word}"' for word in ("", *found.absent))
    note = Message("对所有列都有效", "holds for every column")
    yield f"  missingValues: [{words}]{_doubts((note,) if found.absent else (), language)}"


def _field(column: Seen, found: Survey, language: str) -> Iterator[str]:
    parts = [f"name: {quoted(column.name)}", f"type: {column.type}"]
    if column.format is not None:
        parts.append(f'format: "{column.format}"')
    if column.decimals is not None and column.type == "number":
        parts.append(f"decimals: {column.decimals}")
    parts += _notation(column) if column.notation else ()
    constraints = []
    if _is_required(column, found):
        constraints.append("required: true")
    if column.enum:
        constraints.append(f"enum: [{', '.join(quoted(word) for word in column.enum)}]")
    if constraints:
        parts.append(f"constraints: {{{', '.join(constraints)}}}")
    notes = list(column.notes)
    if column.enum:
        notes.append(Message("别的值会报错", "any other value would be an error"))
    yield f"    - {{{', '.join(parts)}}}{_doubts(notes, language)}"


def _notation(column: Seen) -> Iterator[str]:
    """Yield the keys that say how numbers are written."""
    notation = column.notation or Notation()
    if notation.decimal != "." and column.type == "number":
        yield f'decimalChar: "{notation.decimal}"'
    if notation.group is not None:
        yield f'groupChar: "{notation.group}"'
    if not notation.bare:
        yield "bareNumber: false"
    if notation.percent:
        yield "percent: true"
    if notation.negative is not None:
        yield f"negative: {notation.negative}"
    if notation.multiplier != 1:
        yield f"multiplier: {notation.multiplier}"
    if notation.exponent:
        yield "exponent: true"
    if notation.full_width:
        yield "fullWidth: true"
    if notation.clock is not None:
        yield f"clock: {notation.clock}"


def _totals(found: Survey, language: str) -> Iterator[str]:
    """Yield which rows are totals: those with a word for one."""
    told = " OR ".join(_is_total(column) for column in found.columns if column.totals)
    if told:
        keys = f"where: {quoted(told)}"
        zh, en = "合计行不计入，只作核对", "rows of totals are left out, and checked"
        numbers = [c for c in found.columns if c.type in {"integer", "number"}]
        added = [c for c in numbers if not (c.is_share or _NO_SUM.search(c.name))]
        if added and len(added) < len(numbers):
            keys += f", columns: [{', '.join(quoted(c.name) for c in added)}]"
            zh, en = (
                f"{zh}；余额、单价、比率不相加",
                f"{en}; balances, prices and rates do not add up",
            )
        yield f"totals: {{{keys}}}  # ? " + _say(language, zh, en)


def _is_total(column: Seen) -> str:
    """Return the condition of a row of totals; a word is no number and no day: it is empty."""
    words = ", ".join("'" + word.replace("'", "''") + "'" for word in column.totals)
    told = f"= {words}" if len(column.totals) == 1 else f"IN ({words})"
    return f"{column_name(column.name)} {told if column.type == 'string' else 'IS NULL'}"


def _is_required(column: Seen, found: Survey) -> bool:
    roles = [*(found.key.columns if found.key else ()), *(found.time.columns if found.time else ())]
    return column.complete and column.name in roles
