"""Answers that were kept are those of the rows: for fewer cards, and up to an earlier day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi_site.compute import settle_through
from kpi_site.compute.run import questions
from kpi_site.engine.atoms import Partial
from kpi_site.engine.cube import CubeRequest, RowSource
from kpi_site.engine.grid import Column, Grid
from kpi_site.engine.kept_answers import find, keep
from kpi_site.engine.polars_engine import PolarsEngine
from kpi_site.engine.seam import Answers
from tests.engines.figures import QUICK, SITES, read_site
from tests.oracle.product import TODAY

ROWS = Partial("count", None, None)


def seen(found: Answers) -> object:
    """Return answers in a form that can be compared."""
    grids = {key: (g.slots, g.buckets, g.columns, g.rows_of) for key, g in found.grids.items()}
    ends = {key: (g.first, g.last) for key, g in found.grids.items()}
    return grids, ends, found.rows, found.balances


@pytest.mark.parametrize("name", sorted(QUICK))
def test_up_to_each_day(name: str, tmp_path: Path) -> None:
    site = read_site(SITES / name, tmp_path)
    settled = settle_through(site.catalog, site.tables, TODAY)
    through = settled.site.data_through
    assert through is not None
    asked, schemas = questions(settled, site.tables)
    engine = PolarsEngine()
    answers = engine.answer(site.tables, asked, through, schemas)
    kept = json.loads(json.dumps(keep(answers, through, {})))
    answered = []
    for day in (through, *(through.replace(day=1) - timedelta(days=n) for n in (1, 12, 40))):
        requests, _ = questions(settled.through(day), site.tables)
        for request in requests:
            try:
                found = find(kept, [request], day)
            except LookupError:
                assert day < through
                continue
            expected = engine.answer(site.tables, [request], day, schemas)
            assert seen(found) == seen(expected), (day, request)
            answered.append(day)
    assert len(set(answered)) > (name != "mini")  # its cards cut elsewhere on other days


def test_cubes_of_fewer_cuts() -> None:
    """By hand: two cuts in May, of which fewer are asked, and none that is not kept."""
    cuts = (date(2026, 5, 10), date(2026, 5, 20))
    source = RowSource("orders", "day", "month", cuts=cuts)
    month = 2026 * 12 + 4  # May's number, as its first day has it
    columns: list[Column] = [[1, 2, 4, 8], [None, 5, 3, None]]
    least = Partial("min", None, None)
    slots = {ROWS: 0, least: 1}
    grid = Grid(month, month + 3, slots, [month + n for n in range(4)], columns, {"": range(4)})
    kept = keep(Answers({(source, ""): grid}, {}, {}), date(2026, 6, 30), {})

    def found(*own: date, day: date = date(2026, 6, 30)) -> list[object]:
        one = RowSource("orders", "day", "month", cuts=own)
        answers = find(kept, [CubeRequest(one, (ROWS, least), ())], day)
        return [answers.grids[one, ""].buckets, *answers.grids[one, ""].columns]

    assert found(*cuts) == [[month, month + 1, month + 2, month + 3], *columns]
    assert found(cuts[0]) == [[month, month + 1, month + 2], [1, 6, 8], [None, 3, None]]
    assert found() == [[month, month + 1], [7, 8], [3, None]]
    assert found(day=date(2026, 5, 31)) == [[month], [7], [3]]
    assert found(cuts[0], day=date(2026, 5, 9)) == [[month], [1], [None]]
    for wrong in ((date(2026, 5, 11),), (*cuts, date(2026, 5, 30))):
        with pytest.raises(LookupError):
            found(*wrong)
    for day in (date(2026, 5, 15), date(2026, 7, 31)):  # inside of a bucket; later than asked
        with pytest.raises(LookupError):
            found(day=day)
