"""Publications at once, and publications that are killed: no edition is lost, none half there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpi_site.changes import alone, settle
from kpi_site.checking import check
from kpi_site.editions.ledger import LEDGER
from kpi_site.editions.store import read_editions, write_edition
from kpi_site.kept import _seal
from kpi_site.options import Options
from kpi_site.periods import MonthCalendar
from kpi_site.publishing import publish
from kpi_site.stages import figures
from tests.editions.conftest import PUBLISHED, TODAY, sign_all
from tests.kills import every_step

ON = PUBLISHED.isoformat()
posix = pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")


def start(root: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "kpi_site", *words, "--root", str(root), "--lang", "en"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def lines(root: Path) -> int:
    path = root / LEDGER
    return len(path.read_text().splitlines()) - 1 if path.is_file() else 0


def test_two_that_publish_one_report_at_once_publish_it_once(signed: Options) -> None:
    runs = [start(signed.root, "publish", "2026-10", "--on", ON) for _ in range(2)]
    said = sorted(run.communicate(timeout=120)[0] for run in runs)
    assert sorted(run.returncode for run in runs) == [0, 1], said
    assert "is published as edition 1" in said[0]
    assert "is published already: edition 1" in said[1]
    assert lines(signed.root) == 1
    assert check(signed) == ()


def test_two_reports_published_at_once_both_stand_in_the_ledger(signed: Options) -> None:
    report = signed.root / "content/reports/2026-09/report.yml"
    report.parent.mkdir()
    text = "period: 2026-09\nscorecards: [company]\ncomments: {nps: 已知。, csat: 已知。}\n"
    report.write_text(text, "utf-8")
    sign_all(signed, "2026-09")
    runs = [start(signed.root, "publish", label, "--on", ON) for label in ("2026-09", "2026-10")]
    said = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    published, problems = read_editions(signed.root, MonthCalendar().parse)
    assert problems == ()
    assert sorted(published.editions) == ["2026-09", "2026-10"]
    assert lines(signed.root) == 2


def test_three_that_sign_at_once_all_sign(options: Options) -> None:
    roles = ("collected", "verified", "approved")
    runs = [start(options.root, "sign", "2026-10", "--role", r, "--by", "sales") for r in roles]
    said = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], said
    edition, problems = publish(options, "2026-10", on=PUBLISHED)
    assert edition is not None, problems


@posix
def test_a_publication_killed_before_any_step_was_or_was_not(
    signed: Options, tmp_path: Path
) -> None:
    before = tmp_path / "before"
    shutil.copytree(signed.root, before)
    made, problems = publish(signed, "2026-10", on=PUBLISHED)
    assert made is not None, problems
    root = tmp_path / "killed"
    shutil.copytree(before, root)

    def work() -> None:
        with alone(root):
            write_edition(root, made, ())

    published = set()
    for step in every_step(work):
        told = settle(root)
        found, problems = read_editions(root, MonthCalendar().parse)
        assert problems == (), (step, told)
        published.add((len(found.entries), bool(told)))
        for name in ("content", "build"):
            shutil.rmtree(root / name)
        shutil.copytree(before / "content", root / "content")
    assert published == {(0, False), (1, True), (1, False)}


def test_what_is_kept_never_enters_an_edition(signed: Options, tmp_path: Path) -> None:
    """A kept figure under a good seal, as a fault of our own would leave it."""
    twin = Options(tmp_path / "twin", TODAY)
    shutil.copytree(signed.root, twin.root)
    expected, _ = publish(twin, "2026-10", on=date(2026, 11, 8))
    assert october(signed) == 5139
    damaged = 0
    for kept in sorted((signed.root / "build/cache").rglob("revenue.*.json")):
        content = kept.read_bytes().partition(b"\n")[2]
        wrong = re.sub(rb"\b5139\b", b"9139", content)
        damaged += wrong != content
        kept.write_bytes(_seal(kept.name, wrong) + b"\n" + wrong)
    assert damaged, "no kept figure was changed"
    other = Options(signed.root, TODAY)  # what this one remembers is no file
    assert october(other) == 9139, "what is kept is believed by other commands"
    edition, problems = publish(signed, "2026-10", on=date(2026, 11, 8))
    assert edition is not None, problems
    assert edition == expected


def october(options: Options) -> Decimal | None:
    """Return the revenue of October 2026 as any command finds it."""
    found, problems = figures(options)
    assert found is not None, problems
    (result,) = (
        r
        for s in found.results["revenue"].wholes()
        for r in s.results
        if r.period.label == "2026-10"
    )
    return result.value
