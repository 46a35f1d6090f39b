"""Which rows of a dataset came, went or changed, by its primary key where there is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from kpi_site.periods import Calendar, Grain
from kpi_site.tables.model import SourceFile, Table

if TYPE_CHECKING:
    import polars as pl

_NEW: Final = "\x00new"
_COUNT: Final = "\x00count"


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file of facts that came (``old`` is None), went, or has another content."""

    path: str
    old: SourceFile | None
    new: SourceFile | None


@dataclass(frozen=True, slots=True)
class TableChange:
    """How the rows of a dataset differ, in the columns that both states declare alike.

    ``changed`` counts rows with the same key and another content, ``columns`` the cells that
    differ by column; without a primary key such rows count as gone and come. ``months`` are
    the company's months, by the dataset's own time, of all rows that differ; ``old_last`` and
    ``new_last`` the last days that have rows.
    """

    dataset: str
    old_rows: int
    new_rows: int
    files: tuple[FileChange, ...]
    added: int = 0
    removed: int = 0
    changed: int = 0
    columns: Mapping[str, int] = field(default_factory=dict)
    months: tuple[str, ...] = ()
    old_last: date | None = None
    new_last: date | None = None

    @property
    def shrank(self) -> bool:
        """Tell whether there are fewer rows than there were."""
        return self.new_rows < self.old_rows

    @property
    def ends_earlier(self) -> bool:
        """Tell whether its last day lies before the one that it was, or is gone."""
        old, new = self.old_last, self.new_last
        return old is not None and (new is None or new < old)

    @property
    def rows_differ(self) -> bool:
        """Tell whether any row differs: a file may say the same in other bytes."""
        return bool(self.added or self.removed or self.changed)


def table_changes(
    old: Mapping[str, Table], new: Mapping[str, Table], calendar: Calendar
) -> tuple[TableChange, ...]:
    """Compare the datasets that both states have and whose files differ, in their order.

    First those that have lost something: rows, or their last days.
    ``calendar``, the new state's, says in which months the rows lie.
    """
    pairs = ((old[name], table) for name, table in new.items() if name in old)
    found = [_change(a, b, calendar) for a, b in pairs if a.digest != b.digest]
    return tuple(sorted(found, key=lambda c: not (c.ends_earlier or c.shrank)))


def _change(old: Table, new: Table, calendar: Calendar) -> TableChange:
    import polars as pl

    bare = TableChange(
        str(new.dataset.id),
        old.rows,
        new.rows,
        _files(old.files, new.files),
        old_last=old.last,
        new_last=new.last,
    )
    columns = _shared(old, new)
    if old.pushed or new.pushed or not columns:  # rows in a database are not compared
        return bare
    before, after = (pl.read_parquet(t.parquet, columns=columns, glob=False) for t in (old, new))
    key = [str(name) for name in new.dataset.primary_key if name in columns]
    keyed = bool(key) and new.dataset.primary_key == old.dataset.primary_key
    time = str(new.dataset.time) if new.dataset.time in columns else None
    if keyed:
        found, times = _by_key(bare, before, after, key, time)
    else:
        found, times = _by_content(bare, before, after, time)
    return replace(found, months=_months(times, calendar))


def _shared(old: Table, new: Table) -> list[str]:
    """Return the declared columns that both states have with the same type and places."""
    known = {(str(f.name), f.type, f.decimals) for f in old.dataset.fields}
    return [str(f.name) for f in new.dataset.fields if (str(f.name), f.type, f.decimals) in known]


def _by_key(
    bare: TableChange, old: pl.DataFrame, new: pl.DataFrame, key: list[str], time: str | None
) -> tuple[TableChange, list[pl.Series]]:
    """Return how the rows differ, and the times of those that do."""
    import polars as pl

    rest = [name for name in new.columns if name not in key]
    both = old.join(new, on=key, how="inner", suffix=_NEW, nulls_equal=True)
    flags = both.select(pl.col(n).ne_missing(pl.col(n + _NEW)).alias(n) for n in rest)
    any_differs = pl.any_horizontal(rest) if rest else pl.lit(value=False)
    differing = both.filter(flags.select(any_differs).to_series()) if rest else both.clear()
    removed = old.join(new, on=key, how="anti", nulls_equal=True)
    added = new.join(old, on=key, how="anti", nulls_equal=True)
    cells = {n: int(flags[n].sum()) for n in rest if flags[n].any()}
    times = [frame[time] for frame in (removed, added, differing) if time]
    times += [differing[time + _NEW]] if time and time in rest else []
    found = replace(
        bare, added=added.height, removed=removed.height, changed=differing.height, columns=cells
    )
    return found, times


def _by_content(
    bare: TableChange, old: pl.DataFrame, new: pl.DataFrame, time: str | None
) -> tuple[TableChange, list[pl.Series]]:
    """Count rows that one state has more often than the other; return their times too."""
    import polars as pl

    names = new.columns
    counted = [f.group_by(names).agg(pl.len().cast(pl.Int64).alias(_COUNT)) for f in (old, new)]
    both = counted[0].join(
        counted[1], on=names, how="full", coalesce=True, suffix=_NEW, nulls_equal=True
    )
    more = pl.col(_COUNT + _NEW).fill_null(0) - pl.col(_COUNT).fill_null(0)
    differing = both.with_columns(more.alias(_COUNT)).filter(pl.col(_COUNT) != 0)
    counts = differing[_COUNT].to_list()
    added, removed = sum(n for n in counts if n > 0), -sum(n for n in counts if n < 0)
    return replace(bare, added=added, removed=removed), [differing[time]] if time else []


def _months(times: Iterable[pl.Series], calendar: Calendar) -> tuple[str, ...]:
    """Return the months that hold any of ``times``; a day that lies in none has none to tell."""
    days = {day for series in times for day in series.drop_nulls().dt.date().unique().to_list()}
    found = {calendar.containing(day, Grain.MONTH) for day in days}
    return tuple(month.label for month in sorted(filter(None, found)))


def _files(old: Iterable[SourceFile], new: Iterable[SourceFile]) -> tuple[FileChange, ...]:
    before, after = ({file.path: file for file in files} for files in (old, new))
    found = []
    for path in sorted({**before, **after}):
        first, second = before.get(path), after.get(path)
        if first is None or second is None or first.sha256 != second.sha256:
            found.append(FileChange(path, first, second))
    return tuple(found)
