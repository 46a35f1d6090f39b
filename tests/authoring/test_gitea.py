"""The workflows for Gitea and Forgejo, run step by step against a repository and an API."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

from kpi_site import yaml_core
from kpi_site.authoring.start import DEPARTMENTS, Start, write_site
from tests.authoring.conftest import TODAY
from tests.authoring.test_forges import ENVIRONMENT, ROOT, git

MARK: Final = "<!-- kpi-site diff -->"


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A forge's folder: the repository a/kpi.git with main and pull request 7."""
    folder = tmp_path_factory.mktemp("forge")
    work = folder / "work"
    write_site(work, Start("云山", "Yunshan", ("zh",), DEPARTMENTS, TODAY))
    git(work, "init", "-q", "-b", "main")
    git(work, "add", "-A")
    git(work, "commit", "-qm", "start")
    git(folder, "clone", "-q", "--bare", str(work), "a/kpi.git")
    card = work / "content/indicators/delivery/on_time_rate.yml"
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace("target: 0.95", "target: 0.9"), encoding="utf-8")
    git(work, "commit", "-qam", "change")
    git(work, "push", "-q", str(folder / "a/kpi.git"), "HEAD:refs/pull/7/head")
    return folder


def workflow(forge: Path, name: str) -> dict[str, Any]:
    text = (forge / f"work/.gitea/workflows/{name}.yml").read_text("utf-8")
    loaded = yaml_core.load(text)
    assert isinstance(loaded, dict)
    return loaded


def run(steps: list[dict[str, Any]], folder: Path, words: dict[str, str]) -> dict[str, int]:
    """Run a job's steps as a runner does; return how each ended.

    ``words`` are what the expressions in ``${{ }}`` come to.
    """
    folder.mkdir(exist_ok=True)
    tools = folder.parent / "tools"
    tools.mkdir(exist_ok=True)
    for name, module in (("kpi-site", "-m kpi_site "), ("python", "")):
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module}"$@"\n', "utf-8")
        (tools / name).chmod(0o755)
    ended = {}
    for step in steps:
        if step["name"] == "install":  # its index is not here; test_bundle installs by the lock
            continue
        given = {k: _filled(v, words) for k, v in step.get("env", {}).items()}
        shell = ["bash", "-eo", "pipefail", "-c"]
        if step.get("shell") == "python":
            shell = [sys.executable, "-c"]
        done = subprocess.run(
            [*shell, step["run"]], cwd=folder, capture_output=True, encoding="utf-8", check=False,
            env={**ENVIRONMENT, "PYTHONPATH": str(ROOT), "PATH": f"{tools}:{os.environ['PATH']}",
                 "GITHUB_OUTPUT": str(folder.parent / "output"), **given},
        )  # fmt: skip
        ended[step["name"]] = done.returncode
        assert done.returncode == 0, f"{step['name']}\n{done.stdout}{done.stderr}"
    return ended


def _filled(text: str, words: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: words[found[1]], text)


def output(file: Path) -> str:
    """Read the one value of several lines that a step has put out, as runners do."""
    head, *lines = file.read_text("utf-8").splitlines()
    name, _, end = head.partition("<<")
    assert name == "comment"
    assert lines[-1] == end
    return "\n".join(lines[:-1])


def expressions(forge: Path) -> dict[str, str]:
    return {
        "github.server_url": str(forge),
        "github.repository": "a/kpi",
        "github.event.pull_request.number": "7",
        "github.token": "secret",
        "github.base_ref": "main",
    }


def test_a_pull_request_is_checked_and_its_effect_put_out(forge: Path, tmp_path: Path) -> None:
    job = workflow(forge, "check")["jobs"]["check"]
    ended = run(job["steps"], tmp_path / "runner", expressions(forge))
    assert set(ended) == {"fetch", "diff", "check", "test", "owners", "build"}
    assert "准时交付率" in output(tmp_path / "output")
    assert (tmp_path / "runner/site/index.html").is_file()
    assert "secret" not in (tmp_path / "runner/.git/config").read_text("utf-8")


def test_main_goes_to_the_branch_of_pages(forge: Path, tmp_path: Path) -> None:
    steps = workflow(forge, "publish")["jobs"]["publish"]["steps"]
    bare = forge / "a/kpi.git"
    sha = subprocess.check_output(["git", "rev-parse", "main"], cwd=bare, text=True).strip()
    url = str(bare)
    for step in steps:
        step.setdefault("env", {})["URL"] = url  # that of the job
    run(steps, tmp_path / "runner", {**expressions(forge), "github.sha": sha})
    said = subprocess.check_output(
        ["git", "log", "-1", "--format=%s", "--name-only", "pages"], cwd=bare, text=True
    )
    assert said.startswith(sha)
    assert "\nindex.html\n" in said


class Api(ThreadingHTTPServer):
    """Comments of a pull request, as the API of Gitea and Forgejo has them."""

    def __init__(self, said: list[dict[str, Any]], refuses: bool) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.said, self.refuses, self.calls = said, refuses, list[str]()


class Handler(BaseHTTPRequestHandler):
    server: Api

    def _answer(self) -> None:
        self.server.calls.append(f"{self.command} {self.path}")
        assert self.headers["Authorization"] == "token secret"
        length = int(self.headers["Content-Length"] or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        if self.server.refuses and self.command != "GET":
            self.send_error(403)
            return
        if self.command == "POST":
            self.server.said.append({"id": 99, **body})
        if self.command == "PATCH":
            number = int(self.path.rsplit("/", 1)[1])
            next(c for c in self.server.said if c["id"] == number).update(body)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.said if self.command == "GET" else {}).encode())

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - the base class's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    said, refuses = request.param
    server = Api(said, refuses)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


OTHERS = {"id": 3, "body": f"see {MARK}"}


@pytest.mark.parametrize(
    ("api", "calls", "last"),
    [
        (([OTHERS], False), ["GET 7/comments", "POST 7/comments"], 99),
        (([OTHERS, {"id": 5, "body": f"{MARK}\nold"}], False),
         ["GET 7/comments", "PATCH comments/5"], 5),
        (([OTHERS], True), ["GET 7/comments", "POST 7/comments"], 3),  # a fork's token
    ],
    indirect=["api"],
)  # fmt: skip
def test_the_comment_is_posted_once_and_then_renewed(
    forge: Path, tmp_path: Path, api: Api, calls: list[str], last: int
) -> None:
    text = "x $(touch pwned) `touch pwned` \"'\n" * 2000
    job = workflow(forge, "check")["jobs"]["comment"]
    words = {
        **expressions(forge),
        "github.api_url": f"http://127.0.0.1:{api.server_port}/api/v1",
        "needs.check.outputs.comment": text,
    }
    run(job["steps"], tmp_path / "runner", words)
    own = "/api/v1/repos/a/kpi/issues/"
    assert [call.replace(own, "") for call in api.calls] == calls
    assert api.said[-1]["id"] == last
    assert (api.said[-1]["body"] == f"{MARK}\n{text}") is (last != 3)
    assert not (tmp_path / "runner/pwned").exists()


def test_what_runs_a_pull_request_may_only_read(forge: Path) -> None:
    found = workflow(forge, "check")
    assert set(found["on"]) == {"pull_request"}
    assert found["permissions"] == {"contents": "read"}
    assert "permissions" not in found["jobs"]["check"]
    for name in ("check", "publish"):
        loaded = workflow(forge, name)
        assert "{{ secrets." not in str(loaded)
        for job in loaded["jobs"].values():
            assert job["container"] == "python:3.12"
            assert job["timeout-minutes"] <= 20
            for step in job["steps"]:
                assert "uses" not in step, "no action is fetched from elsewhere"
                assert "${{" not in step["run"]
    posting = found["jobs"]["comment"]
    assert not any(word in str(posting["steps"]) for word in ("git ", "pip ", "kpi-site check"))
