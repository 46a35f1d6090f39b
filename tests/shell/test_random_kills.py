"""Each command that writes, killed once at a random moment, met once by a full disk.

``make kills`` does the same many times.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.random_kills import COMMANDS, Trial, begun

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does"),
    pytest.mark.skipif(
        shutil.which("ssh-keygen") is None and "CI" not in os.environ, reason="no ssh-keygen"
    ),
]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site that all commands start from."""
    return begun(tmp_path_factory.mktemp("kills"))


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_is_lost(name: str, company: Path, tmp_path: Path) -> None:
    trial, chance = Trial(name, company, tmp_path), random.Random(name)
    assert trial.kill(chance) in {"untouched", "before", "after", "decided"}
    if name not in {"build", "serve"}:
        trial.fill(chance.randrange(1, 10))
