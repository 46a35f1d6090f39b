"""What is hidden stands in no file that anybody gets: pages, data, pictures, print, commands.

The rule asks for 2,000 answers, so that counts are numbers that stand nowhere by chance; every
form in which a hidden figure could be written is looked for, in whatever is published.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import re
import subprocess
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from html import unescape
from itertools import product
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from kpi_site import exporting
from kpi_site.building import build
from kpi_site.catalog import Text
from kpi_site.cli.shared import app
from kpi_site.options import Options
from kpi_site.publishing import publish, sign
from tests.exports.pdftext import page_texts
from tests.figures.small import dataset, write
from tests.oracle.product import TODAY

MONTHS = [(2026, m) for m in range(5, 11)]
TEAMS = ("north", "south", "west")
SMALL = {(2026, 9): 1487, (2026, 10): 1693}
"""The answers of the north in two months; the reports are of these."""
SITE = """\
organisation: {zh: 小公司, en: Small company}
data_through: 2026-10-31
currency: CNY
departments:
  - {id: main, name: {zh: 本部, en: Main}}
suppression: {min_count: 2000}
"""
CARD = """\
id: {name}
name: {{zh: 指标{name}, en: Card {name}}}
definition: {{zh: 答卷。, en: Answers.}}
formula: {formula}
terms:
{terms}
unit: {unit}
decimals: {decimals}
direction: higher
cycle: month
dimensions: [team]
thresholds: {{baseline: 0.1, target: 0.5}}
"""
BY_TEAM = """\
id: teams
title: {zh: 各队, en: Teams}
about: {zh: 各队的答卷。, en: The teams' answers.}
assessed: {zh: 各队, en: The teams}
cycle: month
scored: true
missing: exclude
for_each: {dimension: team}
lines:
  - title: {zh: 全部, en: All}
    lines:
      - {no: "1", indicator: share, weight: 60}
      - {no: "2", indicator: score, weight: 40}
"""
REPORT = """\
period: {period}
scorecards: [teams]
highlights: [answers, share, score]
summary: {{zh: 这个月。, en: This month.}}
"""
Cell = tuple[str, str]
"""A period and a team."""


def counts() -> dict[Cell, int]:
    chance = random.Random(7)
    numbers = iter(chance.sample(range(2103, 3998), len(MONTHS) * len(TEAMS)))
    found = {(f"{y}-{m:02}", team): next(numbers) for (y, m), team in product(MONTHS, TEAMS)}
    return found | {(f"{y}-{m:02}", "north"): n for (y, m), n in SMALL.items()}


def rows() -> Iterator[str]:
    """Yield the answers; of every team and month another share is done."""
    chance = random.Random(11)
    for (month, team), count in counts().items():
        share = chance.uniform(0.3, 0.8)
        for _ in range(count):
            done = "true" if chance.random() < share else "false"
            yield f"{month}-10,{team},{done},{chance.randint(1, 1000)}\n"


def site_files() -> dict[str, str]:
    ask = "{{from: answers, value: {0}}}"
    cards = {
        "answers": ("number", {"number": "COUNT(*)"}, "count", 0),
        "share": ("done / given", {"done": "COUNT(*) FILTER (WHERE done)", "given": "COUNT(*)"},
                  "percent", 3),
        "score": ("score", {"score": "AVG(score)"}, "score", 3),
    }  # fmt: skip
    files = {
        f"content/indicators/main/{name}.yml": CARD.format(
            name=name, formula=formula, unit=unit, decimals=decimals,
            terms="\n".join(f"  {term}: {ask.format(value)}" for term, value in terms.items()),
        )
        for name, (formula, terms, unit, decimals) in cards.items()
    }  # fmt: skip
    files |= {
        f"content/reports/2026-{m}/report.yml": REPORT.format(period=f"2026-{m}")
        for m in ("09", "10")
    }
    fields = ("name: team, type: string", "name: done, type: boolean", "name: score, type: integer")
    return {
        **files,
        "content/site.yml": SITE,
        "content/scorecards/teams.yml": BY_TEAM,
        "data/answers.csv": "day,team,done,score\n" + "".join(rows()),
        **dataset("answers", *fields, more="people: true\n"),
    }


def _git(root: Path, *words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


def _issue(options: Options) -> None:
    for role in ("collected", "verified", "approved"):
        _, found = sign(options, "2026-09", role, Text("main"), on=date(2026, 10, 5))
        assert not [p for p in found if p.severity == "error"], [p.text() for p in found]
    made, found = publish(options, "2026-09", on=date(2026, 10, 6))
    assert made is not None, [p.text() for p in found]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with an edition of September, built; its base is a commit with other thresholds."""
    root = write(tmp_path_factory.mktemp("everywhere"), site_files())
    card = root / "content" / "indicators" / "main" / "share.yml"
    text = card.read_text("utf-8")
    card.write_text(text.replace("done / given", "(done + 1) / given"), "utf-8")
    (root / ".gitignore").write_text("build/\nsite/\n", "utf-8")
    _git(root, "init", "-q", "-b", "main")
    _git(root, "add", "-A")
    _git(root, "commit", "-q", "-m", "before")
    card.write_text(text, "utf-8")
    options = Options(root=root, today=TODAY)
    _issue(options)
    built, problems = build(options)
    assert built is not None, [p.text() for p in problems]
    return root


@pytest.fixture(scope="module")
def files(site: Path) -> dict[str, str]:
    """Whatever is published, as text, by where it stands."""
    found = {}
    for top in ("site", "content/reports"):
        for path in sorted((site / top).rglob("*")):
            if path.is_file() and path.suffix not in {".woff2", ".png", ".ico"}:
                found[path.relative_to(site).as_posix()] = text_of(path.name, path.read_bytes())
    shelf, _ = exporting.read_shelf(Options(root=site, today=TODAY))
    assert shelf is not None
    for name, data in _exported(site):
        found[f"export/{name}"] = text_of(name, data)
    for name, words in COMMANDS.items():
        done = CliRunner().invoke(app, [*words, "--root", str(site), "--lang", "en"])
        assert done.exit_code == 0, done.output
        found[name] = done.output
    return found


COMMANDS = {
    "show": ["show", "answers", "2026-09"],
    "show share": ["show", "share", "2026-10"],
    "diff": ["diff", "main", "--format", "markdown"],
    "diff json": ["diff", "main", "--format", "json"],
}


def _exported(site: Path) -> Iterator[tuple[str, bytes]]:
    out = site / "out"
    for period in ("2026-09", "2026-10"):
        words = ["export", period, "--root", str(site), "--out", str(out), "--lang", "en"]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
    for path in sorted(out.iterdir()):
        yield path.name, path.read_bytes()


_GLUED = re.compile(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])")  # words and numbers of a PDF


def text_of(name: str, data: bytes) -> str:
    """Return what a file says, however it is packed."""
    match Path(name).suffix:
        case ".xlsx":
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                return "\n".join(book.read(n).decode("utf-8", "ignore") for n in book.namelist())
        case ".parquet":
            return pl.read_parquet(io.BytesIO(data)).write_csv()
        case ".pdf":
            return _GLUED.sub(" ", "\n".join(page_texts(data)))
        case ".gz":
            return gzip.decompress(data).decode("utf-8", "ignore")
    return unescape(data.decode("utf-8", "ignore"))


@pytest.fixture(scope="module")
def figures() -> dict[Cell, tuple[Fraction, ...]]:
    """The figures of each team and period, from the rows: counts, done, sum, share and mean."""
    done: defaultdict[Cell, list[int]] = defaultdict(list)
    for row in rows():
        day, team, is_done, score = row.strip().split(",")
        for cell in product(periods_of(day), (team, "")):
            done[cell].append(int(score) if is_done == "true" else -int(score))
    found: dict[Cell, tuple[Fraction, ...]] = {}
    for cell, scores in done.items():
        count, good, total = len(scores), sum(s > 0 for s in scores), sum(map(abs, scores))
        counts_ = (Fraction(count), Fraction(good), Fraction(total))
        found[cell] = (*counts_, Fraction(good, count), Fraction(total, count))
    return found


def periods_of(day: str) -> tuple[str, ...]:
    """Return the month, quarter, half year and year of a day."""
    year, month = day[:4], int(day[5:7])
    return day[:7], f"{year}-Q{(month + 2) // 3}", f"{year}-H{(month + 5) // 6}", year


def forms(number: Fraction) -> set[str]:
    """Return the digits of a number as it may be written: whole, or at three places and more."""
    found = set()
    for value in (number, number * 100):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        places = [0] if value.denominator == 1 else range(3, 17)
        for at in places:
            found.add(f"{exact.quantize(Decimal(1).scaleb(-at), ROUND_HALF_UP):f}".rstrip("."))
    return {form for form in found if len(form.replace(".", "")) >= 4}


_NUMBER = re.compile(r"(?<![\w.#-])\d[\d,\u202f\u00a0]*(?:\.\d+)?(?![\w-])")


def numbers_in(text: str) -> set[str]:
    """Return the numbers of a text, without what sets off thousands."""
    return {re.sub(r"[,\u202f\u00a0]", "", n) for n in _NUMBER.findall(text)} | {
        n for m in _NUMBER.findall(text) if "," in m for n in m.split(",")
    }


def hidden(site: Path) -> set[Cell]:
    with (site / "site/en/data/values.csv").open(encoding="utf-8-sig", newline="") as file:
        rows_ = [r for r in csv.DictReader(file) if r["state"] == "suppressed"]
    return {(r["period"], r["member"]) for r in rows_}


@pytest.fixture(scope="module")
def secret(site: Path, figures: dict[Cell, tuple[Fraction, ...]]) -> set[str]:
    """The forms of every figure of a hidden cell that are no form of a told one."""
    cells = hidden(site)
    assert {("2026-09", "north"), ("2026-10", "north")} <= cells
    own = {form for cell in cells for number in figures[cell] for form in forms(number)}
    return own - {f for c, x in figures.items() if c not in cells for n in x for f in forms(n)}


def test_hidden_figures_stand_nowhere(files: Mapping[str, str], secret: set[str]) -> None:
    assert len(secret) > 100
    found = {name: numbers_in(text) & secret for name, text in files.items()}
    assert {name: told for name, told in found.items() if told} == {}


PLACES = (
    "site/en/data/values.csv", "site/en/data/terms.csv", "site/en/data/values.parquet",
    "site/en/data/indicators.json",
    "site/zh/indicators/answers/index.html", "site/en/indicators/share/index.html",
    "site/en/index.html", "site/en/reports/2026-09/index.html",
    "content/reports/2026-09/edition-1/values.csv", "show", "show share", "diff json",
)  # fmt: skip
"""Where told figures of months stand: a hidden one would be seen there."""


def test_told_figures_stand_everywhere(
    files: Mapping[str, str], site: Path, figures: dict[Cell, tuple[Fraction, ...]]
) -> None:
    """So that looking for hidden ones is looking in the right way."""
    cells = figures.keys() - hidden(site)
    told = {form for cell in cells for number in figures[cell] for form in forms(number)}
    kinds = [*PLACES, *(n for n in files if n.startswith("export/"))]
    kinds += [n for n in files if n.startswith("site/en/charts/")][:1]
    assert [name for name in kinds if not numbers_in(files[name]) & told] == []
    assert {Path(n).suffix for n in files} >= {".html", ".json", ".csv", ".xml", ".xlsx", ".pdf"}
