"""Small cells on sites small enough to say by hand what must be hidden, and what need not."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kpi_site.cli.shared import app
from kpi_site.options import Options
from kpi_site.site import generate
from kpi_site.stages import figures
from tests.disclosure.survey import ANSWERS, SITE, downloads_of, hidden, published, survey
from tests.figures.small import card, dataset, write
from tests.oracle.product import TODAY


def month(*pairs: tuple[str, str]) -> set[tuple[str, ...]]:
    return {("answers", "month", f"2026-{m}", team) for m, team in pairs}


def test_enough_persons_hide_nothing(tmp_path: Path) -> None:
    root = survey(tmp_path, [{"a": 5, "b": 9}])
    assert hidden(root) == set()
    assert published(root)["answers", "month", "2026-01", "a"]["value"] == "5"


def test_off_hides_nothing(tmp_path: Path) -> None:
    assert hidden(survey(tmp_path, [{"a": 1, "b": 9}], rule="off")) == set()
    assert hidden(survey(tmp_path, [{"a": 1, "b": 9}], rule="{min_count: 0}")) == set()


def test_rows_about_things_hide_nothing(tmp_path: Path) -> None:
    assert hidden(survey(tmp_path, [{"a": 1, "b": 9}], more="")) == set()


def test_one_small_cell_takes_others_with_it(tmp_path: Path) -> None:
    """January is the whole year, so that every longer period has its cells.

    a = 3 is small. With b = 12 alone the reader knows 15 for both: b could be 15 at most, less
    than half as much again. With c = 20 hidden too, 35 are known for the three: c may reach 35,
    more than 30. d stays. The same figures stand in quarter, half year and year.
    """
    root = survey(tmp_path, [{"a": 3, "b": 12, "c": 20, "d": 30}])
    of_month = {key[3] for key in hidden(root) if key[1] == "month" and key[2] == "2026-01"}
    assert of_month == {"a", "b", "c"}
    for grain, label in (("quarter", "2026-Q1"), ("half_year", "2026-H1"), ("year", "2026")):
        found = {key[3] for key in hidden(root) if key[1:3] == (grain, label)}
        assert found == {"a", "b", "c"}, grain


def test_a_month_is_not_told_by_its_quarter(tmp_path: Path) -> None:
    """Each team needs another hidden month: else the quarter less two months tells it.

    a: 3 needs 1.5 more elsewhere, so any month of a; b and c as well.
    """
    months = [{"a": 3, "b": 6, "c": 6}, {"a": 9, "b": 6, "c": 6}, {"a": 9, "b": 6, "c": 6}]
    found = hidden(survey(tmp_path, months))
    assert ("answers", "month", "2026-01", "a") in found
    for team in {key[3] for key in found}:
        assert len({key[2] for key in found if key[1] == "month" and key[3] == team}) >= 2
    assert not {key for key in found if key[1] != "month" or not key[3]}  # the rest is told


def test_a_small_whole_is_hidden_too(tmp_path: Path) -> None:
    """March has 4 answers: its whole is small, and no other month may tell it."""
    root = survey(tmp_path, [{"a": 20, "b": 20}, {"a": 20, "b": 20}, {"a": 4, "b": 0}])
    found = hidden(root)
    assert ("answers", "month", "2026-03", "") in found
    assert ("answers", "month", "2026-03", "a") in found
    assert len({key for key in found if key[1] == "month" and not key[3]}) >= 2


SHARE = card(
    "share",
    "good: {from: answers, value: COUNT(*) FILTER (WHERE score >= 4)}",
    "given: {from: answers, value: COUNT(*)}",
    formula="good / given",
    more="dimensions: [team]\n",
)
TEAM_A = card("team_a", "number: {from: answers, value: COUNT(*), where: team = 'a'}")
NEXT = card(
    "twice", "number: {indicator: answers}", formula="number * 2", more="dimensions: [team]\n"
)
LAGGED = card(
    "growth",
    "now: {from: answers, value: COUNT(*)}",
    "before: {term: now, lag: 1mo}",
    formula="now - before",
    more="dimensions: [team]\n",
)
MONTHS = [{"a": 3, "b": 12, "c": 20, "d": 30}, *[{"a": 15, "b": 12, "c": 20, "d": 30}] * 3]


def cells(found: set[tuple[str, ...]], name: str) -> set[tuple[str, ...]]:
    return {key[1:] for key in found if key[0] == name}


def test_cards_that_share_terms_hide_the_same(tmp_path: Path) -> None:
    """Another card counts the same rows as its divisor: its cells would tell them."""
    found = hidden(survey(tmp_path, MONTHS, ANSWERS, SHARE))
    assert cells(found, "answers")
    assert cells(found, "answers") == cells(found, "share")


def test_a_filter_is_a_member(tmp_path: Path) -> None:
    """A card of team a alone, without any breakdown, tells what the breakdown hides."""
    found = hidden(survey(tmp_path, MONTHS, ANSWERS, TEAM_A))
    own = {(grain, label) for grain, label, team in cells(found, "answers") if team == "a"}
    assert own
    assert {(grain, label) for grain, label, _ in cells(found, "team_a")} == own


def test_what_is_made_of_a_hidden_figure_is_hidden(tmp_path: Path) -> None:
    found = hidden(survey(tmp_path, MONTHS, ANSWERS, NEXT))
    assert cells(found, "answers") == cells(found, "twice")


def test_a_lag_does_not_tell(tmp_path: Path) -> None:
    """What is hidden in January is a term of February, which is hidden for it."""
    root = survey(tmp_path, MONTHS, ANSWERS, LAGGED)
    found = hidden(root)
    assert ("growth", "month", "2026-02", "a") in found
    told = published(root, "terms")
    for _, grain, label, team in {key for key in found if key[0] == "answers"}:
        assert told["growth", "now", grain, label, team]["value"] == ""
    assert told["growth", "before", "month", "2026-02", "a"]["value"] == ""


def test_a_narrower_audience_sees_no_more(tmp_path: Path) -> None:
    """A card for the leadership asks for more to be hidden: the staff's site hides it as well."""
    secret = {path: text + "audience: leadership\n" for path, text in SHARE.items()}
    root = survey(tmp_path, MONTHS, ANSWERS, secret)
    assert hidden(root, "staff") == {key for key in hidden(root) if key[0] == "answers"}


def test_counts_within_a_figure(tmp_path: Path) -> None:
    """Ten answers, two of them good: small only where ``numerators`` asks for it."""
    months = [{"a": 5, "b": 10, "c": 30}]
    assert hidden(survey(tmp_path / "off", months, SHARE)) == set()
    root = survey(tmp_path / "on", months, SHARE, rule="{min_count: 5, numerators: true}")
    assert ("share", "month", "2026-01", "a") in hidden(root)


@pytest.mark.parametrize("protection", [10, 100])
def test_protection(tmp_path: Path, protection: int) -> None:
    """A tenth: 3 and 6 leave each other room. All of it: 3 to 6, so that 6 needs more than 3."""
    rule = f"{{min_count: 5, protection: {protection}}}"
    found = hidden(survey(tmp_path, [{"a": 3, "b": 6, "c": 7, "d": 50}], rule=rule))
    assert {key[3] for key in found} == ({"a", "b"} if protection == 10 else {"a", "b", "c"})


def test_show_tells_no_hidden_figure(tmp_path: Path) -> None:
    """March has 4 answers in all; the command says that they are too few, and no number."""
    root = survey(tmp_path, [{"a": 20, "b": 20}, {"a": 20, "b": 20}, {"a": 4, "b": 0}])
    asked = ["show", "answers", "2026-03", "--root", str(root), "--lang", "en"]
    done = CliRunner().invoke(app, asked)
    (line,) = (x for x in done.stdout.splitlines() if x.strip().startswith("2026-03"))
    assert "hidden: too few people" in done.stdout
    assert "4" not in line.replace("2026-03", "")


def test_rows_of_files_and_periods_do_not_tell_a_hidden_whole(tmp_path: Path) -> None:
    """March has 4 answers in a file of its own."""
    root = survey(tmp_path, [{"a": 20, "b": 20}, {"a": 20, "b": 20}, {"a": 4, "b": 0}])
    path = root / "data" / "answers.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    march = [line for line in lines if line.startswith("2026-03")]
    path.write_text("".join(line for line in lines if line not in march), "utf-8")
    (root / "data" / "march.csv").write_text(lines[0] + "".join(march), "utf-8")
    told = root / "content" / "datasets" / "answers.yml"
    text = told.read_text("utf-8").replace("data/answers.csv", "[data/answers.csv, data/march.csv]")
    told.write_text(text, "utf-8")
    assert ("answers", "month", "2026-03", "") in hidden(root)
    made, problems = generate(Options(root=root, today=TODAY))
    assert made is not None, [p.text() for p in problems]
    docs = root / "build" / "docs" / "en"
    data = json.loads((docs / "data" / "indicators.json").read_text("utf-8"))
    assert [[f.get("rows") for f in d["files"]] for d in data["datasets"]] == [[None, None]]
    page = unescape((docs / "datasets" / "answers.md").read_text("utf-8"))
    (row,) = (line for line in page.splitlines() if "data/march.csv" in line)
    assert '<td class="kpi-num"></td>' in row
    found, _ = figures(Options(root=root, today=TODAY))
    assert found is not None
    assert not found.tables["answers"].told
    found, _ = figures(Options(root=survey(tmp_path / "many", [{"a": 20, "b": 20}]), today=TODAY))
    assert found is not None
    assert found.tables["answers"].told


@pytest.mark.parametrize("audience", [None, "staff"])
def test_all_rows_do_not_tell_a_hidden_whole(tmp_path: Path, audience: str | None) -> None:
    """Of 60 + 4 + 70 answers 12 lack a score and 3 break a rule; no longer period needs company.

    The card that hides the 4 is for leadership alone, and no site tells 134, 12 or 3.
    """
    everyone = "longer: false\ndimensions: [team]\n"
    cards = (
        card(
            "answers",
            "number: {from: answers, value: COUNT(*)}",
            more=f"{everyone}audience: lead\n",
        ),
        card("few", "number: {from: answers, value: COUNT(*), where: score > 5}", more=everyone),
    )
    root = survey(tmp_path, [{"a": 60}, {"a": 4}, {"a": 70}], *cards)
    site = root / "content" / "site.yml"
    site.write_text(f"{site.read_text('utf-8')}audiences: [staff, lead]\n", "utf-8")
    told = root / "content" / "datasets" / "answers.yml"
    rules = "rules:\n  - {rule: score <> 4 OR team = 'a', severity: warning}\n"
    told.write_text(f"{told.read_text('utf-8')}audience: staff\n{rules}", "utf-8")
    facts = root / "data" / "answers.csv"
    lines = facts.read_text("utf-8").splitlines(keepends=True)
    lines[1:13] = ["2026-01-10,a,\n"] * 12
    lines[13:16] = ["2026-01-10,z,4\n"] * 3
    facts.write_text("".join(lines), "utf-8")
    assert ("answers", "month", "2026-02", "") in hidden(root)
    made, problems = generate(Options(root=root, today=TODAY, audience=audience))
    assert made is not None, [p.text() for p in problems]
    docs = root / "build" / "docs" / "en"
    data = json.loads((docs / "data" / "indicators.json").read_text("utf-8"))
    assert [(d.get("rows"), d["files"][0].get("rows")) for d in data["datasets"]] == [(None, None)]
    names = ["datasets/answers.md", "datasets/index.md", "indicators/few.md"]
    for name in [*names, *([] if audience else ["indicators/answers.md"])]:
        page = unescape((docs / name).read_text("utf-8"))
        numbers = set(re.findall(r'<td class="kpi-num">([\d,]+)</td>', page))
        numbers |= set(re.findall(r"<dd>([\d,]+)</dd>", page))
        assert numbers.isdisjoint({"134", "12", "3"}), (name, numbers)


@pytest.mark.parametrize("term", ["window: 12mo", "to_date: year"])
def test_facts_that_begin_within_a_window(tmp_path: Path, term: str) -> None:
    """Up to January b has 4, up to February 5: of 4 at least 6 must be possible, and 5 is no room.

    The facts begin in January, as everybody sees: all twelve months to February have no more.
    """
    more = "dimensions: [team]\nlonger: false\n"
    months = [{"a": 20, "b": 4, "c": 20}, {"a": 20, "b": 1, "c": 20}, {"a": 20, "b": 4, "c": 20}]
    own = card("answers", f"number: {{from: answers, value: COUNT(*), {term}}}", more=more)
    found = hidden(survey(tmp_path, months, own))
    assert {key[2] for key in found if key[3] == "b"} == {"2026-01", "2026-02"}


@pytest.mark.parametrize("key", ["people: true", "people_key: who"])
@pytest.mark.parametrize(
    "value",
    [
        "AVG(score)",
        "ROUND(AVG(score), 1)",
        "MEDIAN(score)",
        "MAX(score)",
        "SUM(score) / COUNT(score)",
    ],
)
def test_a_mean_of_few_answers(tmp_path: Path, key: str, value: str) -> None:
    """Of twelve persons of team a two answered: a mean is theirs, however many were asked."""
    answered = {"a": 2, "b": 9, "c": 8, "d": 0}
    lines = [
        f"2026-01-10,{team},{team}{i},{1 + i % 5 if i < count else ''}\n"
        for team, count in answered.items()
        for i in range(12)
    ]
    files = {
        "content/site.yml": f"{SITE}suppression: {{min_count: 5}}\n",
        "data/answers.csv": "day,team,who,score\n" + "".join(lines),
        **dataset("answers", "name: team, type: string", "name: who, type: string",
                  "name: score, type: integer", more=f"{key}\n"),
        **card("mean", f"score: {{from: answers, value: '{value}'}}", more="dimensions: [team]\n"),
    }  # fmt: skip
    found = {member for _, grain, _, member in hidden(write(tmp_path, files)) if grain == "month"}
    assert "a" in found
    assert len(found) > 1


def test_a_mean_to_date_does_not_tell_a_day(tmp_path: Path) -> None:
    """Three who earn a million beside 60 who earn 1: each sum since the first of the month tells.

    Their day is not told apart from all the days after it; so no later mean to date is told.
    """
    sizes = {1: (20, 1), 2: (3, 10**6), 3: (20, 1), 4: (20, 1)}
    rows = "".join(
        f"2026-01-{day:02},{pay}\n" for day, (size, pay) in sizes.items() for _ in range(size)
    )
    files = {
        "content/site.yml": f"{SITE}suppression: {{min_count: 5}}\n",
        "data/staff.csv": "day,pay\n" + rows,
        **dataset("staff", "name: pay, type: integer", more="people: true\n"),
        **card("mean", "paid: {from: staff, value: AVG(pay)}", more="longer: false\n"),
    }
    path = "content/indicators/main/mean.yml"
    files[path] = files[path].replace("cycle: month", "cycle: day")
    running = downloads_of(write(tmp_path, files))["data/running.csv"].decode().splitlines()
    told = {row.split(",")[1] for row in running[1:] if row.split(",")[2]}
    assert told == {"2026-01-01"}
