"""The figures and scores of an edition, read back from its files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kpi_site.editions.model import (
    CARDS,
    SCORECARDS,
    SCORES,
    VALUES,
    Edition,
    Figure,
    ScoreRow,
)
from kpi_site.results import State


def figures(edition: Edition) -> tuple[Figure, ...]:
    """Return every row of ``values.csv``, exact."""
    return _figures(edition.files[VALUES])


@lru_cache(maxsize=64)
def _figures(data: bytes) -> tuple[Figure, ...]:
    """Return the rows; many pages ask for them, and frozen bytes do not change."""
    return tuple(_figure(row) for row in _rows(data))


def own_figures(edition: Edition) -> tuple[Figure, ...]:
    """Return the figures that the edition publishes, without the history behind its trends.

    Each indicator's newest period is the one that the report speaks of.
    """
    every = figures(edition)
    newest: dict[str, str] = {}
    for figure in every:  # oldest first within a series; the whole comes before its members
        if not figure.dimension:
            newest[figure.indicator] = figure.period
    return tuple(f for f in every if newest.get(f.indicator, f.period) == f.period)


def scores(edition: Edition) -> tuple[ScoreRow, ...]:
    """Return every row of ``scores.csv``."""
    return tuple(_score(row) for row in _rows(edition.files[SCORES]))


def cards(edition: Edition) -> Mapping[str, Mapping[str, Any]]:
    """Return the cards as they stood, by id; numbers are exact."""
    found = (_card(data) for name, data in edition.files.items() if name.startswith(CARDS + "/"))
    return {str(card["id"]): card for card in found}


@lru_cache(maxsize=4096)
def _card(data: bytes) -> Mapping[str, Any]:
    """Return one frozen card; editions share those that did not change."""
    return _json(data)


def scorecards(edition: Edition) -> tuple[Mapping[str, Any], ...]:
    """Return the scorecards as they stood, in the report's order; numbers are exact."""
    return tuple(_json(edition.files[SCORECARDS])["scorecards"])


def _json(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data, parse_float=Decimal, parse_int=Decimal)
    return found


def _rows(data: bytes) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _figure(row: Mapping[str, str]) -> Figure:
    return Figure(
        indicator=row["indicator"],
        grain=row["grain"],
        period=row["period"],
        dimension=row["dimension"],
        member=row["member"],
        value=_number(row["value"]),
        state=State(row["state"]),
        n=int(row["n"]) if row["n"] else None,
        points=_number(row["points"]),
        baseline=_number(row["baseline"]),
        target=_number(row["target"]),
        challenge=_number(row["challenge"]),
        unit=row["unit"],
    )


def _score(row: Mapping[str, str]) -> ScoreRow:
    return ScoreRow(
        scorecard=row["scorecard"],
        line=int(row["line"]),
        no=row["no"],
        indicator=row["indicator"],
        dimension=row.get("dimension", ""),
        member=row.get("member", ""),
        period=row["period"],
        weight=_number(row["weight"]),
        value=_number(row["value"]),
        state=State(row["state"]),
        points=_number(row["points"]),
        counted=row["counted"] == "yes",
        baseline=_number(row["baseline"]),
        target=_number(row["target"]),
        challenge=_number(row["challenge"]),
    )
