"""``data/signals.csv``: final values against their natural limits.

Rules: specification.md#signals-csv.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kpi_site.signals import Behaviour
from kpi_site.tidy import SIGNALS, plain, rows_csv


def signals_csv(found: Iterable[Behaviour]) -> bytes:
    """Return the rows of the series ``found``, in their order, with their head."""
    return rows_csv((SIGNALS, *(row for behaviour in found for row in _rows(behaviour))))


def in_order(found: Iterable[Behaviour]) -> list[Behaviour]:
    """Return the series of a card by dimension and member; the whole comes first."""
    return sorted(found, key=lambda b: (b.key.dimension, b.key.member))


def _rows(found: Behaviour) -> Iterator[Sequence[object]]:
    limits = found.limits
    same = plain(limits.mean), plain(limits.lower), plain(limits.upper)
    for observed in found.observed:
        signal = observed.signal
        yield (
            found.indicator, observed.period.label, found.key.dimension, found.key.member,
            plain(observed.value), *same,
            signal.side if signal else "", signal.rule if signal else "",
            found.variation, found.assurance or "",
        )  # fmt: skip
