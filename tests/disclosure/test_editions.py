"""Editions and small cells: what was told stays told there, what was hidden stays hidden."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kpi_site import stages
from kpi_site.catalog import Text
from kpi_site.editions.figures import figures
from kpi_site.editions.store import read_editions
from kpi_site.options import Options
from kpi_site.periods import MonthCalendar
from kpi_site.publishing import publish, sign
from kpi_site.results import State
from tests.disclosure.survey import hidden, published, survey
from tests.oracle.product import TODAY

MONTHS = [{"a": 3, "b": 12, "c": 20, "d": 30}, *[{"a": 15, "b": 12, "c": 20, "d": 30}] * 3]
ROLES = ("collected", "verified", "approved")


def with_report(root: Path, rule: str, months: list[dict[str, int]] = MONTHS) -> Path:
    survey(root, months, rule=rule)
    path = root / "content" / "reports" / "2026-01" / "report.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text("period: 2026-01\nsummary: {zh: 一月。, en: January.}\n", encoding="utf-8")
    return root


def issue(root: Path) -> None:
    options = Options(root=root, today=TODAY)
    for role in ROLES:
        _, found = sign(options, "2026-01", role, Text("main"), on=date(2026, 2, 5))
        assert not [p for p in found if p.severity == "error"], [p.text() for p in found]
    made, found = publish(options, "2026-01", on=date(2026, 2, 6))
    assert made is not None, [p.text() for p in found]


def states(root: Path) -> dict[str, State]:
    told, found = read_editions(root, MonthCalendar().parse)
    assert not found
    (edition,) = told.in_order()
    return {f.member: f.state for f in figures(edition) if f.period == "2026-01"}


def frozen(root: Path) -> dict[str, bytes]:
    folder = root / "content" / "reports" / "2026-01" / "edition-1"
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_an_edition_freezes_what_is_hidden(tmp_path: Path) -> None:
    root = with_report(tmp_path, "{min_count: 5}")
    issue(root)
    found = states(root)
    assert found["a"] is State.SUPPRESSED
    assert found[""] is State.OK
    assert {m for m, state in found.items() if state is State.SUPPRESSED} == {
        key[3] for key in hidden(root) if key[1:3] == ("month", "2026-01")
    }


def test_what_an_edition_hid_stays_hidden(tmp_path: Path) -> None:
    """Later rows bring team a to 9 answers in January: it would be told, but for the edition."""
    root = with_report(tmp_path, "{min_count: 5}")
    issue(root)
    more = [{**MONTHS[0], "a": 9}, *MONTHS[1:]]
    assert ("answers", "month", "2026-01", "a") in hidden(with_report(root, "{min_count: 5}", more))
    assert hidden(survey(tmp_path / "new", more)) == set()


def test_an_edition_that_told_it_stays_as_it_is(tmp_path: Path) -> None:
    """Published without the rule: the edition keeps its bytes, today's files tell it no more.

    And the newly hidden figure is no revision: that would print what it was.
    """
    root = with_report(tmp_path, "off")
    issue(root)
    before = frozen(root)
    assert states(root)["a"] is State.OK
    with_report(root, "{min_count: 5}")
    assert ("answers", "month", "2026-01", "a") in hidden(root)
    found, _ = stages.figures(Options(root=root, today=TODAY))
    assert found is not None
    assert found.told.pending == {"2026-01": ()}
    assert frozen(root) == before


def test_drafts_hide_the_same(tmp_path: Path) -> None:
    """The draft of January is computed as if nothing came later; its quarter ran then.

    Team a's quarter is its 3 answers of January, and no draft may tell them.
    """
    root = with_report(tmp_path, "{min_count: 5}")
    found, _ = stages.figures(Options(root=root, today=TODAY))
    assert found is not None
    draft = found.drafts["2026-01"].results["answers"]
    for key, series in draft.series.items():
        if key.member == "a":
            assert [r.state for r in series.results] == [State.SUPPRESSED], key
    assert published(root)["answers", "month", "2026-02", ""]["value"] == "77"
