"""Small pictures on pages: the trend of the last periods, the bullet graph."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

from kpi_site.catalog import Indicator
from kpi_site.charts.small import bullet, sparkline
from kpi_site.results import Result
from kpi_site.story.reading import Now


def markup(trusted: str) -> Markup:
    """Mark text that our own number and picture makers produced as safe."""
    return Markup(trusted)  # noqa: S704


def spark(values: Sequence[Decimal | None], name: str) -> Markup:
    """Return the small trend of ``values``, called ``name``."""
    return markup(sparkline(values, name))


def spark_of(now: Now) -> Markup:
    """Return the small trend of an indicator."""
    return spark(now.recent, now.name)


def bullet_of(indicator: Indicator, result: Result, language: str, *, width: int = 320) -> Markup:
    """Return the bullet graph of ``result`` against the thresholds in force."""
    return markup(
        bullet(
            result.value,
            result.threshold,
            indicator.direction,
            indicator.centre,
            indicator.unit,
            indicator.decimals,
            language,
            width=width,
        )
    )
