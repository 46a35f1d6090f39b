"""VS Code's task for ``check``: its matchers, applied to what the command really prints."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.editor.conftest import MINI, REVENUE

ROOT = Path(__file__).parents[2]


def matched(matcher: dict[str, Any], line: str) -> dict[str, Any] | None:
    """Return what VS Code takes from a line: JavaScript's and Python's patterns agree here."""
    pattern = matcher["pattern"]
    found = re.fullmatch(pattern["regexp"].removeprefix("^").removesuffix("$"), line)
    if found is None:
        return None
    groups = {name: found[n] for name, n in pattern.items() if name not in {"kind", "regexp"}}
    return {"severity": matcher["severity"], **groups}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_problem_is_matched_once_and_nothing_else(tmp_path: Path, language: str) -> None:
    site = Path(shutil.copytree(MINI, tmp_path / "mini"))
    card = site / REVENUE
    text = card.read_text("utf-8").replace("unit: CNY", "unit: CNX")
    card.write_text(text.replace(", en: Shows how large the business is.", ""), "utf-8")
    (site / "content/notes.yml").write_text("a: 1\n", "utf-8")
    tasks = json.loads((ROOT / ".vscode/tasks.json").read_text("utf-8"))["tasks"]
    task = next(one for one in tasks if one["label"] == "kpi-site check")
    command = [sys.executable, "-m", task["command"].replace("-", "_"), *task["args"]]
    done = subprocess.run(
        [*command, "--lang", language], cwd=site, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    found = []
    for line in done.stdout.splitlines():
        matches = [m for one in task["problemMatcher"] if (m := matched(one, line))]
        assert len(matches) == (1 if re.search(r"\[[a-z-]+\]$", line) else 0), line
        found += matches
    places = [(m["severity"], m["file"], m.get("line"), m.get("column"), m["code"]) for m in found]
    line = str(1 + text.splitlines().index("unit: CNX"))
    assert places == [
        ("warning", REVENUE, "4", "10", "missing-translation"),
        ("error", REVENUE, line, "7", "unknown-unit"),
        ("error", "content/notes.yml", None, None, "file-out-of-place"),
    ]
