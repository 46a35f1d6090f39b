"""Renaming and retiring: only the words that name the card change, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kpi_site.authoring.edits import carry_out
from kpi_site.authoring.refusal import Refusal
from kpi_site.authoring.renaming import Plan, rename, retire
from kpi_site.catalog import Text
from kpi_site.changes import PENDING, alone
from kpi_site.options import Options
from kpi_site.problems import Message
from kpi_site.publishing import publish, sign
from kpi_site.stages import figures
from tests.authoring.conftest import draft_of, problems_of
from tests.kills import dies, every_step

Run = Callable[..., subprocess.CompletedProcess[str]]
CSAT = "content/indicators/service/csat.yml"
CSI = "content/indicators/service/csi.yml"
TODAY = date(2026, 11, 24)
WHAT = Message("改名", "rename")


def edit(site: Path, file: str, old: str, new: str) -> None:
    path = site / file
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


def contents(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file()
    }


def renamed(site: Path, old: str = "csat", new: str = "csi") -> Plan:
    plan = rename(draft_of(site), old, new)
    assert isinstance(plan, Plan), plan
    carry_out(site, WHAT, plan.rewrites)
    return plan


@pytest.fixture
def named(site: Path) -> Path:
    """A site that names ``csat`` in every way there is."""
    edit(
        site,
        "content/indicators/service/nps.yml",
        "related: [csat]",
        "related: [ 'csat' ]  # 见 csat",
    )
    with (site / "content/indicators/sales/revenue.yml").open("a", encoding="utf-8") as card:
        card.write("status: retired\nsuccessor: csat\nnotes: 见 [满意度](../indicators/csat.md)\n")
    (site / "content/indicators/sales/both.yml").write_text(
        "id: both\nname: 两者\ndefinition: 两者之和\nformula: csat + n\n"
        "terms:\n  csat: {label: 满意, indicator: csat}\n"
        '  n:\n    label: 推荐\n    indicator: "csat"   # 引号保留\n'
        "unit: score\ncycle: month\n",
        encoding="utf-8",
    )
    (site / "content/scorecards/tree.yml").write_text(
        "id: tree\ntitle: 树\ncycle: month\nlines:\n  - title: 组\n    lines:\n"
        "      - title: 小组\n        lines:\n          - indicator: csat  # 深处\n",
        encoding="utf-8",
    )
    report = site / "content/reports/2026-10/report.yml"
    report.write_text(
        "period: 2026-10\nscorecards: [company]\nhighlights: [nps, csat]\n"
        "comments:\n  csat: {zh: 说明, en: A comment}\n",
        encoding="utf-8",
    )
    (site / "content/actions").mkdir()
    (site / "content/actions/calls.yml").write_text(
        "id: calls\ntitle: 回访\nindicators: [csat]\nowner: 服务部\n"
        "start: 2026-10-01\ndue: 2026-12-01\n",
        encoding="utf-8",
    )
    (site / "docs/zh/handbook").mkdir(parents=True)
    (site / "docs/zh/handbook/how.md").write_text(
        "[甲](../indicators/csat.md) 乙 indicators/csat/#formula csat_10 indicators/csat_10.md\n",
        encoding="utf-8",
    )
    assert problems_of(site) == ()
    return site


def test_every_reference_follows_and_every_other_byte_stays(named: Path) -> None:
    before = contents(named)
    renamed(named)
    after = contents(named)
    expected = {
        CSI: before[CSAT].replace(b"id: csat\n", b"id: csi\n") + b"formerly: [csat]\n",
        "content/indicators/service/nps.yml": before["content/indicators/service/nps.yml"].replace(
            b"[ 'csat' ]", b"[ 'csi' ]"
        ),
        "content/indicators/sales/revenue.yml": before["content/indicators/sales/revenue.yml"]
        .replace(b"successor: csat", b"successor: csi")
        .replace(b"indicators/csat.md", b"indicators/csi.md"),
        "content/indicators/sales/both.yml": before["content/indicators/sales/both.yml"]
        .replace(b"indicator: csat", b"indicator: csi")
        .replace(b'"csat"', b'"csi"'),
        "content/scorecards/tree.yml": before["content/scorecards/tree.yml"].replace(
            b"csat  #", b"csi  #"
        ),
        "content/scorecards/company.yml": before["content/scorecards/company.yml"].replace(
            b"indicator: csat", b"indicator: csi"
        ),
        "content/reports/2026-10/report.yml": before["content/reports/2026-10/report.yml"]
        .replace(b"[nps, csat]", b"[nps, csi]")
        .replace(b"  csat: ", b"  csi: "),
        "content/actions/calls.yml": before["content/actions/calls.yml"].replace(b"csat", b"csi"),
        "docs/zh/handbook/how.md": "[甲](../indicators/csi.md) 乙 indicators/csi/#formula csat_10 "
        "indicators/csat_10.md\n".encode(),
    }
    untouched = {k: v for k, v in before.items() if k not in expected and k != CSAT}
    assert after == untouched | expected
    assert problems_of(named) == ()


def test_line_ends_and_a_byte_order_mark_stay(site: Path) -> None:
    card = site / CSAT
    data = b"\xef\xbb\xbf" + card.read_bytes().replace(b"\n", b"\r\n").rstrip()
    card.write_bytes(data)
    renamed(site)
    assert (site / CSI).read_bytes() == (
        data.replace(b"id: csat\r\n", b"id: csi\r\n") + b"\r\nformerly: [csat]\r\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("formerly: [a]\n", "formerly: [csat, a]\n"),
        ("formerly: []\n", "formerly: [csat]\n"),
        ("formerly:\n  - a  # 旧\n", "formerly:\n  - csat\n  - a  # 旧\n"),
        ("formerly:\n- a\n", "formerly:\n- csat\n- a\n"),
        ("formerly: [b, csi]\n", "formerly: [b, csat]\n"),  # back to a name that it had
    ],
)
def test_former_ids_add_up(site: Path, before: str, after: str) -> None:
    with (site / CSAT).open("a", encoding="utf-8") as card:
        card.write(before)
    renamed(site)
    assert (site / CSI).read_text(encoding="utf-8").endswith("\n" + after)
    assert problems_of(site) == ()


@pytest.mark.parametrize(
    ("old", "new", "usage", "words"),
    [
        ("csta", "csi", True, "no indicator 'csta'. Did you mean 'csat'?"),
        ("csat", "csat", True, "'csat' is its id already"),
        ("csat", "nps", False, "'nps' is the id of content/indicators/service/nps.yml"),
        ("csat", "CSI", True, "'CSI' is no id"),
        ("was", "csi", True, "'was' is called 'nps' now"),
        ("csat", "was", False, "'was' was the id of content/indicators/service/nps.yml"),
    ],
)
def test_what_would_break_something_is_refused(
    site: Path, old: str, new: str, usage: bool, words: str
) -> None:
    with (site / "content/indicators/service/nps.yml").open("a", encoding="utf-8") as card:
        card.write("formerly: [was]\n")
    refusal = rename(draft_of(site), old, new)
    assert isinstance(refusal, Refusal)
    assert (refusal.usage, refusal.message.en.startswith(words)) == (usage, True)


def test_a_file_that_cannot_be_searched_stops_it(site: Path) -> None:
    edit(site, "content/scorecards/company.yml", "id:", "id: [")
    found = rename(draft_of(site), "csat", "csi")
    assert isinstance(found, tuple)
    assert {problem.where.file for problem in found} == {"content/scorecards/company.yml"}


def test_a_card_in_one_pair_of_braces_is_left_to_its_author(site: Path) -> None:
    (site / "content/indicators/sales/both.yml").write_text(
        "{id: both, name: 两者, definition: 两者, formula: a, unit: score, cycle: month,\n"
        " terms: {a: {label: 满意, indicator: csat}}}\n",
        encoding="utf-8",
    )
    refusal = rename(draft_of(site), "both", "sum_of_both")
    assert isinstance(refusal, Refusal)
    assert "write by hand: id: sum_of_both; formerly: [both]" in refusal.message.en


def test_former_ids_must_be_free(site: Path) -> None:
    for card, line in (
        (CSAT, "formerly: [nps, old]\n"),
        ("content/indicators/service/nps.yml", "formerly: [old, nps]\n"),
    ):
        with (site / card).open("a", encoding="utf-8") as file:
            file.write(line)
    found = [(p.where.file, p.where.column, p.code) for p in problems_of(site)]
    assert found == [
        (CSAT, 12, "former-id-in-use"),
        ("content/indicators/service/nps.yml", 12, "former-id-in-use"),
        ("content/indicators/service/nps.yml", 17, "former-id-in-use"),
    ]


def test_retiring_sets_two_keys_and_tells_what_remains(named: Path) -> None:
    before = contents(named)
    plan = retire(draft_of(named), "csat", "nps", None, TODAY)
    assert isinstance(plan, Plan)
    carry_out(named, WHAT, plan.rewrites)
    after = contents(named)
    assert after == before | {CSAT: before[CSAT] + b"retired: 2026-10\nsuccessor: nps\n"}
    places = [str(r.where) for r in plan.remaining]
    assert "content/scorecards/tree.yml:9:24" in places
    assert "content/reports/2026-10/report.yml:3:19" in places
    assert "content/reports/2026-10/report.yml:5:3" in places
    assert "content/actions/calls.yml:3:14" in places
    assert "docs/zh/handbook/how.md:1:19" in places
    assert len(places) == 12


def test_retiring_again_can_name_another_successor(site: Path) -> None:
    with (site / CSAT).open("a", encoding="utf-8") as card:
        card.write("status: active  # 在用\n")
    for successor in ("nps", "revenue"):
        plan = retire(draft_of(site), "csat", successor, "2026-06", TODAY)
        assert isinstance(plan, Plan)
        carry_out(site, WHAT, plan.rewrites)
    text = (site / CSAT).read_text(encoding="utf-8")
    assert text.endswith("status: retired  # 在用\nretired: 2026-06\nsuccessor: revenue\n")
    again = retire(draft_of(site), "csat", "revenue", None, TODAY)
    assert isinstance(again, Refusal)
    assert again.message.en == "'csat' is retired already"


def test_the_last_period_is_asked_for_or_the_newest_that_is_over(site: Path) -> None:
    def ends(last: str | None, today: date) -> str:
        plan = retire(draft_of(site), "csat", None, last, today)
        if isinstance(plan, Plan):
            return plan.rewrites[0].after.splitlines()[-1]
        assert isinstance(plan, Refusal)
        return plan.message.en

    assert ends("2026-Q2", TODAY) == "retired: 2026-Q2"
    assert ends("Juni", TODAY) == "'Juni' is no period such as 2026-06"
    assert ends(None, date(2026, 12, 2)) == "retired: 2026-10"  # data_through of site.yml
    settings = site / "content/site.yml"
    lines = settings.read_text("utf-8").splitlines(keepends=True)
    settings.write_text("".join(x for x in lines if "data_through" not in x), encoding="utf-8")
    assert ends(None, date(2026, 11, 30)) == "retired: 2026-11"
    assert ends(None, date(2026, 11, 29)) == "retired: 2026-10"


def test_successors_do_not_go_in_circles(site: Path) -> None:
    with (site / "content/indicators/service/nps.yml").open("a", encoding="utf-8") as card:
        card.write("status: retired\nsuccessor: csat\n")
    for successor, words in (
        ("nps", "the successors go in a circle: csat → nps → csat"),
        ("csat", "the successors go in a circle: csat → csat"),
        ("nsp", "no indicator 'nsp'. Did you mean 'nps'?"),
    ):
        refusal = retire(draft_of(site), "csat", successor, None, TODAY)
        assert isinstance(refusal, Refusal)
        assert refusal.message.en == words


def test_the_commands_say_what_they_do_and_a_dry_run_does_nothing(site: Path, run: Run) -> None:
    before = contents(site)
    dry = run("kpi_site", "rename", "csat", "csi", "--dry-run", cwd=site)
    assert dry.returncode == 0
    assert contents(site) == before
    done = run("kpi_site", "rename", "csat", "csi", cwd=site)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == f"{CSAT} → {CSI}"
    assert dry.stdout.splitlines()[:-1] == done.stdout.splitlines()[:-1]
    wrong = run("kpi_site", "rename", "csat", "csi2", cwd=site)
    assert (wrong.returncode, wrong.stderr) == (2, "'csat' is called 'csi' now\n")
    retired = run("kpi_site", "retire", "csi", "--successor", "nps", cwd=site)
    assert retired.returncode == 0
    assert "content/indicators/service/nps.yml:" in retired.stdout
    again = run("kpi_site", "retire", "csi", cwd=site)
    assert (again.returncode, again.stderr) == (1, "'csi' is retired already\n")


def test_the_old_address_leads_to_the_new_one_and_the_old_id_is_found(site: Path, run: Run) -> None:
    options = Options(site, date(2026, 11, 24))
    for number, old, new in ((1, "csat", "csi"), (2, "csi", "csx")):
        publish_october(options, number)
        renamed(site, old, new)
    told = figures(options)[0]
    assert told is not None
    assert told.told.pending == {"2026-10": ()}  # the same figures under another name
    assert told.told.changes == {"2026-10": ((),)}
    shown = run("kpi_site", "show", "csat", cwd=site)
    assert shown.returncode == 0
    assert "(csx)" in shown.stdout.splitlines()[0]
    built = run("kpi_site", "build", "--language", "zh", cwd=site)
    assert built.returncode == 0, built.stdout + built.stderr
    for old in ("csat", "csi"):
        page = (site / f"site/zh/indicators/{old}/index.html").read_text(encoding="utf-8")
        assert '<meta content="0; url=../csx/" http-equiv="refresh">' in page or (
            '<meta http-equiv="refresh" content="0; url=../csx/">' in page
        )
    report = (site / "site/zh/reports/2026-10/edition-1/index.html").read_text(encoding="utf-8")
    assert "../../../indicators/csat/" in report
    search = (site / "site/zh/assets/search/index.js").read_text(encoding="utf-8")
    assert "csat" in search
    assert "indicators/csat/" not in search


def publish_october(options: Options, number: int) -> None:
    for role in ("collected", "verified", "approved"):
        assert sign(options, "2026-10", role, Text("service"), on=date(2026, 11, 6))[0] is not None
    more = {"kind": "routine", "reason": Text("as always")} if number > 1 else {}
    edition, problems = publish(options, "2026-10", on=date(2026, 11, 7 + number), **more)  # type: ignore[arg-type]
    assert edition is not None, [p.text() for p in problems]
    assert edition.number == number


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_rename_killed_before_any_step_goes_on_or_never_was(named: Path, tmp_path: Path) -> None:
    before = contents(named)
    plan = rename(draft_of(named), "csat", "csi")
    assert isinstance(plan, Plan)
    root = tmp_path / "killed"

    def work() -> None:
        with alone(root):
            carry_out(root, WHAT, plan.rewrites)

    def again() -> None:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(named, root)

    again()
    work()
    after = contents(root)
    seen = set()
    again()
    for step in every_step(work):
        with alone(root) as told:  # as the next command does
            seen.add(tuple(p.code for p in told))
        found = contents(root)
        found.pop("build/content.lock", None)
        assert found in (before, after), step
        again()
    assert seen == {(), ("change-finished",)}


def test_the_command_after_a_killed_rename_goes_on_and_says_so(named: Path, run: Run) -> None:
    plan = rename(draft_of(named), "csat", "csi")
    assert isinstance(plan, Plan)
    step = 4 + 2 * len(plan.rewrites)  # the plan is written, and not all is done

    def work() -> None:
        carry_out(named, Message("改名", "rename 'csat' to 'csi'"), plan.rewrites)

    while not (named / PENDING / "plan.json").is_file():
        step += 1
        assert dies(work, step)
    done = run("kpi_site", "rename", "csat", "csi", "--root", named)
    assert "now finished: rename 'csat' to 'csi'" in done.stderr
    assert "'csat' is called 'csi' now" in done.stderr + done.stdout
    assert not (named / PENDING).exists()
    assert (named / CSI).is_file()
    assert not (named / CSAT).exists()
    assert run("kpi_site", "check", "--root", named).returncode == 0
