"""Small surveys as whole sites, and what is published of them, read as a reader would."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from kpi_site import downloads, stages
from kpi_site.options import Options
from tests.figures.small import card, dataset, write
from tests.oracle.product import TODAY

SITE = """\
organisation: {zh: 小公司, en: Small company}
data_through: 2026-10-31
departments:
  - {id: main, name: {zh: 本部, en: Main}}
"""
ANSWERS = card("answers", "number: {from: answers, value: COUNT(*)}", more="dimensions: [team]\n")
PEOPLE = "people: true\n"

Key = tuple[str, ...]


def survey(
    root: Path,
    months: Sequence[Mapping[str, int]],
    *cards: Mapping[str, str],
    rule: str = "{min_count: 5}",
    more: str = PEOPLE,
) -> Path:
    """Write a site: the answers of each team in each month of 2026, one row each."""
    rows = "".join(
        f"2026-{month:02}-10,{team},{1 + i % 5}\n"
        for month, teams in enumerate(months, 1)
        for team, count in teams.items()
        for i in range(count)
    )
    files = {
        "content/site.yml": f"{SITE}suppression: {rule}\n",
        "data/answers.csv": "day,team,score\n" + rows,
        **dataset("answers", "name: team, type: string", "name: score, type: integer", more=more),
    }
    for one in cards or (ANSWERS,):
        files |= one
    return write(root, files)


def published(
    root: Path, file: str = "values", audience: str | None = None
) -> dict[Key, dict[str, str]]:
    """Return the rows of a download by indicator (and term), grain, period and member."""
    return rows_of(downloads_of(root, audience), file)


def downloads_of(root: Path, audience: str | None = None) -> dict[str, bytes]:
    """Return the files in ``data/`` by path."""
    found, problems = stages.figures(Options(root=root, today=TODAY, audience=audience))
    assert found is not None, [p.text() for p in problems]
    return {file.path: file.data for file in downloads.files(found)}


def rows_of(files: Mapping[str, bytes], file: str) -> dict[Key, dict[str, str]]:
    """Return the rows of one of the files, as `published` does."""
    names = ("indicator", *(["term"] if file == "terms" else []), "grain", "period", "member")
    rows = csv.DictReader(io.StringIO(files[f"data/{file}.csv"].decode(), newline=""))
    return {tuple(row[n] for n in names): row for row in rows}


def hidden(root: Path, audience: str | None = None) -> set[Key]:
    """Return which cells of the values are hidden, and see that they tell nothing."""
    rows = published(root, audience=audience)
    found = {key for key, row in rows.items() if row["state"] == "suppressed"}
    for key in found:
        assert not any(rows[key][n] for n in ("value", "n", "points", "target")), key
    told = published(root, "terms", audience)
    for key, row in told.items():
        if (key[0], *key[2:]) in found:
            assert (row["value"], row["n"]) == ("", ""), key
    return found
