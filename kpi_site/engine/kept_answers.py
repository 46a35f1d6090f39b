"""Answers of a connection as plain data: asked there once, then found again without it.

An answer is kept under the digest of its request. Nothing else of the rows is kept.
Rules: specification.md#push.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from kpi_site.engine.atoms import Partial
from kpi_site.engine.balance import BalanceRequest, Balances, Snapshot
from kpi_site.engine.cube import WHOLE, CubeRequest, RowSource
from kpi_site.engine.grid import Column, Grid
from kpi_site.engine.rows import Found, RowsRequest
from kpi_site.engine.seam import Answers, Request, merge_cubes
from kpi_site.formula.evaluate import Operand
from kpi_site.results import State

Kept = Mapping[str, Any]
"""Answers by the digest of what was asked, as JSON has them."""
_EPOCH: Final = date(1970, 1, 1)
_FORMAT: Final = 1  # of the answers, and of what a request means


def dataset_of(request: Request) -> str:
    """Return the dataset whose rows are asked about."""
    found = request.dataset if isinstance(request, BalanceRequest) else request.source.dataset
    return str(found)


def keep(found: Answers, through: date, known: Kept) -> Kept:
    """Return ``known`` answers and those found up to the day ``through``.

    Under one digest are the cubes of a source with each of its cuts, and an aggregate in all of
    its spans.
    """
    kept = dict(known)
    for (source, dimension), grid in found.grids.items():
        key = _digest(replace(source, cuts=()), dimension)
        kept[key] = [*kept.get(key, ()), _kept_grid(source, grid, through)]
    for request, values in found.rows.items():
        spans = _spans(request, through)
        own: dict[str, list[Any]] = {span: [] for span in spans}
        for (dimension, member, index), value in sorted(values.items()):
            own[spans[index]].append([dimension, member, value])
        key = _rows_key(request)
        kept[key] = {**kept.get(key, {}), **own}
    for balance, balances in found.balances.items():
        own_series = list(_kept_balances(balances))
        kept[_digest(balance)] = {"through": through.isoformat(), "series": own_series}
    return kept


def find(kept: Kept, requests: Iterable[Request], through: date) -> Answers:
    """Return the answers to ``requests`` up to the day ``through``.

    What was asked up to a later day is taken up to this one. LookupError where one is not there.
    """
    wanted = list(dict.fromkeys(requests))
    grids = {
        (cube.source, dimension): _grid(
            kept[_digest(replace(cube.source, cuts=()), dimension)],
            cube.source,
            cube.partials,
            through,
        )
        for cube in merge_cubes(r for r in wanted if isinstance(r, CubeRequest))
        for dimension in (WHOLE, *cube.dimensions)
    }
    rows = {r: _found(kept, r, through) for r in wanted if isinstance(r, RowsRequest)}
    balances = {
        r: _balances(kept[_digest(r)], through) for r in wanted if isinstance(r, BalanceRequest)
    }
    return Answers(grids, rows, balances)


def answers(kept: Kept, request: Request, through: date) -> bool:
    """Tell whether ``kept`` holds the answer to ``request``."""
    try:
        find(kept, [request], through)
    except LookupError:
        return False
    return True


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr((_FORMAT, *parts)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


# --- cubes -------------------------------------------------------------------------------


def _kept_grid(source: RowSource, grid: Grid, through: date) -> dict[str, Any]:
    return {
        "through": through.isoformat(),
        "cuts": [day.isoformat() for day in source.cuts],
        "members": [[name, rows.start, rows.stop] for name, rows in grid.rows_of.items()],
        "buckets": grid.buckets,
        "columns": {_digest(p): grid.columns[slot] for p, slot in grid.slots.items()},
    }


def _grid(
    kept: Sequence[Mapping[str, Any]], source: RowSource, wanted: Sequence[Partial], through: date
) -> Grid:
    """Return a kept cube with the buckets of ``source``, up to ``through``.

    Fewer cards than were asked for cut less often: then buckets are joined.
    """
    names = {partial: _digest(partial) for partial in wanted}
    cube = next((c for c in kept if _serves(c, source, names.values(), through)), None)
    if cube is None:
        raise LookupError(source)
    old = replace(source, cuts=tuple(map(date.fromisoformat, cube["cuts"])))
    columns = [cube["columns"][name] for name in names.values()]
    slots = {partial: slot for slot, partial in enumerate(names)}
    return _joined(cube, Grid(0, -1, slots, cube["buckets"], columns, {}), old, source, through)


def _serves(
    cube: Mapping[str, Any], source: RowSource, partials: Iterable[str], through: date
) -> bool:
    """Tell whether a cube has all ``partials``, and buckets that begin where ``source``'s do."""
    last, cuts = date.fromisoformat(cube["through"]), {*map(date.fromisoformat, cube["cuts"])}
    after = through + timedelta(days=1)
    ends = source.bucket == "day" or through == last or after.day == 1 or after in cuts
    return (
        through <= last and ends and cuts.issuperset(source.cuts)
        and cube["columns"].keys() >= {*partials}
    )  # fmt: skip


def _joined(
    cube: Mapping[str, Any], grid: Grid, old: RowSource, new: RowSource, through: date
) -> Grid:
    """Return ``grid`` up to ``through`` with the buckets of ``new``, each of some of ``old``."""
    bucket = _buckets(grid.buckets, old, new, through)
    buckets: list[int] = []
    columns: list[Column] = [[] for _ in grid.columns]
    rows_of = {}
    for name, first, stop in cube["members"]:
        start = len(buckets)
        for row in range(first, stop):
            wanted = bucket.get(grid.buckets[row])
            if wanted is None:
                continue
            if len(buckets) > start and buckets[-1] == wanted:
                for partial, slot in grid.slots.items():
                    both = (columns[slot][-1], grid.columns[slot][row])
                    columns[slot][-1] = _folded(partial, both)
            else:
                buckets.append(wanted)
                for column, own in zip(columns, grid.columns, strict=True):
                    column.append(own[row])
        if len(buckets) > start:
            rows_of[name] = range(start, len(buckets))
    low, high = min(buckets, default=0), max(buckets, default=-1)
    return Grid(low, high, grid.slots, buckets, columns, rows_of)


def _buckets(
    known: Sequence[int], old: RowSource, new: RowSource, through: date
) -> Mapping[int, int]:
    """Return the bucket of ``new`` that holds each of the ``known`` ones up to ``through``."""
    last = old.number(through)
    if old.bucket == "day":
        return {bucket: bucket for bucket in known if bucket <= last}
    found: dict[int, int] = {}
    first = min(known, default=last) - len(old.cuts)
    day = date(max(first // 12, 1), 1, 1)
    while old.number(day) <= last:
        found[old.number(day)] = new.number(day)
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        day = min([following, *(cut for cut in old.cuts if day < cut < following)])
    return found


def _folded(partial: Partial, values: tuple[int | None, int | None]) -> int | None:
    present = [value for value in values if value is not None]
    if not present:
        return None
    match partial.kind:
        case "min":
            return min(present)
        case "max":
            return max(present)
        case _:
            return sum(present)


# --- rows and balances -------------------------------------------------------------------


def _rows_key(request: RowsRequest) -> str:
    source = replace(request.source, cuts=())
    return _digest(source, request.atom, request.dimensions)


def _spans(request: RowsRequest, through: date) -> list[str]:
    """Return the names of the spans; of one that is not over it matters up to which day."""
    return [
        f"{reach.first}/{reach.last}" + ("" if reach.last <= through else f"/{through}")
        for reach in request.reaches
    ]


def _found(kept: Kept, request: RowsRequest, through: date) -> Found:
    own = kept[_rows_key(request)]
    return {
        (dimension, member, index): value
        for index, span in enumerate(_spans(request, through))
        for dimension, member, value in own[span]
    }


def _kept_balances(balances: Balances) -> Iterator[list[Any]]:
    for key, times in balances.times.items():
        own = [[*map(_written, s.values), s.rows] for s in balances.snapshots[key]]
        yield [*key, list(times), own]


def _balances(kept: Mapping[str, Any], through: date) -> Balances:
    if through.isoformat() > kept["through"]:
        raise LookupError(through)
    end = (through + timedelta(days=1) - _EPOCH).days * 86_400_000_000
    times: dict[tuple[str, str], tuple[int, ...]] = {}
    snapshots: dict[tuple[str, str], tuple[Snapshot, ...]] = {}
    for dimension, member, moments, found in kept["series"]:
        count = bisect_left(moments, end)
        if count:
            times[dimension, member] = tuple(moments[:count])
            snapshots[dimension, member] = tuple(map(_snapshot, found[:count]))
    return Balances(times, snapshots)


def _snapshot(kept: Sequence[Any]) -> Snapshot:
    *values, rows = kept
    return Snapshot(tuple(map(_operand, values)), rows)


def _written(value: Operand) -> str | list[str]:
    return [value.value] if isinstance(value, State) else str(value)


def _operand(kept: str | list[str]) -> Operand:
    return Decimal(kept) if isinstance(kept, str) else State(kept[0])
