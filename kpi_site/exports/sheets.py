"""A workbook's plan and the frozen figures, printed as XLSX (see ``workbook`` for the plan).

Nothing here knows indicators or words: columns say where in a row's record their cell comes
from. No text becomes a formula, a link or a number; numbers are written with every digit
that they have, never through a float. The same plan and files give the same bytes.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from kpi_site.exact import EXACT, round_half_away

_MOST_DECIMALS: Final = 15
_DECIMALS: Final = re.compile(r"(?P<head>#,##0|0)(?:\.(?P<zeros>0+))?(?P<tail>%?)")
_MOST_WRITTEN: Final = 6  # nobody writes a threshold with more decimals
_MOST_TEXT: Final = 32_767  # characters that a cell holds
_SAFE: Final = {
    "in_memory": True,  # its parts are dated 1980-01-01
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "remove_timezone": True,
}
_HEAD: Final = {
    "bold": True,
    "bg_color": "#F3F6F8",
    "bottom": 1,
    "text_wrap": True,
    "valign": "top",
}
Record = Mapping[str, Any]


class _Exact(Decimal):
    """A number that is written as it stands in the frozen file, digit by digit."""

    def __format__(self, spec: str, /, context: object = None) -> str:
        return super().__format__("f")


def to_xlsx(
    plan: str, files: Mapping[str, bytes], *, without: frozenset[str] = frozenset()
) -> bytes:
    """Return the workbook of ``plan`` with the figures of ``files``, an edition's by name.

    Rows on the indicators ``without`` are left out, and so is the sheet of a scorecard that
    has one of them: its total would tell what the line does not. ValueError for a plan of a
    format that is not known.
    """
    from xlsxwriter import Workbook

    told = json.loads(plan)
    if told.get("format") != "kpi-site workbook 1":
        raise ValueError(f"unknown plan of a workbook: {told.get('format')!r}")
    out = io.BytesIO()
    book = Workbook(out, _SAFE)
    book.set_properties(
        {
            "title": told["title"],
            "author": told["author"],
            "created": datetime.fromisoformat(told["created"]),
        }
    )
    records = _Records.read(files, without)
    printer = _Printer(book, told)
    for sheet in told["sheets"]:
        rows = records.of(sheet)
        if rows is not None:
            printer.sheet(sheet, rows, records.hidden())
    book.close()
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Records:
    """The rows of the frozen files; a row on an indicator has its card beside it."""

    cards: Mapping[str, Record]
    files: Mapping[str, bytes]
    without: frozenset[str]

    @classmethod
    def read(cls, files: Mapping[str, bytes], without: frozenset[str]) -> _Records:
        cards = {}
        for name in sorted(n for n in files if n.startswith("cards/")):
            card = _json(files[name])
            cards[str(card["id"])] = {**card, "@digest": name.rsplit(".", 2)[1]}
        return cls(cards, files, without)

    def of(self, sheet: Record) -> list[Record] | None:
        """Return the rows of ``sheet``; None if readers may not see one of its lines."""
        source = sheet.get("rows")
        if source is None:
            return []
        if source == "cards":
            return [c for key, c in self.cards.items() if key not in self.without]
        rows = [r for r in self._rows(source) if _chosen(r, sheet.get("only", {}))]
        if "only" in sheet:
            hidden = any(r["indicator"] in self.without for r in rows)
            return None if hidden else [r for r in rows if r["indicator"]]
        return [r for r in rows if r["indicator"] not in self.without]

    def hidden(self) -> frozenset[str]:
        """Return what readers may not see: the cards, and the scorecards with a line of them."""
        rows = self._rows("scores.csv") if self.without else iter(())
        return self.without | {r["scorecard"] for r in rows if r["indicator"] in self.without}

    def _rows(self, source: str) -> Iterator[Record]:
        lines = self._lines() if source == "scores.csv" else {}
        text = self.files[source].decode("utf-8")
        for row in csv.DictReader(io.StringIO(text, newline="")):
            line = lines.get((row.get("scorecard"), row.get("line")), {})
            yield {**row, "card": self.cards.get(row["indicator"], {}), "line": line}

    def _lines(self) -> dict[tuple[str | None, str | None], Record]:
        found = _json(self.files["scorecards.json"])["scorecards"]
        return {(card["id"], line["line"]): line for card in found for line in card["lines"]}


def _json(data: bytes) -> Any:
    """Read JSON with its numbers as the text that they are written with."""
    return json.loads(data, parse_float=str, parse_int=str)


def _chosen(row: Record, only: Record) -> bool:
    return all(row.get(key) == value for key, value in only.items())


def resolve(record: Record, paths: Sequence[Sequence[str]]) -> str:
    """Return the first text that stands at one of ``paths`` in ``record``; "" if none does.

    A step in braces is the record's own value of that name. Where a list stands on the way,
    the texts of its items are joined.
    """
    for path in paths:
        steps = [str(record.get(s[1:-1], "")) if s[:1] == "{" else s for s in path]
        found = _at(record, steps)
        if found:
            return found
    return ""


def _at(value: Any, steps: Sequence[str]) -> str:
    if isinstance(value, list):
        return " › ".join(text for item in value if (text := _at(item, steps)))
    if not steps:
        return "" if value is None or isinstance(value, dict) else str(value)
    return _at(value.get(steps[0]), steps[1:]) if isinstance(value, dict) else ""


class _Printer:
    """Writes sheets into one workbook; equal formats are made once."""

    def __init__(self, book: Any, plan: Record) -> None:
        self._book, self._plan = book, plan
        self._formats: dict[str, Any] = {}

    def _format(self, **how: object) -> Any:
        key = repr(sorted(how.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"font_size": 10, "valign": "top", **how})
        return self._formats[key]

    def sheet(self, sheet: Record, records: Sequence[Record], hidden: frozenset[str]) -> None:
        """Write one sheet: its top rows, the head of its columns, and a row for each record.

        A ``grid`` is a table whose rows are written out; their first cell is an id, and those
        of what is ``hidden`` are left out.
        """
        page = self._book.add_worksheet(sheet["name"])
        self._set_up(page, landscape=bool(sheet.get("landscape")))
        top = sheet.get("top", [])
        for y, row in enumerate(top):
            for x, cell in enumerate(row):
                self._top(page, y, x, cell)
        columns = sheet.get("columns", [])
        for x, width in enumerate(sheet.get("widths", [c["width"] for c in columns])):
            page.set_column(x, x, width)
        if "grid" in sheet:
            head, *rows = sheet["grid"]
            self._grid(page, [head, *(row for row in rows if row[0] not in hidden)])
        if columns:
            self._table(page, len(top), columns, records, sheet.get("frozen", 0))

    def _set_up(self, page: Any, *, landscape: bool) -> None:
        draft, foot = self._plan["draft"], _quoted(self._plan["foot"])
        if landscape:
            page.set_landscape()
        page.set_paper(9)  # A4
        page.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
        page.fit_to_pages(1, 0)
        middle = f'&C&"-,Bold"&KB5360C{_quoted(draft)}' if draft else ""
        page.set_header(f"&L{_quoted(self._plan['title'])}{middle}&R&A"[:255])
        page.set_footer(f"&L{foot}&R{self._plan['page']}"[:255])

    def _top(self, page: Any, y: int, x: int, cell: Any, *, plain: bool = False) -> None:
        if isinstance(cell, dict):
            how = self._format(num_format=cell["format"], bold=not plain)
            page.write_number(y, x, _Exact(cell["number"]), how)
        elif cell:
            bold = not plain and y < 2 and x == 0
            page.write_string(y, x, _text(cell), self._format(bold=bold))

    def _grid(self, page: Any, rows: Sequence[Sequence[Any]]) -> None:
        for x, words in enumerate(rows[0]):
            page.write_string(0, x, _text(words), self._format(**_HEAD))
        for y, row in enumerate(rows[1:], start=1):
            for x, cell in enumerate(row):
                self._top(page, y, x, cell, plain=True)
        self._finish(page, 0, len(rows) - 1, len(rows[0]), 2)

    def _table(
        self, page: Any, at: int, columns: Sequence[Record], records: Sequence[Record], frozen: int
    ) -> None:
        for x, column in enumerate(columns):
            page.write_string(at, x, _text(column["head"]), self._format(**_HEAD))
        for y, record in enumerate(records, start=at + 1):
            for x, column in enumerate(columns):
                self._cell(page, y, x, column, record)
        self._finish(page, at, at + len(records), len(columns), frozen)

    def _finish(self, page: Any, at: int, last: int, wide: int, frozen: int) -> None:
        """Freeze the head in row ``at`` and the first columns, repeat it in print, let filter."""
        last = max(last, at + 1)
        page.autofilter(at, 0, last, wide - 1)
        page.freeze_panes(at + 1, frozen)
        page.repeat_rows(at)
        page.ignore_errors({"number_stored_as_text": f"A{at + 2}:XFD{last + 1}"})

    def _cell(self, page: Any, y: int, x: int, column: Record, record: Record) -> None:
        text = resolve(record, column["from"])
        if "number" in column:
            if text:
                shown = self._number_format(column["number"], record, text)
                how = self._format(num_format=shown)
                page.write_number(y, x, _Exact(text), how)
            return
        if "list" in column:
            text = self._plan["lists"][column["list"]].get(text, text)
        if "beyond" in column and len(Decimal(text or 0).as_tuple().digits) <= column["beyond"]:
            text = ""
        if not text and "blank" in column and record.get(column["blank"][0]):
            text = column["blank"][1]
        if text:
            how = self._format(text_wrap=True) if column.get("wrap") else self._format()
            page.write_string(y, x, _text(text), how)

    def _number_format(self, number: str | Record, record: Record, text: str) -> str:
        """Return the format of a cell that holds the number ``text``.

        With ``beside`` or ``apart`` it tells the number from the thresholds in its row, or from
        those numbers; with ``full`` it shows every place that the number was written with.
        """
        if isinstance(number, str):
            return number
        own = number.get("format") or self._plan["lists"][number["list"]].get(
            record.get(number["by"], "")
        )
        own = str(own or "General")
        if number.get("full"):
            return _full(own, text)
        beside = [record[key] for key in number.get("beside", ()) if record.get(key)]
        others = [*beside, *number.get("apart", ())]
        return _telling(own, text, others) if others else own


def _full(own: str, text: str) -> str:
    """Return the format ``own`` with as many decimals as ``text`` is written with, if it has fewer.

    Of what was computed, not written, two more are enough.
    """
    found = _DECIMALS.fullmatch(own)
    if found is None:
        return own
    least = len(found["zeros"] or "")
    needed = _places(EXACT.multiply(Decimal(text), _scale(found["tail"])))
    return _decimals(found, max(least, needed if needed <= _MOST_WRITTEN else least + 2))


def _places(number: Decimal) -> int:
    """Return the decimals that ``number`` needs to be written in full."""
    return len(f"{number:f}".partition(".")[2].rstrip("0"))


def _scale(tail: str) -> Decimal:
    return Decimal(100) if tail == "%" else Decimal(1)


def _decimals(found: re.Match[str], places: int) -> str:
    return f"{found['head']}{'.' if places else ''}{'0' * places}{found['tail']}"


def _telling(own: str, value: str, beside: Sequence[str]) -> str:
    """Return the format ``own`` with as many more decimals as tell ``value`` from others.

    A value is never shown as equal to a threshold beside it that it does not equal.
    """
    found = _DECIMALS.fullmatch(own)
    if found is None or not value:
        return own
    scale, least = _scale(found["tail"]), len(found["zeros"] or "")
    number, *others = (EXACT.multiply(Decimal(text), scale) for text in (value, *beside))
    for places in range(least, _MOST_DECIMALS):
        rounded = round_half_away(number, places)
        if all(rounded.compare(o) == number.compare(o) for o in others):
            return _decimals(found, places)
    return own


def _text(text: str) -> str:
    """Return ``text`` as a cell can hold it; one that is longer ends in ``…``."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole if len(whole) <= _MOST_TEXT else whole[: _MOST_TEXT - 1] + "…"


def _quoted(text: str) -> str:
    """Return ``text`` for a header, where ``&`` begins a command."""
    return text.replace("&", "&&")
