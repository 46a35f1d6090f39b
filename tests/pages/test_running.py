"""The running month of a daily card, of an actual and a target in their own unit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kpi_site.catalog import Indicator, Measure
from kpi_site.pages.context import Context, make_context
from kpi_site.pages.running import measure_of, running
from kpi_site.periods import Grain
from kpi_site.results import Cell, IndicatorResults, Series, SeriesKey, State
from tests.pages.conftest import series


def daily(sample: Any) -> tuple[Context, Indicator]:
    """Attainment by day: 30 a day from 30 September on, against 40 a day from 1 October on."""
    card = sample.catalog.indicators["attainment"]
    card = replace(card, cycle=Grain.DAY)
    whole = series(
        card, SeriesKey(Grain.DAY), [State.ZERO_DENOMINATOR, "0.75", "0.75"], "2026-09-30"
    )
    filled = {
        "actual": tuple(Cell(Decimal(v), State.OK, 1) for v in (900, 30, 60)),
        "planned": tuple(Cell(Decimal(v), State.OK, 1) for v in (0, 40, 80)),
    }
    found = IndicatorResults("attainment", {}, Series(whole.key, whole.results, filled))
    results = {**sample.results, "attainment": found}
    return make_context(replace(sample, results=results), "en"), card


def test_amounts_run_beside_the_target_s_own_total(sample: Any) -> None:
    ctx, card = daily(sample)
    found = running(ctx, card)
    assert found is not None
    rows = found.spec["datasets"]["rows"]
    assert [(r.get("value"), r.get("pace")) for r in rows[:3]] == [(30, 40), (60, 80), (None, None)]
    labels = {label["text"] for label in found.spec["datasets"]["labels"]}
    assert labels == {"60 · 75.0%", "target 80"}
    assert found.heads[:2] == ("Actual sales", "Planned sales")
    assert found.days == (
        ("2 Oct 2026", ("60", "80", "75.0%")),
        ("1 Oct 2026", ("30", "40", "75.0%")),
    )


def test_a_card_without_days_has_no_running_month(sample: Any) -> None:
    ctx = make_context(sample, "en")
    assert running(ctx, sample.catalog.indicators["attainment"]) is None


@pytest.mark.parametrize(
    ("unit", "measure"),
    [
        ("CNY", Measure("currency", "CNY")),
        (None, Measure("count", "count")),
    ],
)
def test_terms_have_the_unit_of_the_column_they_sum(
    sample: Any, unit: str | None, measure: Measure
) -> None:
    card = sample.catalog.indicators["revenue"]
    (term,) = card.terms
    dataset = sample.catalog.datasets[term.dataset]
    column = term.value.node.arg.name
    fields = tuple(replace(f, unit=unit) if f.name == column else f for f in dataset.fields)
    datasets = {**sample.catalog.datasets, term.dataset: replace(dataset, fields=fields)}
    catalog = replace(sample.catalog, datasets=datasets)
    ctx = make_context(replace(sample, catalog=catalog), "en")
    assert measure_of(ctx, card, (term, term)) == measure
