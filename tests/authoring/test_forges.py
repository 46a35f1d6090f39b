"""The files for GitHub, GitLab and pre-commit, here and in a new site: sound, safe, and run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kpi_site import yaml_core
from kpi_site.authoring.owners import FILE, differing_lines, group_of, owners_text
from kpi_site.authoring.start import DEPARTMENTS, Start, write_site
from kpi_site.content import read_catalog
from tests.authoring.conftest import TODAY, draft_of, problems_of

ROOT = Path(__file__).parents[2]
SCHEMAS = {
    ".github/workflows/*.yml": (
        "vendor.github-workflows",
        "custom.github-workflows-require-timeout",
    ),
    ".gitea/workflows/*.yml": (
        "vendor.github-workflows",
        "custom.github-workflows-require-timeout",
    ),
    ".github/ISSUE_TEMPLATE/*.yml": ("vendor.github-issue-forms",),
    ".github/dependabot.yml": ("vendor.dependabot",),
    ".gitlab-ci.yml": ("vendor.gitlab-ci",),
}
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "GITHUB"))}


def load(path: Path) -> Any:
    return yaml_core.load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def scaffold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scaffold")
    write_site(folder, Start("云山", "Yunshan", ("zh", "en"), DEPARTMENTS, TODAY))
    return folder


@pytest.fixture(params=["here", "scaffold"])
def place(request: pytest.FixtureRequest, scaffold: Path) -> Path:
    return ROOT if request.param == "here" else scaffold


def test_they_fit_the_published_schemas(place: Path) -> None:
    for pattern, schemas in SCHEMAS.items():
        files = sorted(map(str, place.glob(pattern)))
        assert files or (place == ROOT and pattern.startswith(".gitea")), pattern
        if not files:
            continue
        for schema in schemas:
            done = subprocess.run(
                [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files],
                capture_output=True, encoding="utf-8", check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing_above_low(place: Path) -> None:
    """But for the one trigger that is safe here, and says why on its line."""
    zizmor = Path(sys.executable).with_name("zizmor")
    program = zizmor if zizmor.is_file() else shutil.which("zizmor")
    if program is None and not os.environ.get("CI"):
        pytest.skip("no zizmor here: it is in requirements-dev.lock")
    done = subprocess.run(
        [str(program), "--offline", "--min-severity", "medium", str(place / ".github"),
         *map(str, sorted(place.glob(".gitea/workflows/*.yml")))],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "No findings to report" in done.stdout, done.stdout


def test_actions_are_pinned_by_their_digest(place: Path) -> None:
    used = [s["uses"] for _, _, job in jobs(place) for s in job["steps"] if "uses" in s]
    assert used
    known = re.compile(r"(actions/[a-z-]+|pypa/gh-action-pypi-publish)@[0-9a-f]{40}")
    assert all(known.fullmatch(each) for each in used), used


def jobs(place: Path) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield each workflow's name, the workflow, and each of its jobs."""
    for path in sorted(place.glob(".github/workflows/*.yml")):
        workflow = load(path)
        for job in workflow["jobs"].values():
            yield path.stem, workflow, job


def test_pull_requests_reach_no_secret_and_no_right_to_write(place: Path) -> None:
    names = set()
    for name, workflow, job in jobs(place):
        names.add(name)
        steps = job["steps"]
        assert "pull_request_target" not in workflow["on"]
        assert "secrets." not in str(workflow)
        trusted = ("actions/", "pypa/") if name == "release" else "actions/"
        assert all(s["uses"].startswith(trusted) for s in steps if "uses" in s)
        for step in steps:
            # What others wrote reaches a shell as a variable, never as text of the command.
            assert "${{" not in step.get("run", "")
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
        if "pull_request" in workflow["on"]:
            assert workflow["permissions"] == {"contents": "read"}
            assert "permissions" not in job
        if "workflow_run" in workflow["on"]:
            assert not any("uses" in step for step in steps), "it must not fetch foreign code"
            assert workflow["permissions"] == {"actions": "read", "pull-requests": "write"}
    own = {"release"} if place == ROOT else set()
    assert names == {"audit", "check", "comment", "publish"} | own


def test_what_is_shared_is_the_same_here_and_in_a_new_site(scaffold: Path) -> None:
    for name in (
        ".github/workflows/comment.yml",
        ".github/dependabot.yml",
        ".github/ISSUE_TEMPLATE/figure.yml",
        ".github/ISSUE_TEMPLATE/indicator.yml",
        ".vscode/settings.json",
        ".vscode/extensions.json",
        ".vscode/tasks.json",
        ".gitattributes",
    ):
        here, there = (path / name for path in (ROOT, scaffold))
        assert here.read_text(encoding="utf-8") == there.read_text(encoding="utf-8"), name


def test_images_on_gitlab_are_of_a_release(place: Path) -> None:
    """The one that holds the token, too: what ``latest`` is tomorrow nobody has looked at."""
    found = load(place / ".gitlab-ci.yml")
    images = [job["image"] for job in found.values() if isinstance(job, dict) and "image" in job]
    assert len(images) >= 3
    assert all(re.search(r":v?[0-9]+\.[0-9]+(\.[0-9]+)?$", image) for image in images), images
    assert re.search(r":v[0-9]+\.[0-9]+\.[0-9]+$", found["comment"]["image"])


def commands(folder: Path, job: str = "check") -> list[str]:
    """Return the shell commands of the job that checks a pull request, on both forges."""
    steps = load(folder / ".github/workflows/check.yml")["jobs"][job]["steps"]
    on_github = [step["run"] for step in steps if "run" in step]
    on_gitlab: list[str] = load(folder / ".gitlab-ci.yml")[job]["script"]
    publishing = load(folder / ".gitlab-ci.yml")["pages"]["script"]
    return [*on_github, *on_gitlab, *publishing]


def test_here_the_same_commands_run_from_the_locked_environment(scaffold: Path) -> None:
    here = [command.replace(".venv/bin/", "") for command in commands(ROOT, "handbook")]
    there = commands(scaffold)
    assert [c for c in here if "make" not in c] == [c for c in there if "pip" not in c]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone with a changed threshold, as a runner has it: ``origin/main`` is the target."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    write_site(origin, Start("云山", "Yunshan", ("zh",), DEPARTMENTS, TODAY))
    git(origin, "init", "-q", "-b", "main")
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "start")
    git(tmp_path, "clone", "-q", str(origin), str(clone))
    card = clone / "content/indicators/delivery/on_time_rate.yml"
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace("target: 0.95", "target: 0.9"), encoding="utf-8")
    git(clone, "commit", "-qam", "change")
    return clone


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "core.autocrlf=false")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def shell(command: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a step as the forges do; ``kpi-site`` is this working copy."""
    tools = folder.parent / "tools"
    tools.mkdir(exist_ok=True)
    program = tools / "kpi-site"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kpi_site "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    environment = {
        **ENVIRONMENT,
        "PYTHONPATH": str(ROOT),
        "PATH": f"{tools}:{ENVIRONMENT['PATH']}",
        "BASE": "main",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        **more,
    }
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", command],
        cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_the_commands_run(checkout: Path) -> None:
    run = set()
    for command in dict.fromkeys(commands(checkout)):
        if command.startswith("python -m pip"):
            continue
        done = shell(command, checkout)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        run.add(command)
    assert "kpi-site check --format github" in run
    assert "准时交付率" in (checkout / "comment.md").read_text(encoding="utf-8")
    assert (checkout / "site/index.html").is_file()
    assert (checkout / "public/index.html").is_file()


GH = """#!/bin/sh
printf '%s\\n' "$@" >> "$LOG"
case "$1 $2" in
  "api --method") echo "$FOUND" ;;
esac
"""


@pytest.mark.parametrize("found", ["17", ""])
def test_the_comment_is_posted_where_the_forge_says(
    scaffold: Path, tmp_path: Path, found: str
) -> None:
    work = tmp_path / "work"
    (work / "comment").mkdir(parents=True)
    (work / "comment/comment.md").write_text("x" * 70_000, encoding="utf-8")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/gh").write_text(GH, encoding="utf-8")
    (tmp_path / "tools/gh").chmod(0o755)
    log = tmp_path / "log"
    steps = load(scaffold / ".github/workflows/comment.yml")["jobs"]["comment"]["steps"]
    hostile = 'x"; touch pwned; echo "$(touch pwned)'
    words = {"LOG": str(log), "FOUND": found, "GH_REPO": "a/b", "RUN": "5", "SHA": "abc"}
    for step in steps:
        done = shell(step["run"], work, OWNER="fork", BRANCH=hostile, **words)
        assert done.returncode == 0, done.stderr
    words_said = log.read_text(encoding="utf-8").splitlines()
    assert words_said[:6] == ["run", "download", "5", "--name", "comment", "--dir"]
    assert f"head=fork:{hostile}" in words_said
    posting = ["pr", "comment", "17", "--body-file", "comment/comment.md", "--edit-last",
               "--create-if-none"]  # fmt: skip
    assert (words_said[-7:] == posting) is bool(found)
    assert not (work / "pwned").exists()


def test_code_owners_are_current() -> None:
    catalog, _ = read_catalog(ROOT, today=TODAY)
    assert catalog is not None
    there = (ROOT / FILE).read_text(encoding="utf-8")
    group = group_of(there, None)
    assert group is not None
    assert there == owners_text(catalog, group), "run: kpi-site owners --write"


def test_a_line_added_by_hand_makes_code_owners_current(site: Path) -> None:
    text = owners_text(draft_of(site).catalog, "acme")
    lines = text.splitlines(keepends=True)
    without = "".join(line for line in lines if "orders.yml" not in line)
    rule = "/content/datasets/orders.yml @acme/sales"
    assert differing_lines(without, text) == ((rule,), ())
    assert differing_lines(without + f"\n# new\n{rule}\n", text) == ((), ())
    assert differing_lines(text + "/data/gone.csv   @acme/sales\n", text) == (
        (), ("/data/gone.csv @acme/sales",),
    )  # fmt: skip
    moved = text.replace("@acme/sales", "@acme/plant")
    assert rule in differing_lines(moved, text)[0]
    assert rule.replace("sales", "plant") in differing_lines(moved, text)[1]


def test_code_owners_by_department(site: Path) -> None:
    text = owners_text(draft_of(site).catalog, "acme", "kpi/")
    assert text.splitlines()[3:] == [
        "/kpi/content/indicators/sales/    @acme/sales",
        "/kpi/content/datasets/orders.yml  @acme/sales",
        "/kpi/data/orders.csv              @acme/sales",
        "/kpi/content/indicators/service/  @acme/service",
        "/kpi/content/datasets/answers.yml @acme/service",
        "/kpi/data/answers.csv             @acme/service",
    ]


@pytest.mark.parametrize(
    ("text", "address", "group"),
    [
        ("# x\n# group: acme\n", "https://forge.example/other/kpi", "acme"),
        (None, "https://forge.example/other/kpi", "other"),
        (None, "https://forge.example/", None),
        (None, None, None),
    ],
)
def test_the_group_is_the_files_own_or_the_repositorys(
    text: str | None, address: str | None, group: str | None
) -> None:
    assert group_of(text, address) == group


def test_hooks_call_commands_that_exist(place: Path) -> None:
    hooks = load(place / ".pre-commit-config.yaml")["repos"][0]["hooks"]
    if place == ROOT:
        hooks += load(place / ".pre-commit-hooks.yaml")
    for hook in hooks:
        program, *words = hook["entry"].split()
        assert program in {"kpi-site", ".venv/bin/kpi-site", "make"}
        assert hook["pass_filenames"] is False
        if program == "make" and place != ROOT:
            target = (place / "Makefile").read_text("utf-8").split("\nhook: ")[1].split("\n\n")[0]
            assert "kpi-site check --no-data" in target
            assert "kpi-site owners --check" in target
            continue
        assert words[0] in {"check", "owners"}


def test_the_sites_owner_keeps_the_rest(site: Path) -> None:
    before = owners_text(draft_of(site).catalog, "acme", "kpi/")
    assert "site.yml" not in before
    settings = site / "content/site.yml"
    settings.write_text(settings.read_text("utf-8") + "owner: sales\n", encoding="utf-8")
    scorecard = site / "content/scorecards/company.yml"
    scorecard.write_text(scorecard.read_text("utf-8") + "owner: service\n", encoding="utf-8")
    after = owners_text(draft_of(site).catalog, "acme", "kpi/")
    missing, surplus = differing_lines(before, after)
    assert surplus == ()
    assert missing == (
        "/CODEOWNERS @acme/sales",
        "/kpi/content/site.yml @acme/sales",
        "/kpi/content/signers @acme/sales",
        "/kpi/content/pdf-signers.pem @acme/sales",
        "/kpi/content/scorecards/ @acme/sales",
        "/kpi/content/reports/ @acme/sales",
        "/kpi/content/reports/ledger.csv @acme/sales",
        "/kpi/mkdocs.yml @acme/sales",
        "/kpi/content/scorecards/company.yml @acme/service",
    )
    lines = after.splitlines()
    whole, own = (next(i for i, x in enumerate(lines) if p in x) for p in ("cards/ ", "company"))
    assert whole < own  # the later line counts


def test_an_owner_is_a_department(site: Path) -> None:
    settings = site / "content/site.yml"
    settings.write_text(settings.read_text("utf-8") + "owner: sale\n", encoding="utf-8")
    assert [p.code for p in problems_of(site)] == ["unknown-department"]
