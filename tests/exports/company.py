"""The small company's report, as it would be published: sources, frozen files, an edition."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from kpi_site.catalog import Indicator, Text
from kpi_site.editions.frozen import frozen_figures
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import Edition, Manifest
from kpi_site.exports.board import Imprint
from kpi_site.exports.edition_files import export_sources
from kpi_site.exports.pdf import chinese_font
from kpi_site.pages.context import Context, make_context
from tests.pages.conftest import Sample, build_sample, period

needs_fonts = pytest.mark.skipif(
    chinese_font() is None and not os.environ.get("CI"),
    reason="no Chinese font here: apt-get install fonts-noto-cjk",
)
DAY = date(2026, 11, 9)
FIRST = Imprint(1, DAY)
LABEL = "2026-10"


def context(language: str, sample: Sample | None = None) -> Context:
    return make_context(sample or build_sample(), language)


def frozen(sample: Sample | None = None) -> Mapping[str, bytes]:
    found = sample or build_sample()
    report = found.catalog.reports[LABEL]
    files = frozen_figures(found, report)
    return {file.path: file.data for file in files}


def changed(**cards: Mapping[str, object]) -> Sample:
    """Return the small company with keys of its cards replaced."""
    sample = build_sample()
    indicators: dict[str, Indicator] = dict(sample.catalog.indicators)
    for name, keys in cards.items():
        indicators[name] = replace(indicators[name], **keys)  # type: ignore[arg-type]
    return replace(sample, catalog=replace(sample.catalog, indicators=indicators))


def edition(sample: Sample | None = None) -> Edition:
    found = sample or build_sample()
    report = found.catalog.reports[LABEL]
    files = dict(frozen(found))
    for language in ("zh", "en"):
        sources = export_sources(context(language, found), report, FIRST)
        files |= {file.path: file.data for file in sources}
    manifest = Manifest(
        period=LABEL,
        number=1,
        published=DAY,
        data_through=date(2026, 10, 31),
        figures="sha256:0",
        languages=("zh", "en"),
        audiences=found.catalog.site.audiences,
        organisation=Text(plain="Mini"),
        files={name: sha256(data) for name, data in files.items()},
    )
    return Edition(period(LABEL), manifest, files, f"content/reports/{LABEL}/edition-1")
