"""Columns that lie across: months, quarters or years, with or without words below them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from kpi_site.authoring.survey.month_words import month_and_year, month_of
from kpi_site.authoring.survey.times import tells_year
from kpi_site.catalog import Layout, Unpivot
from kpi_site.problems import Location, Message, Name
from kpi_site.tables.header import one_line
from kpi_site.tables.totals import totals_among

Grid = Sequence[tuple[int, Sequence[str]]]  # lines by their number in the file, as texts
_HERE: Final = Location("")
_ENOUGH = 3  # columns that lie across, before they are taken for one thing
_ENGLISH: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_YEARS: Final = r"^(19|20)[0-9]{2}$"
_ACROSS: Final = (  # names of columns that are times, and whether they lack the year
    (r"^[0-9]{1,2}月$", True),
    (rf"^({_ENGLISH})$", True),
    (r"^[Qq][1-4]$|^第?[一二三四]季度$", True),
    (r"^(19|20)[0-9]{2}-[0-9]{2}(-[0-9]{2})?$", False),
    (r"^(19|20)[0-9]{2}/[0-9]{1,2}$", False),
    (r"^(19|20)[0-9]{2}-?M[0-9]{2}$", False),
    (r"^(19|20)[0-9]{2}年 ?[0-9]{1,2}月$", False),
    (rf"^({_ENGLISH})[- ](19|20)[0-9]{{2}}$", False),
    (rf"^({_ENGLISH})[- ][0-9]{{2}}$", False),
    (rf"^(19|20)[0-9]{{2}} ({_ENGLISH})$", False),
    (r"^(19|20)[0-9]{2}年?[- ]?[Qq][1-4]$", False),
    (r"^[Qq][1-4][- /](19|20)?[0-9]{2}$", False),
    (r"^(19|20)[0-9]{2}年 ?第?[一二三四]季度$", False),
    (r"^(?:KW|CW|W|Wk|Week)[ -]?[0-9]{1,2}$|^第[0-9]{1,2}[周週]$", True),
    (r"^(19|20)[0-9]{2}-?W[0-9]{2}$", False),
    (_YEARS, False),
)
_YEAR: Final = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")


def lying_across(
    columns: Sequence[str], called: str, layout: Layout
) -> tuple[Layout, Message] | None:
    """Return the layout in which columns named by times become rows."""
    times = _times(columns, columns, called)
    if times is None or len(times.names) == len(columns):
        return None
    pattern = times.pattern
    wanted = ("year", "period") if pattern == _YEARS else ("month", "period")
    return times.layout(layout, pattern, (free_name(wanted, columns),), columns)


def lying_across_below(
    head: Grid, columns: Sequence[str], called: str, layout: Layout
) -> tuple[Layout, Message] | None:
    """Return the layout in which times above (or below) other words become rows of two names.

    Such are regions below months, or plan and actual; sums among them are columns of their own.
    """
    if len(head) != 2:
        return None
    rows = [filled_right(cells, len(columns)) for _, cells in head]
    for at in (0, 1):
        words = [
            [one_line(row[i]) for i in range(len(columns))] for row in (rows[at], rows[1 - at])
        ]
        sums = totals_among(pl.Series([word for word in words[1] if word], dtype=pl.String))
        pairs = [
            (time, word)
            for time, word in zip(*words, strict=True)
            if is_time(time) and word and not is_time(word) and word not in sums
        ]
        others = list(dict.fromkeys(word for _, word in pairs))
        times = _times([time for time, _ in pairs], columns, called)
        if times is None or len(times.names) != len(pairs) or len(others) < 2:
            continue
        time = f"(?:{re.sub('[$^]', '', times.pattern)})"
        word = f"(?:{'|'.join(map(escaped, others))})"
        parts = (time, word) if at == 0 else (word, time)
        names = (free_name(("month", "period"), columns), free_name(("kind", "part"), columns))
        names_to = names if at == 0 else names[::-1]
        return times.layout(layout, f"^{parts[0]} {parts[1]}$", names_to, columns)
    return None


def filled_right(cells: Sequence[str], width: int) -> list[str]:
    """Return a row of a head with the words of merged cells in all of their columns."""
    row = [*cells, *[""] * (width - len(cells))]
    for i in range(1, width):
        row[i] = row[i] or row[i - 1]
    return row


@dataclass(frozen=True, slots=True)
class _Times:
    """Names that are times by one pattern, how they become one with their year, and why."""

    names: Sequence[str]
    pattern: str
    format: str
    why: Message

    def layout(
        self, layout: Layout, matches: str, names_to: Sequence[str], columns: Sequence[str]
    ) -> tuple[Layout, Message]:
        """Return ``layout`` with the columns whose names have a match as rows."""
        formats = tuple("{}" if name in {"kind", "part"} else self.format for name in names_to)
        unpivot = Unpivot(
            tuple(Name(name, _HERE) for name in names_to),
            Name(free_name(("value", "amount", "cell"), columns), _HERE),
            matches=matches,
            names_format=formats if self.format != "{}" else (),
        )
        return replace(layout, unpivot=unpivot), self.why


def _times(names: Sequence[str], columns: Sequence[str], called: str) -> _Times | None:
    """Return which of ``names`` are times by the pattern that most of them have."""
    patterns = [*_ACROSS, *_in_words(names)]
    counts = [sum(re.search(p, name) is not None for name in names) for p, _ in patterns]
    if max(counts) < _ENOUGH:
        return None
    pattern, lacks_year = patterns[counts.index(max(counts))]
    found = [name for name in names if re.search(pattern, name)]
    first = list(dict.fromkeys(found))[:2]
    zh, en = f"{'、'.join(first)} …横排：变成行", f"{', '.join(first)} … lie across"
    en += ": they become rows"
    whole = "{}"
    if lacks_year and not any(tells_year(name) for name in columns):
        year = year_told(called)
        if year is None:
            zh += "；没有年份：请把年份写进文件名，再重新生成"
            en += "; no year is told: put it into the file's name, and propose again"
        else:
            whole = _with_year(found[0], year)
    return _Times(found, pattern, whole, Message(zh, en))


def year_told(called: str) -> str | None:
    """Return the first year that the names of a file and its titles tell."""
    return next(iter(_YEAR.findall(called)), None)


def free_name(wanted: Sequence[str], columns: Sequence[str]) -> str:
    """Return the first name wanted for a new column that none has."""
    return next(name for name in (*wanted, "column") if name not in columns)


def is_time(name: str) -> bool:
    """Tell whether a name is that of a month, quarter or year."""
    known = any(re.search(pattern, name) for pattern, _ in _ACROSS)
    return known or month_of(name) is not None or month_and_year(name) is not None


def _in_words(columns: Sequence[str]) -> list[tuple[str, bool]]:
    """Return the patterns of columns that are months in the words of some language."""
    alone = [name for name in columns if month_of(name)]
    dated = [name for name in columns if month_and_year(name)]
    listed = [(names, names is alone) for names in (alone, dated) if names]
    return [(f"^({'|'.join(map(escaped, names))})$", lacks) for names, lacks in listed]


def _with_year(name: str, year: str) -> str:
    """Return how a column's name becomes a time with its year."""
    if re.search(r"[0-9]月$", name):
        return f"{year}年{{}}"
    return f"{{}}-{year}" if re.fullmatch(_ENGLISH, name) else f"{{}} {year}"


def escaped(text: str) -> str:
    """Return a text as a pattern that only it has a match of."""
    return re.sub(r"[.^$*+?{}\[\]|()\\]", r"\\\g<0>", text)
