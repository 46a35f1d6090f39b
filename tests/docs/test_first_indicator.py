"""*Your first indicator*, followed word by word in both languages."""

from __future__ import annotations

import html
import re
import shutil
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.docs.console import Command, apply, commands, run, shows
from tests.docs.fenced import DOCS, Block, blocks, page, sections

NAME = "first-indicator"
GIT = ("git", "-c", "user.name=Test", "-c", "user.email=test@example.com")
NAMES = ("十分钟内接待率", "Served within ten minutes")
CARD = "content/indicators/customer_service/served_in_10_minutes.yml"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with the sample company's departments, and nothing else."""
    (tmp_path / "handbook" / "content").mkdir(parents=True)
    shutil.copy(DOCS.parent / "content" / "site.yml", tmp_path / "handbook" / "content")
    return tmp_path / "handbook"


def test_both_pages_carry_the_same_files_and_commands() -> None:
    zh, en = (sections(page(language, NAME)) for language in ("zh", "en"))
    assert list(zh) == list(en)
    files = [[b for b in blocks(page(x, NAME)) if b.language != "console"] for x in ("zh", "en")]
    assert files[0] == files[1]
    told = [[c.words for c in all_commands(language)] for language in ("zh", "en")]
    assert told[0] == told[1]


def all_commands(language: str) -> list[Command]:
    return [each for block in blocks(page(language, NAME)) for each in commands(block)]


def test_in_the_sample_company(site: Path) -> None:
    repository(site)
    for anchor, text in sections(page("zh", NAME)).items():
        if anchor != "ways":
            steps(text, site, "zh")


def test_in_a_new_handbook(tmp_path: Path) -> None:
    told = dict(sections(page("en", NAME)))
    steps(told.pop("ways"), tmp_path, "en")
    repository(tmp_path / "handbook")
    for text in told.values():
        steps(text, tmp_path / "handbook", "en")


def steps(text: str, site: Path, language: str) -> None:
    """Follow the steps under a heading; ``serve`` has a test of its own."""
    for block in blocks(text):
        if block.title:
            apply(block, site)
        elif block.text.startswith("git "):
            push(block, site)
        for command in commands(block):
            if command.words[0] == "kpi-site" and command.words[1] != "serve":
                follow(command.words, command.output, site, language)


def follow(words: tuple[str, ...], printed: str, site: Path, language: str) -> None:
    """Run a command, and compare what it prints and how it ends with the page."""
    done = run(words, site, language)
    output = done.output
    assert not printed or shows(output, printed), output
    assert done.exit_code == (1 if re.search(r"\[[a-z-]+\]$", printed, re.MULTILINE) else 0), output
    if words[1] == "diff":
        assert "served_in_10_minutes" in html.unescape(output)
    if words[1] == "new":
        assert list(site.glob(f"content/**/{words[3]}.yml")), output


def repository(site: Path) -> None:
    """Make a repository of the site as it is, with its branch main and an origin."""
    git(site.parent, "init", "-q", "--bare", "origin.git")
    git(site, "init", "-q", "-b", "main")
    git(site, "remote", "add", "origin", "../origin.git")
    git(site, "add", ".")
    git(site, "commit", "-q", "-m", "Begin")


def git(folder: Path, *words: str) -> str:
    done = subprocess.run([*GIT, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def push(block: Block, site: Path) -> None:
    """Run the page's git commands, and see that the branch arrives."""
    script = block.text.replace("git ", " ".join(GIT) + " ")
    subprocess.run(["sh", "-e", "-c", script], cwd=site, check=True, capture_output=True)
    branch = "served-in-10-minutes"
    names = git(site.parent / "origin.git", "ls-tree", "-r", "--name-only", branch)
    assert CARD in names.split()


def test_preview(site: Path) -> None:
    for block in blocks(page("en", NAME)):
        if block.title:
            apply(block, site)
    addresses = [
        re.findall(r"<http://127\.0\.0\.1:8000(/\S+)>", page(x, NAME)) for x in ("zh", "en")
    ]
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    command = [sys.executable, "-m", "kpi_site", "serve", "--address", f"127.0.0.1:{port}"]
    with (
        (site / "log.txt").open("wb") as log,
        subprocess.Popen(command, cwd=site, stdout=log, stderr=log) as server,
    ):
        try:
            for (address,), name in zip(addresses, NAMES, strict=True):
                text = html.unescape(fetched(port, address))
                assert "80.0%" in text
                assert name in text
        finally:
            server.terminate()


def fetched(port: int, address: str) -> str:
    """Fetch a page as soon as the server is there."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", address)
            answer = connection.getresponse()
            if answer.status == 200:
                return answer.read().decode()
        except ConnectionError:
            pass
        finally:
            connection.close()
        time.sleep(0.3)
    raise AssertionError(address)
