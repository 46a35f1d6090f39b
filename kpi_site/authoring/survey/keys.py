"""Which columns identify a row, lead to other datasets, and put a row into a period."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import polars as pl

from kpi_site.authoring.survey.column import Seen
from kpi_site.catalog import Dataset, FieldType
from kpi_site.problems import Message
from kpi_site.tables.model import Table

_IDENTIFYING: Final = {"string", "integer", "date", "datetime"}
_TRIED = 8  # columns that are put together, from the left
_FEW_ROWS = 20
_ONE_A_DAY: Final = Message(
    "日期没有重复：若每天只该有一行就保留，否则删去",
    "no day twice: keep it if there is to be one row a day, else delete it",
)
_COUNTED: Final = re.compile(r"(?i)^(?:序号|项次|行号|#|no\.?|nr\.?|n[°º]|lfd\.? ?nr\.?|pos\.?)$")
_SAMPLE = 20_000  # rows that rule most groups of columns out


@dataclass(frozen=True, slots=True)
class Keyed:
    """Columns with a role, and what is uncertain about it."""

    columns: tuple[str, ...]
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Parent:
    """A dataset that a column may lead to: its key, as texts."""

    dataset: str
    column: str
    type: FieldType
    values: pl.Series


@dataclass(frozen=True, slots=True)
class Lead:
    """A foreign key: ``sure`` where the names agree and every value is there.

    ``strays`` counts the values that the parent lacks.
    """

    column: str
    parent: Parent
    same_name: bool
    strays: int

    @property
    def sure(self) -> bool:
        """Tell whether names and values agree."""
        return self.same_name and not self.strays


def primary_key(
    texts: pl.DataFrame, seen: Sequence[Seen], parts: Sequence[str] = ()
) -> Keyed | None:
    """Return the column, or the two to four, that no two rows share; None if there are none.

    Amounts identify nothing, even where they differ from row to row; whole numbers are taken
    for such unless they are named like an id, stand first, or are ``parts`` of a day. A time
    is the last resort, and a running number if another column is named like an id.
    """
    able = [
        s
        for s in seen
        if s.complete
        and s.type in _IDENTIFYING
        and (s.type != "integer" or s.name in parts or _is_id(s, seen[0]))
    ]
    # A moment that does not come twice does so by chance; one row a day may be meant.
    chance = [s for s in able if s.unique and s.type == "datetime" and not s.named_like_id]
    able = [s for s in able if s not in chance]
    alone = sorted(
        (s for s in able if s.unique),
        key=lambda s: (not s.named_like_id, s.type == "date", _COUNTED.search(s.name) is not None),
    )
    doubt = Message("行数太少，不能肯定", "too few rows to be sure")
    notes = (doubt,) if texts.height < _FEW_ROWS else ()
    if alone and texts.height:
        if alone[0].type == "date" and not alone[0].named_like_id:
            notes = (_ONE_A_DAY, *notes)
        elif not alone[0].named_like_id and not notes:
            notes = (
                Message("各行都不同，但列名不像编号", "no value twice, but not named like an id"),
            )
        return Keyed((alone[0].name,), notes)
    sample = texts.head(_SAMPLE)
    for size in (2, 3, 4):
        for group in combinations([s.name for s in able[:_TRIED]], size):
            if _never_twice(sample, group) and _never_twice(texts, group):
                together = Message("几列合起来没有重复", "together they are never the same twice")
                return Keyed(group, (together, *notes))
    return None


def with_all_parts(key: Keyed | None, parts: Sequence[str]) -> Keyed | None:
    """Return the key with all ``parts`` of a day if it has one: a month comes again next year."""
    if key is None or len(key.columns) == 1 or not {*parts} & {*key.columns}:
        return key
    columns = dict.fromkeys([*(p for p in parts if p not in key.columns), *key.columns])
    return Keyed(tuple(columns), key.notes)


def _is_id(column: Seen, first: Seen) -> bool:
    return column.notation is None and (column.named_like_id or column is first)


def _never_twice(texts: pl.DataFrame, group: Sequence[str]) -> bool:
    return texts.select(group).n_unique() == texts.height > 1


def time_column(seen: Iterable[Seen]) -> Keyed | None:
    """Return the first complete column of days or moments, else the first one at all.

    Days go before months and years, and a birth is the last resort.
    """
    times = [s for s in seen if s.type in {"date", "datetime"}]
    if not times:
        return None
    chosen = min(times, key=lambda s: (s.tells_birth, not s.complete, not s.tells_days))
    notes = []
    if not chosen.complete:
        notes.append(Message("有空值：这些行不属于任何期间", "rows without it belong to no period"))
    if len(times) > 1:
        others = ", ".join(s.name for s in times if s is not chosen)
        notes.append(Message(f"也可以是 {others}", f"it may be {others} instead"))
    return Keyed((chosen.name,), tuple(notes))


def single_keys(datasets: Mapping[str, Dataset]) -> dict[str, str]:
    """Return the datasets that a single column can lead to, with their key."""
    return {
        name: str(dataset.primary_key[0])
        for name, dataset in datasets.items()
        if len(dataset.primary_key) == 1
    }


def parents(tables: Iterable[Table], datasets: Mapping[str, Dataset]) -> Iterator[Parent]:
    """Yield the datasets that a column may lead to, with the values of their key."""
    keys = single_keys(datasets)
    for table in tables:
        name = str(table.dataset.id)
        field = table.dataset.field(keys[name]) if name in keys else None
        if field is not None and field.type in {"string", "integer"}:
            values = (
                pl.scan_parquet(table.parquet, glob=False).select(field.name).collect().to_series()
            )
            yield Parent(name, str(field.name), field.type, values.cast(pl.String))


def foreign_keys(
    texts: pl.DataFrame, seen: Sequence[Seen], known: Sequence[Parent], own_key: Keyed | None
) -> Iterator[Lead]:
    """Yield for each column the dataset that it most likely leads to.

    A column of the parent's name leads there, even with a few strays, which are told. One of
    another name only where it is named like an identifier and has at least three values, all
    of them there. The own primary key, when it is one column, leads nowhere.
    """
    own = own_key.columns if own_key and len(own_key.columns) == 1 else ()
    for column in seen:
        if column.type not in {"string", "integer"} or column.name in own:
            continue
        values = texts[column.name].drop_nulls().unique()
        values = values.filter(~values.is_in(list(column.absent)))
        leads = [_lead(column, values, parent) for parent in known]
        fitting = [lead for lead in leads if lead is not None]
        if fitting:
            yield min(fitting, key=lambda lead: (not lead.same_name, lead.strays))


def _lead(column: Seen, values: pl.Series, parent: Parent) -> Lead | None:
    if values.is_empty() or parent.values.is_empty():
        return None
    strays = int((~values.is_in(parent.values.to_list())).sum())
    lead = Lead(column.name, parent, column.name == parent.column, strays)
    if lead.same_name:
        return lead if strays < values.len() else None
    return lead if not strays and column.named_like_id and values.len() >= 3 else None
