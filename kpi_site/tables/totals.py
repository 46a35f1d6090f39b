"""Rows of totals among the rows: left out, checked against the rows, and warned of if undeclared.

A total adds up the rows that share its other words: of its texts, days and truth values those
count that occur in ordinary rows (the month, the region of a subtotal), also beside a word for a
total (华东小计, East Total); the others (合计) only mark it as a total. Cells that are empty in it
are not checked.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from kpi_site.catalog import Dataset, Field
from kpi_site.exact import WHOLE
from kpi_site.periods import Calendar, Grain
from kpi_site.problems import Message, Problem, problem
from kpi_site.schema import own_columns
from kpi_site.sql.measured import measured, ranges_of
from kpi_site.sql.nodes import columns
from kpi_site.sql.to_polars import row_expr
from kpi_site.sql.too_wide import TooWide
from kpi_site.tables.batch import Batch, Cell, Row
from kpi_site.tables.convert import convert
from kpi_site.tables.quoting import shown
from kpi_site.tables.total_words import BESIDE, CALLED, SO_FAR, TOTAL_WORDS

if TYPE_CHECKING:
    from kpi_site.tables.files import FactFile

_BARE: Final = sorted(TOTAL_WORDS)
_LOOKED_AT: Final = 10_000
"""Rows by which a column of labels, whose words come again, is told from one of keys."""

_ROW, _DAY, _YEAR = "\0row", "\0day", "\0year"  # no header can hold such names
_FIRST_MONTH: Final = timedelta(days=31)
_NUMBERS = frozenset({"integer", "number"})


@dataclass(frozen=True, slots=True)
class WithoutTotals:
    """A file of facts without its rows of totals; each batch brings those that were in it."""

    file: FactFile
    dataset: Dataset
    zone: str

    @property
    def name(self) -> str:
        """The path below the site's root."""
        return self.file.name

    def batches(self) -> Iterator[Batch]:
        """Yield the batches of the file, divided."""
        for batch in self.file.batches():
            yield self._divided(batch) if batch.texts.width else batch

    def _divided(self, batch: Batch) -> Batch:
        totals = self.dataset.totals
        assert totals is not None
        named = {column.name for column in columns(totals.where.node)}
        fields = tuple(f for f in batch.fields(self.dataset) if f.name in named)
        texts = batch.texts.select(f.name for f in fields)
        typed = convert(texts, self.dataset, fields, self.zone, nulls=batch.nulls)
        schema = measured(own_columns(self.dataset), ranges_of(typed.typed))
        try:
            found = row_expr(totals.where.node, schema).fill_null(value=False)
        except TooWide:  # a condition over numbers that large finds none of them
            return batch
        mask = typed.typed.select(found.alias("total")).to_series()
        if mask.len() != batch.texts.height or not mask.any():
            return batch
        kept, taken = (~mask).arg_true().to_list(), mask.arg_true().to_list()
        out = replace(batch, texts=batch.texts.filter(mask), rows=_Rows(batch, taken), problems=())
        return replace(batch, texts=batch.texts.filter(~mask), rows=_Rows(batch, kept), totals=out)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Finds rows by their number among those that are left."""

    batch: Batch
    numbers: Sequence[int]

    def __call__(self, indices: Collection[int]) -> Mapping[int, Row]:
        found = self.batch.rows({self.numbers[i] for i in indices})
        return {i: found[self.numbers[i]] for i in indices}


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows of totals: with their types, and as they stand in the file."""

    typed: pl.DataFrame
    rows: tuple[Row, ...]


def take(batch: Batch, dataset: Dataset, zone: str) -> Taken:
    """Return the rows of a batch of totals. A cell that is not of its type counts as empty."""
    typed = convert(batch.texts, dataset, batch.fields(dataset), zone, nulls=batch.nulls).typed
    rows = batch.rows(range(typed.height))
    return Taken(typed, tuple(rows[i] for i in range(typed.height)))


def check(
    taken: Sequence[Taken], dataset: Dataset, parquet: Path, calendar: Calendar
) -> Iterator[Problem]:
    """Yield a problem for each total that is not the sum of the rows that it is of."""
    if not taken or not (added := _added(dataset)):
        return
    totals = pl.concat(one.typed for one in taken).with_row_index(_ROW)
    rows = [row for one in taken for row in one.rows]
    facts = pl.scan_parquet(parquet, glob=False)
    labels = [str(f.name) for f in dataset.fields if f.type not in _NUMBERS]
    totals = _with_members(totals, facts, dataset)
    shares = _shared(totals, facts, labels)
    so_far = pl.col(_ROW).is_in(_so_far(totals, dataset).implode())
    for pattern, group in shares.group_by(labels or [pl.lit(1)], maintain_order=True):
        keys = [name for name, held in zip(labels, pattern, strict=False) if held]
        mine = totals.filter(pl.col(_ROW).is_in(group[_ROW].implode()))
        both = _with_sums(mine.filter(~so_far), facts, keys, added)
        yield from _compared(both, keys, added, rows)
        if not (running := mine.filter(so_far)).is_empty():
            others = [name for name in keys if name != dataset.time]
            both = _with_sums_so_far(running, facts, str(dataset.time), others, added, calendar)
            yield from _compared(both, others, added, rows, _YEAR_SO_FAR)


def _added(dataset: Dataset) -> list[Field]:
    """Return the columns of numbers that a total adds up."""
    totals = dataset.totals
    assert totals is not None
    if totals.columns:
        return [f for f in dataset.fields if f.name in totals.columns]
    keys = {*dataset.primary_key, *(n for key in dataset.foreign_keys for n in key.fields)}
    return [f for f in dataset.fields if f.type in _NUMBERS and f.name not in keys]


def _with_members(totals: pl.DataFrame, facts: pl.LazyFrame, dataset: Dataset) -> pl.DataFrame:
    """Return totals in which the total of a member (华东小计) has the member's name."""
    for name in [str(f.name) for f in dataset.fields if f.type == "string"]:
        known = facts.select(pl.col(name).unique().drop_nulls()).collect().to_series().implode()
        own, member = pl.col(name), pl.col(name).str.replace_all(BESIDE, "")
        named = ~own.is_in(known) & member.is_in(known)
        totals = totals.with_columns(pl.when(named).then(member).otherwise(own).alias(name))
    return totals


def _shared(totals: pl.DataFrame, facts: pl.LazyFrame, labels: Sequence[str]) -> pl.DataFrame:
    """Return, for each total and label, whether its value occurs in an ordinary row."""
    found = totals.select(_ROW, *labels)
    for name in labels:
        known = facts.select(pl.col(name).unique().drop_nulls().implode()).collect().to_series()
        held = pl.col(name).is_in(known.explode().implode()).fill_null(value=False)
        found = found.with_columns(held.alias(name))
    return found


def _so_far(totals: pl.DataFrame, dataset: Dataset) -> pl.Series:
    """Return which totals are of the year so far: by their words, and dated."""
    time, texts = dataset.time, [str(f.name) for f in dataset.fields if f.type == "string"]
    if time is None or time not in totals.columns or not texts:
        return totals[_ROW].clear()
    named = pl.any_horizontal(pl.col(name).str.contains(SO_FAR) for name in texts)
    return totals.filter(named & pl.col(time).is_not_null())[_ROW]


def _sums(added: Sequence[Field]) -> list[pl.Expr]:
    return [pl.col(f.name).to_physical().cast(pl.Int128).sum().alias(f"\0{f.name}") for f in added]


def _with_sums(
    totals: pl.DataFrame, facts: pl.LazyFrame, keys: Sequence[str], added: Sequence[Field]
) -> pl.DataFrame:
    """Return ``totals`` with the sums of the rows that have the same ``keys``."""
    if not keys:
        return totals.join(facts.select(_sums(added)).collect(), how="cross")
    summed = facts.group_by(keys).agg(_sums(added)).collect()
    return totals.join(summed, on=list(keys), how="left", maintain_order="left")


def _with_sums_so_far(
    totals: pl.DataFrame,
    facts: pl.LazyFrame,
    time: str,
    keys: Sequence[str],
    added: Sequence[Field],
    calendar: Calendar,
) -> pl.DataFrame:
    """Return ``totals`` with the sums of their year up to their day, of the same ``keys``.

    Years are the company's own, by ``calendar``. Facts that begin within a year cannot tell its
    sums: totals of that year are left out.
    """
    dated = pl.col(time).cast(pl.Date).alias(_DAY)
    daily = facts.with_columns(dated).group_by([*keys, _DAY]).agg(_sums(added)).collect()
    mine = totals.with_columns(dated)
    days = pl.concat([daily[_DAY], mine[_DAY]]).unique().drop_nulls().sort()
    years = [calendar.containing(day, Grain.YEAR) for day in days]
    begun = pl.Series(_YEAR, [year and year.first for year in years], dtype=pl.Date)
    known = pl.DataFrame([days, begun]).drop_nulls()
    told = pl.col(_YEAR) + _FIRST_MONTH > daily[_DAY].min()
    running = [pl.col(f"\0{f.name}").cum_sum().over([*keys, _YEAR], order_by=_DAY) for f in added]
    summed = daily.join(known, on=_DAY).with_columns(running).sort(_DAY)
    mine = mine.join(known, on=_DAY).filter(told).sort(_DAY)
    return mine.join_asof(summed, on=_DAY, by=[*keys, _YEAR], check_sortedness=False)


_NOTHING: Final = Message("", "")
_YEAR_SO_FAR: Final = Message("本年至此", " of the year so far")


def _compared(
    both: pl.DataFrame,
    keys: Sequence[str],
    added: Sequence[Field],
    rows: Sequence[Row],
    when: Message = _NOTHING,
) -> Iterator[Problem]:
    """Yield the totals that are not the sums beside them."""
    for field in added:
        total, real = pl.col(field.name).to_physical().cast(pl.Int128), pl.col(f"\0{field.name}")
        wrong = both.select(_ROW, total.alias("total"), real.fill_null(0).alias("sum"))
        for number, said, found in wrong.filter(pl.col("total") != pl.col("sum")).iter_rows():
            yield _differs(field, rows[number], keys, said, found, when)


def _differs(
    field: Field, row: Row, keys: Sequence[str], said: int, found: int, when: Message
) -> Problem:
    cell = row[str(field.name)]
    of = ", ".join(f"{name} = '{shown(row[name].text)}'" for name in keys)
    total, rows = _written(said, field), _written(found, field)
    zh, en = f"（{of}）" if of else "", f" with {of}" if of else ""
    return problem(
        cell.where,
        "total-differs",
        zh=f"合计行的 {field.name} 是 {total}，{when.zh}各行{zh}之和是 {rows}",
        en=f"the total of {field.name} is {total}, but the rows{when.en}{en} add up to {rows}",
        hint_zh="请核对缺行或重复的行；不应相加的列，请在 totals 的 columns 里只列要核对的列。",
        hint_en="Look for rows that are missing or doubled. Where a column is not meant to add up, "
        "name those that are in the columns of `totals`.",
    )


def _written(steps: int, field: Field) -> str:
    places = field.decimals if field.type == "number" else 0
    return format(WHOLE.scaleb(Decimal(steps), -places), "f")


def called_total(frame: pl.DataFrame, dataset: Dataset, *, sound: bool) -> dict[str, list[int]]:
    """Return the rows in which a text column has a word for a total, by column.

    Columns that tell rows apart (keys) are passed over, and where all cells are ``sound`` those
    whose ``enum`` has no such word; so are those that call every row so (Population, total).
    """
    keys = {str(name) for name in dataset.primary_key}
    names = [
        str(f.name)
        for f in dataset.fields
        if f.type == "string"
        and not f.unique
        and (f.name not in keys or len(keys) > 1)
        and not (sound and f.enum and _none_called(f.enum))
    ]
    if not names or not frame.height:
        return {}
    different = frame.select(names).head(_LOOKED_AT).select(pl.all().n_unique()).row(0)
    ids = {
        name
        for name, count in zip(names, different, strict=True)
        if frame.height >= _LOOKED_AT and count > _LOOKED_AT // 2
    }
    found = {name: _rows_called(frame[name], key=name in ids) for name in names}
    return {
        name: rows
        for name, rows in found.items()
        if rows and not (len(rows) == frame.height and is_measure(frame[name]))
    }


def is_measure(called: pl.Series) -> bool:
    """Tell of words that are all called a total whether they name what is measured.

    So Population, total does, as the only series of a file; 合计 or Total alone names none.
    """
    return not called.is_in(_BARE).any()


def _rows_called(cells: pl.Series, *, key: bool) -> list[int]:
    """Return which cells are a word for a total: of labels each is looked at once."""
    if key:
        return pl.select(_is_called(pl.lit(cells), key=True)).to_series().arg_true().to_list()
    called = _labels_called(cells.unique())
    return [] if called.is_empty() else cells.is_in(called.implode()).arg_true().to_list()


def _labels_called(words: pl.Series) -> pl.Series:
    """Return which of a column's different labels are a word for a total.

    One with the name of another of them (Total Nord, Nord Ergebnis) is one too.
    """
    member = words.str.replace_all(BESIDE, "")
    beside = (member != words) & member.is_in(words.implode())
    called = pl.select(_is_called(pl.lit(words), key=False)).to_series()
    return words.filter(called | beside)


@cache
def _none_called(words: tuple[str, ...]) -> bool:
    """Tell whether none of the words that a column may have is one for a total."""
    return _labels_called(pl.Series(words, dtype=pl.String).unique()).is_empty()


def _is_called(column: pl.Expr, *, key: bool) -> pl.Expr:
    """Tell of texts whether they are a word for a total; a pattern for labels alone.

    The pattern takes several times as long as a list of words, and keys are many.
    """
    if key:
        called = column.is_in(pl.Series(sorted(TOTAL_WORDS)).implode())
    else:
        called = column.str.contains(CALLED)
    return called.fill_null(value=False)


def totals_among(cells: pl.Series) -> frozenset[str]:
    """Return the words for a total among texts; patterns find them where these are labels."""
    words = cells.unique()
    if cells.len() >= _LOOKED_AT and words.len() > _LOOKED_AT // 2:
        return frozenset(words.filter(pl.select(_is_called(pl.lit(words), key=True)).to_series()))
    return frozenset(_labels_called(words).to_list())


def total_among_rows(name: str, cell: Cell, rows: int, words: Collection[str]) -> Problem:
    """Return the warning of rows that are probably totals, at the first of them.

    ``words`` is what they are called in the column ``name``.
    """
    word = shown(cell.text)
    where = _condition(name, sorted(words))
    others = Message("等", " or the like") if len(words) > 1 else Message("", "")
    return problem(
        cell.where,
        "total-among-rows",
        zh=f"列“{name}”有 {rows} 行是“{word}”{others.zh}：若是合计行，就重复计算了",
        en=f"{'a row has' if rows == 1 else f'{rows:,} rows have'} '{word}'{others.en} in the "
        f"column '{name}': if it is a total, all is counted twice",
        hint_zh=f"请在数据集写 totals: {{where: {where}}}，合计行就不计入，只作核对。",
        hint_en=f"Write totals: {{where: {where}}} in the dataset: such rows are left out, and "
        "checked.",
        severity="warning",
    )


def _condition(name: str, words: Sequence[str]) -> str:
    """Return the condition of rows that are called one of ``words``, as a quoted YAML text."""
    said = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
    text = f"{name} IN ({said})" if len(words) > 1 else f"{name} = {said}"
    return json.dumps(text, ensure_ascii=False)
