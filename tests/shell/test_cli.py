"""The command line: exit codes, streams, languages, hints (specification.md#command-line)."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kpi_site import __version__

Run = Callable[..., subprocess.CompletedProcess[str]]

NPS = "content/indicators/service/nps.yml"


def test_check_of_a_good_site_counts_nothing_and_returns_0(run: Run, mini: Path) -> None:
    done = run("kpi_site", "check", "--root", mini)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 errors, 0 warnings\n", "")


def test_check_lists_every_problem_in_order_and_returns_1(run: Run, mini: Path) -> None:
    card = mini / NPS
    text = card.read_text(encoding="utf-8")
    broken = text.replace("score >= 9", "scoer >= 9").replace("csat", "csaat")
    card.write_text(broken, "utf-8")
    places = [
        f"{NPS}:{number}:{line.index(word) + 1}"
        for number, line in enumerate(broken.splitlines(), 1)
        for word in ("scoer", "csaat")
        if word in line
    ]
    (mini / "mkdocs.yml").write_text("site_name: x\nnav: []\n", encoding="utf-8")
    done = run("kpi_site", "check", "--root", mini)
    *problems, _, count = done.stdout.splitlines()
    assert done.returncode == 1
    assert [p.split(": ")[0] for p in problems] == [*places, "mkdocs.yml:2:1"]
    assert "Did you mean 'score'?" in problems[0]
    assert problems[2].startswith("mkdocs.yml:2:1: warning: ")
    assert count == "2 errors, 1 warning"
    assert done.stderr == ""


def test_problems_speak_chinese_by_option_or_environment(run: Run, mini: Path) -> None:
    card = mini / NPS
    card.write_text(card.read_text("utf-8").replace("csat", "csaat"), "utf-8")
    by_option = run("kpi_site", "check", "--root", mini, "--lang", "zh")
    by_environment = run("kpi_site", "check", "--root", mini, LANG="zh_CN.UTF-8")
    assert by_option.stdout == by_environment.stdout
    assert by_option.stdout.endswith("1 个错误，0 个警告\n")
    assert "是不是想写“csat”？" in by_option.stdout


def test_the_root_is_found_from_below(run: Run, mini: Path) -> None:
    done = run("kpi_site", "check", cwd=mini / "content" / "indicators")
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("chek",), "Did you mean 'check'"),
        (("check", "--rot", "x"), "--rot"),
        (("check", "--root", "/nonexistent"), "no site here: /nonexistent has no content/site.yml"),
        (("check", "--lang", "fr"), "--lang is zh or en"),
        (("show",), "ID"),
        (("show", "npss"), "no indicator 'npss'. Did you mean 'nps'?"),
        (("show", "nps", "2027-01"), "no period '2027-01'. Known are 2025-07 to 2026-10"),
        (("show", "nps", "2026-Q9"), "no period '2026-Q9'. Did you mean '2026-Q4'?"),
    ],
)
def test_wrong_usage_returns_2_and_speaks_on_stderr(
    run: Run, mini: Path, words: tuple[str, ...], said: str
) -> None:
    done = run("kpi_site", *words, cwd=mini)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_without_a_site_nearby_there_is_a_plain_message(run: Run, tmp_path: Path) -> None:
    done = run("kpi_site", "build", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("no site here: neither")


def test_show_prints_definition_arithmetic_and_history(run: Run, mini: Path) -> None:
    # October 2026, worked by hand: O0061 … O0064 (see data/orders.csv)
    done = run("kpi_site", "show", "sales_attainment", "--root", mini)
    lines = done.stdout.splitlines()
    rows = [r.split(",") for r in (mini / "data/orders.csv").read_text("utf-8").splitlines()]
    october = [row for row in rows if row[1].startswith("2026-10")]
    actual = sum(float(row[3]) for row in october)
    planned = sum(float(row[4]) for row in october)
    assert lines[0] == "Sales target attainment (sales_attainment)"
    assert "Formula:  actual / planned" in lines
    assert "  = Actual sales / Planned sales" in lines
    assert "      SUM(amount) FROM orders" in lines
    assert f"Oct 2026:  {actual / planned:.1%}" in lines
    assert f"  = {actual:,.0f} / {planned:,.0f}" in lines
    assert f"  actual = {actual:,.0f}  · 4 rows" in lines
    history = [line.split() for line in lines[lines.index("How it has gone:") + 2 :]]
    assert len(history) == 13
    assert history[0][0] == "2025-10"
    assert history[-1][:2] == ["2026-10", f"{actual / planned:.1%}"]


def test_show_of_a_longer_period_in_chinese(run: Run, mini: Path) -> None:
    done = run("kpi_site", "show", "nps", "2026-Q3", "--root", mini, "--lang", "zh")
    # July to September: 24 answers, 6 of 9 and more, 12 of 6 and less -> (6 - 12) / 24 = -25
    rows = [r.split(",") for r in (mini / "data/answers.csv").read_text("utf-8").splitlines()[1:]]
    scores = [int(row[2]) for row in rows if "2026-07" <= row[1][:7] <= "2026-09"]
    high, low = sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)
    assert (high, low, len(scores)) == (6, 12, 24)
    assert "2026年第3季度:  −25分" in done.stdout
    assert "  = (6 - 12) / 24 * 100" in done.stdout


def test_a_pipe_gets_no_progress(run: Run, mini: Path) -> None:
    done = run("kpi_site", "show", "nps", "--root", mini)
    assert done.stderr == ""
    assert "\x1b" not in done.stdout


def test_files_that_cannot_be_written_are_told_in_one_line(run: Run, mini: Path) -> None:
    (mini / "build").write_text("in the way")
    done = run("kpi_site", "build", "--root", mini)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "build" in done.stderr
    assert "Traceback" not in done.stderr


def test_version(run: Run) -> None:
    assert run("kpi_site", "--version").stdout == f"kpi-site {__version__}\n"


def test_help_names_every_command_and_loads_little(run: Run) -> None:
    text = run("kpi_site", "--help").stdout
    for command in ("check", "build", "serve", "show"):
        assert re.search(rf"^  {command} ", text, re.MULTILINE), command
    asked = [sys.executable, "-X", "importtime", "-m", "kpi_site", "--help"]
    told = subprocess.run(asked, check=True, capture_output=True, text=True).stderr
    loaded = {line.rsplit("|", 1)[1].strip().split(".")[0] for line in told.splitlines()}
    assert {"kpi_site", "typer", "yaml"} <= loaded
    assert not loaded & {"polars", "altair", "duckdb", "mkdocs", "jinja2", "openpyxl", "narwhals"}
