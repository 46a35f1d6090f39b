"""``serve``: every language live, changes followed, mistakes survived."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

NPS = "content/indicators/service/nps.yml"
WAIT = 60.0

Get = Callable[[str], tuple[int, str]]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.2)


@pytest.fixture
def served(mini: Path, tmp_path: Path) -> Iterator[tuple[Get, Path]]:
    """Serve the mini site; gives a function that fetches a path, and the server's log."""
    port, log = _free_port(), tmp_path / "log.txt"
    command = [sys.executable, "-m", "kpi_site", "serve", "--root", str(mini)]
    command += ["--address", f"127.0.0.1:{port}"]
    environment = {**os.environ, "LANG": "en_US.UTF-8", "KPI_SITE_LANG": "en"}

    def get(path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", port, timeout=WAIT)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except ConnectionError:
            return 0, ""
        finally:
            connection.close()

    with (
        log.open("wb") as out,
        subprocess.Popen(command, stdout=out, stderr=out, env=environment) as server,
    ):
        try:
            _until(lambda: get("/")[0] == 200 or server.poll() is not None, "the server")
            yield get, log
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(WAIT) == 0


def test_serving_follows_changes_and_survives_mistakes(
    served: tuple[Get, Path], mini: Path
) -> None:
    get, log = served
    assert "zh/" in get("/")[1]
    for page in ("/zh/", "/en/", "/zh/indicators/nps/", "/en/assets/search/index.js"):
        assert get(page)[0] == 200, page
    assert get("/zh/nowhere/")[0] == 404
    assert "There is no such page" in get("/zh/nowhere/")[1]

    card = mini / NPS
    good = card.read_text("utf-8")
    card.write_text(good.replace("Net promoter score", "Net promoter number"), "utf-8")
    _until(lambda: "Net promoter number" in get("/en/indicators/nps/")[1], "the new name")

    card.write_text(good.replace("formula: (promoters", "formula: (promotres"), "utf-8")
    _until(lambda: "unknown term 'promotres'" in log.read_text("utf-8"), "the problem")
    _until(lambda: "1 error, 0 warnings" in log.read_text("utf-8"), "the count")
    assert "Net promoter number" in get("/en/indicators/nps/")[1]  # the last good page stays

    card.write_text(good.replace("Net promoter score", "Net promoter figure"), "utf-8")
    _until(lambda: "Net promoter figure" in get("/en/indicators/nps/")[1], "the mended name")

    card.write_text(good.replace("Net promoter score", "Net promoter mark"), "utf-8")
    command = [sys.executable, "-m", "kpi_site", "build", "--root", str(mini), "--lang", "en"]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout  # beside the server: one waits for the other
    assert "Net promoter mark" in (mini / "site/en/indicators/nps/index.html").read_text("utf-8")
    _until(lambda: "Net promoter mark" in get("/en/indicators/nps/")[1], "the name of the build")

    data = mini / "data" / "answers.csv"
    data.write_text(data.read_text("utf-8") + "A9999,2026-10-30,10\n", "utf-8")
    _until(lambda: "129" in get("/en/datasets/answers/")[1], "the new row")

    builds = log.read_text("utf-8").count("Building documentation...")
    time.sleep(2.5)
    assert log.read_text("utf-8").count("Building documentation...") == builds  # no loop
    assert "Traceback" not in log.read_text("utf-8")
    assert sorted(p.name for p in mini.iterdir()) == ["build", "content", "data", "site"]
