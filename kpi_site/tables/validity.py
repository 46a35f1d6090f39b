"""Parents whose rows hold for a time, such as people's postings (specification.md#validity).

A row holds from its ``since`` on until its ``until``, which is the first day (or moment) on
which it holds no longer, as for stocks. Without ``until`` it ends where the next one of the
same key begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from kpi_site.catalog import ForeignKey, Validity
from kpi_site.problems import Message, Problem, problem
from kpi_site.tables.batch import Row
from kpi_site.tables.quoting import shown

_ROW: Final = "\0row"  # no header can hold such names
_MOMENT, _SINCE, _UNTIL = "\0moment", "\0since", "\0until"
Term = tuple[tuple[str, ...], Validity]
"""The columns that a foreign key leads to, and those that say when such a row holds."""


def joined(
    frame: pl.LazyFrame, parent: pl.LazyFrame, key: ForeignKey, time: str, taken: Sequence[pl.Expr]
) -> pl.LazyFrame:
    """Return ``frame`` with what is ``taken`` of the parent's row that held at its ``time``.

    Null where none did. Times are compared as the site's local time; a day begins at 0:00.
    The rows come in the order of their time.
    """
    assert key.valid is not None
    references = [f"\0{position}" for position, _ in enumerate(key.reference)]
    right = (
        parent.select(
            *(
                pl.col(name).alias(alias)
                for name, alias in zip(key.reference, references, strict=True)
            ),
            *_span(key.valid),
            *taken,
        )
        .drop_nulls([*references, _SINCE])
        .sort(_SINCE)
    )
    names = right.collect_schema().names()[len(references) + 2 :]
    found = (
        frame.with_columns(_moment(time).alias(_MOMENT))
        .sort(_MOMENT, maintain_order=True)
        .join_asof(
            right,
            left_on=_MOMENT,
            right_on=_SINCE,
            by_left=[str(name) for name in key.fields],
            by_right=references,
            strategy="backward",
            check_sortedness=False,  # both are sorted just here
        )
    )
    holds = (pl.col(_MOMENT) < pl.col(_UNTIL)).fill_null(True)
    return found.with_columns(pl.when(holds).then(pl.col(name)).alias(name) for name in names)


def dangling_in_time(child: Path, parent: Path, key: ForeignKey, time: str) -> list[int]:
    """Return the rows of ``child`` with a key and a time for which ``parent`` has no row."""
    own = [str(name) for name in key.fields]
    frame = pl.scan_parquet(child, glob=False).select(list(dict.fromkeys([*own, time])))
    found = "\0found"
    rows = joined(
        frame.with_row_index(_ROW).drop_nulls(),
        pl.scan_parquet(parent, glob=False),
        key,
        time,
        [pl.lit(True).alias(found)],
    )
    return rows.filter(pl.col(found).is_null()).select(_ROW).collect().to_series().sort().to_list()


def never_valid(parquet: Path, valid: Validity) -> list[int]:
    """Return the rows that hold at no time: without a beginning, or over when they begin."""
    frame = pl.scan_parquet(parquet, glob=False).with_row_index(_ROW)
    wrong = frame.filter(pl.col(valid.since).is_null() | _over(valid))
    return wrong.select(_ROW).collect().to_series().to_list()


def overlapping(parquet: Path, term: Term) -> list[tuple[int, int]]:
    """Return the rows that begin while the one before them of the same key still holds, and it.

    Without such a pair no two rows overlap.
    """
    key, valid = term
    until = _UNTIL if valid.until else _SINCE  # without an end two must not begin together
    last, end = "\0last", "\0end"
    rows = (
        pl.scan_parquet(parquet, glob=False)
        .with_row_index(_ROW)
        .filter(~_over(valid))
        .select(_ROW, *key, *_span(valid))
        .drop_nulls([*key, _SINCE])
        .sort(_SINCE, _ROW)
        .with_columns(
            pl.col(_ROW).shift(1).over(key).alias(last), pl.col(until).shift(1).over(key).alias(end)
        )
        .filter(pl.col(last).is_not_null())
    )
    ended = pl.col(end) <= pl.col(_SINCE) if valid.until else pl.col(end) < pl.col(_SINCE)
    clash = rows.filter(~ended.fill_null(False))
    return clash.select(_ROW, last).sort(_ROW).collect().rows()


def _span(valid: Validity) -> tuple[pl.Expr, pl.Expr]:
    until = _moment(valid.until) if valid.until else pl.lit(None, pl.Datetime("us"))
    return _moment(valid.since).alias(_SINCE), until.alias(_UNTIL)


def _over(valid: Validity) -> pl.Expr:
    since, until = _span(valid)
    return (until <= since).fill_null(False)


def _moment(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Datetime("us"))


def never_valid_row(valid: Validity, row: Row) -> Problem:
    """Return the problem of a parent's row that holds at no time."""
    since, until = row[valid.since], row[valid.until] if valid.until else None
    if not since.text or until is None:
        return problem(
            since.where,
            "never-valid",
            zh=f"{valid.since} 是空的：不知道这一行从何时起有效",
            en=f"{valid.since} is missing: it is not known since when the row holds",
            hint_zh="请填上生效的第一天。",
            hint_en="Write the first day on which it holds.",
        )
    return problem(
        until.where,
        "never-valid",
        zh=f"{valid.until} “{shown(until.text)}”不晚于 {valid.since} “{shown(since.text)}”",
        en=f"{valid.until} '{shown(until.text)}' is not after {valid.since} '{shown(since.text)}'",
        hint_zh="它是不再有效的第一天；这样写，这一行从未有效。",
        hint_en="It is the first day on which the row holds no longer; so this row never holds.",
    )


def overlapping_row(term: Term, row: Row, other: Row) -> Problem:
    """Return the problem of a parent's row that begins while ``other`` still holds."""
    key, valid = term
    cell, earlier = row[valid.since], other[valid.since]
    until = other[valid.until] if valid.until else None
    names = ", ".join(f"{name} '{shown(row[name].text)}'" for name in key)
    names_zh = "、".join(f"{name} “{shown(row[name].text)}”" for name in key)
    same = earlier.where.file == cell.where.file
    zh = (
        f"第 {earlier.where.line} 行"
        if same
        else f"{earlier.where.file} 第 {earlier.where.line} 行"
    )
    en = f"line {earlier.where.line}" + ("" if same else f" of {earlier.where.file}")
    hint = Message("每个键同一时间只能有一行有效。", "At any time one row of a key holds.")
    if until is not None:
        zh += f"（{shown(until.text)} 才止）" if until.text else "（没有止期）"
        en += f" (until {shown(until.text)})" if until.text else " (without an end)"
        hint = Message(
            f"{hint.zh}{valid.until} 是不再有效的第一天，等于下一行的 {valid.since}。",
            f"{hint.en} {valid.until} is the first day on which a row holds no longer: the "
            f"{valid.since} of the next one.",
        )
    return Problem(
        cell.where,
        "overlapping-rows",
        Message(
            f"{names_zh} 从 {shown(cell.text)} 起有效，而{zh}那时仍有效",
            f"{names} holds from {shown(cell.text)} on, while that of {en} still holds",
        ),
        hint,
    )
