"""*How to move a definition to a new year*: its example and its commands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpi_site.options import Options
from kpi_site.stages import figures
from tests.docs.console import commands, run
from tests.docs.fenced import blocks, page, sections
from tests.docs.recipes import recipe, recipes, write_site
from tests.docs.test_cookbook import compare, compare_points

NAME = "new-year"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_thresholds(language: str, tmp_path: Path) -> None:
    example = recipe("thresholds", sections(page(language, NAME))["thresholds"])
    write_site(example, tmp_path)
    found, problems = figures(Options(tmp_path, date(2026, 12, 1)))
    assert (found is not None, problems) == (True, ())
    assert found is not None
    assert sum(line.points for line in example.lines) == 2
    for line in example.lines:
        if line.points:
            compare_points(line, found, example)
        else:
            compare(line, found, example, language)


def test_retire_and_rename(tmp_path: Path) -> None:
    """The commands work on a site with cards of these names, in the page's order."""
    told = [c.words for b in blocks(page("en", NAME)) for c in commands(b)]
    assert told == [c.words for b in blocks(page("zh", NAME)) for c in commands(b)]
    (_, verb, old, _, successor), (_, other, same, better) = told
    assert (verb, other, same) == ("retire", "rename", old)
    share = recipes("en")["share"]
    write_site(share, tmp_path)
    folder = tmp_path / "content" / "indicators" / "recipes"
    card = (folder / "solved_share.yml").read_text(encoding="utf-8")
    (folder / "solved_share.yml").unlink()
    for name in (old, successor):
        (folder / f"{name}.yml").write_text(card.replace("solved_share", name), encoding="utf-8")
    for words in told:
        done = run(words, tmp_path, "en")
        assert done.exit_code == 0, done.output
    moved = (folder / f"{better}.yml").read_text(encoding="utf-8")
    assert "retired: 20" in moved
    assert f"successor: {successor}" in moved
    checked = run(("kpi-site", "check"), tmp_path, "en")
    assert checked.output == "0 errors, 0 warnings\n"
