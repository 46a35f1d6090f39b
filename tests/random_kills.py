"""Every command that writes, killed at random moments, or met by a full disk: ``make kills``.

Each kill ends a command and all that it started (SIGKILL to its process group) at a moment drawn
from the time that it takes. Then all must be as before or all done, the last good site whole,
and the next run of the same command must end as an unbroken one: the same files and no other,
a ledger that holds, no problem in the content. Where a kill came before anything was written,
byte for byte, the next run is the unbroken one, and is not done again.

The commands are forked from a process that has loaded the program and nothing else, so that
kills fall into their work; ``serve`` and MkDocs are programs of their own.

A disk that fills up refuses to make any file or folder from a given one on. Then the command must
name what it could not write and what to do, and for the rest the same holds as for a kill.
"""

from __future__ import annotations

import argparse
import errno
import multiprocessing
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from http.client import HTTPConnection
from multiprocessing.process import BaseProcess
from pathlib import Path
from statistics import median

import openpyxl

import kpi_site.cli
from kpi_site.authoring.book.rows import rows_of
from kpi_site.authoring.book.writing import to_workbook
from kpi_site.authoring.upgrading import record_of
from kpi_site.catalog import Text
from kpi_site.changes import PENDING
from kpi_site.checking import check
from kpi_site.content import read_draft
from kpi_site.editions.proof import proved
from kpi_site.files import PART, File
from kpi_site.options import Options
from kpi_site.problems import has_errors
from kpi_site.publishing import publish, sign
from kpi_site.ssh import BESIDE

MINI = Path(__file__).parent / "sites" / "mini"
NPS = "content/indicators/service/nps.yml"
REPORT = "2026-10"
DAYS = ("2026-11-06", "2026-11-08")  # of signing, of publishing
TODAY = date(2026, 11, 24)
ROLES = ("collected", "verified", "approved")
LOADED = multiprocessing.get_context("forkserver")
LOADED.set_forkserver_preload([
    "kpi_site.authoring.book.coming_back", "kpi_site.authoring.renaming", "kpi_site.building",
    "kpi_site.checking", "kpi_site.cli", "kpi_site.databases.fetching", "kpi_site.publishing",
    "kpi_site.site", "openpyxl", "polars", "sqlite3", "typst", "xlsxwriter",
])  # fmt: skip
_NEVER = 10**9
WAIT = 120.0  # s, for whatever never takes so long
_MOMENT = re.compile(rb'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"|"digest": "[0-9a-f]+"')  # of a fetch

CONNECTION = "connections: {erp: {url_env: KPI_ERP_URL}}\n"
STAFF = """\
id: staff
title: {zh: 人员, en: Staff}
connection: erp
table: staff
time: joined
partition: month
refetch: 99
schema:
  primaryKey: id
  fields:
    - {name: id, type: integer}
    - {name: joined, type: date}
"""
PEOPLE = "CREATE TABLE staff (id int, joined date);"
JOINED = "INSERT INTO staff VALUES (1, '2026-08-03'), (2, '2026-09-01'), (3, '2026-10-12');"


@dataclass(frozen=True)
class Command:
    """A command: its words, what is done before it, what a second run of it ends with."""

    words: tuple[str, ...]
    prepare: Callable[[Path], None]
    again: int = 0


def edited(root: Path, file: str, old: str, new: str) -> None:
    """Replace ``old``, which must be there, in a file of the site."""
    text = (root / file).read_text("utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new), "utf-8")


def signed(root: Path, *roles: str) -> None:
    """Sign the report for each of the ``roles`` with the one key."""
    for role in roles:
        done, problems = sign(
            Options(root, TODAY), REPORT, role, Text("sales"),
            on=date.fromisoformat(DAYS[0]), key=root / "key",
        )  # fmt: skip
        assert done is not None, [p.text() for p in problems]


def published(root: Path) -> None:
    """Publish the report, signed by all."""
    signed(root, *ROLES)
    done, problems = publish(Options(root, TODAY), REPORT, on=date.fromisoformat(DAYS[1]))
    assert done is not None, [p.text() for p in problems]


def _nothing(_: Path) -> None:
    """Do nothing before the command."""


def _renamed_card(root: Path) -> None:
    edited(root, NPS, "Net promoter score", "Net promoter number")


def _revised(root: Path) -> None:
    published(root)
    with (root / "data/answers.csv").open("a", encoding="utf-8") as file:
        file.write("A9999,2026-10-30,10\n")
    signed(root, *ROLES)


def _workbook(root: Path) -> None:
    """Put a workbook beside the site in which every card has another English name."""
    draft, _ = read_draft(root, today=TODAY)
    path = root / "book.xlsx"
    path.write_bytes(to_workbook(draft.catalog, rows_of(draft)[0]))
    book = openpyxl.load_workbook(path)
    sheet = book["Cards"]
    cells = [c for row in sheet.iter_rows() for c in row if c.value in NAMES]
    assert len(cells) == len(NAMES)
    for cell in cells:
        cell.value = f"{cell.value} (new)"
    book.save(path)


NAMES = ("Net promoter score", "Customer satisfaction", "Sales revenue", "Sales target attainment")


def _joined(root: Path) -> None:
    with sqlite3.connect(root / "erp.db") as database:
        database.execute("INSERT INTO staff VALUES (4, '2026-08-30'), (5, '2026-11-02')")
    database.close()


def _older(root: Path) -> None:
    """Let two cards say the scale of their unit as they did in format 1."""
    for file, unit in OLDER.items():
        scale = "{zh: {symbol: 万, divide: 10000}}"
        edited(root, file, f"unit: {unit}\n", f"unit: {{symbol: {unit}, scale: {scale}}}\n")


OLDER = {"content/indicators/sales/revenue.yml": "CNY", NPS: "points"}


def _behind(root: Path) -> None:
    """Put what an earlier program wrote beside the content: one file it would renew, one gone."""
    old = {"schemas/indicator.json": "{}\n", "schemas/gone.json": "{}\n"}
    (root / "schemas").mkdir()
    for name, text in old.items():
        (root / name).write_text(text, "utf-8")
    record = record_of(File(name, text) for name, text in old.items())
    (root / record.path).write_bytes(record.data)


def _older_book(root: Path) -> None:
    """Put a workbook of before in the place of the one that will be written."""
    _workbook(root)
    (root / "out").mkdir()
    (root / "book.xlsx").rename(root / "out/book.xlsx")


REVISE = ("--revise", "--type", "correction", "--reason", "one answer came late")
COMMANDS: Mapping[str, Command] = {
    "build": Command(("build",), _renamed_card),
    "serve": Command(("serve",), _renamed_card),
    "publish": Command(
        ("publish", REPORT, "--on", DAYS[1]), lambda root: signed(root, *ROLES), again=1
    ),
    "revise": Command(("publish", REPORT, *REVISE, "--on", DAYS[1]), _revised, again=1),
    "sign": Command(
        ("sign", REPORT, "--role", "approved", "--by", "sales", "--key", "key", "--on", DAYS[0]),
        lambda root: signed(root, *ROLES[:2]),
    ),
    "rename": Command(("rename", "nps", "promoters_less"), _nothing, again=2),
    "fetch": Command(("fetch",), _joined),
    "import-cards": Command(("import-cards", "book.xlsx"), _workbook),
    "export-cards": Command(("export-cards", "out/book.xlsx"), _older_book),
    "migrate": Command(("migrate",), _older),
    "upgrade": Command(("upgrade",), _behind),
    "export": Command(("export", REPORT, "--out", "out"), _nothing),
}


class Trial:
    """One command on a site of its own, killed as often as is asked."""

    def __init__(self, name: str, company: Path, place: Path) -> None:
        """``company`` is a site made by ``begun``; ``place`` an empty folder to work in."""
        self.command, self._is_server = COMMANDS[name], name == "serve"
        self._place, self._root, self._before = place, place / "site", place / "before"
        (place / "temporary").mkdir()
        shutil.copytree(company, self._root)
        self.command.prepare(self._root)
        assert not has_errors(check(Options(self._root, TODAY)))
        self._root.rename(self._before)
        self._again()
        self._log = place / "log.txt"
        loading = LOADED.Process(target=_nothing, args=(place,))
        loading.start()  # the first loads what all are forked from
        loading.join()
        self._took = [self._run_to_the_end(0)]
        self._after = place / "after"
        shutil.copytree(self._root, self._after)

    def kill(self, chance: random.Random) -> str:
        """Kill at a moment; return what was found: "untouched", "before", "after", "decided"."""
        self._again()
        self._killed_after(chance.random() * median(self._took))
        return self._made_good()

    def writes(self) -> int:
        """Return how many files and folders the command makes, by itself."""
        self._again()
        run = self._start(full_from=_NEVER)
        run.join(WAIT)
        assert run.exitcode == 0, self._log.read_text("utf-8")
        return int(self._log.with_suffix(".count").read_text())

    def fill(self, step: int) -> str:
        """Let the disk be full from the ``step`` of what is made on; return as ``kill`` does."""
        self._again()
        run = self._start(full_from=step)
        run.join(WAIT)
        said = self._log.read_text("utf-8")
        assert "Traceback" not in said, said
        if run.exitcode == 0:  # what could not be made only saves time
            return f"done without, {self._made_good()}"
        assert run.exitcode == 1, said
        (line,) = [text for text in said.splitlines() if os.strerror(errno.ENOSPC) in text]
        file = line.removeprefix("a file could not be read or written: ").partition(": ")[0]
        assert (self._root / file).is_relative_to(self._place), said
        assert "make room and run the command again" in line, said
        return self._made_good()

    def _made_good(self) -> str:
        """Look at what is there now, run the command again, and compare."""
        for left in (self._place / "temporary").iterdir():
            assert left.name.startswith(BESIDE), f"left in the temporary folder: {left.name}"
            shutil.rmtree(left)  # what ssh-keygen was to look at: nothing but what all may read
        if self._is_untouched():
            return "untouched"
        found = self._state()
        self._age()
        if found == "before":
            self._took.append(self._run_to_the_end(0))
        else:
            self._run_to_the_end(self.command.again)
        self._compare()
        return found

    def _is_untouched(self) -> bool:
        return _tree(self._root) == _tree(self._before)

    def _again(self) -> None:
        shutil.rmtree(self._root, ignore_errors=True)
        shutil.copytree(self._before, self._root)

    def _start(self, *words: str, full_from: int = 0) -> BaseProcess:
        ours = {
            "KPI_ERP_URL": f"sqlite:///{self._root / 'erp.db'}", "KPI_SITE_LANG": "en",
            "TMPDIR": str(self._place / "temporary"), "NO_MKDOCS_2_WARNING": "1",
        }  # fmt: skip
        asked = ([*self.command.words, *words], self._root, ours, self._log, full_from)
        process = LOADED.Process(target=_run, args=asked)
        process.start()
        return process

    def _killed_after(self, moment: float) -> None:
        words = ("--address", f"127.0.0.1:{_free_port()}") if self._is_server else ()
        run = self._start(*words)
        time.sleep(moment)
        with suppress(ProcessLookupError):  # it has ended, all of it
            os.killpg(run.pid or 0, signal.SIGKILL)
        run.kill()  # it had no group of its own yet
        run.join(WAIT)

    def _run_to_the_end(self, code: int) -> float:
        """Run the command to its end, which must be ``code``; return the seconds."""
        began = time.monotonic()
        if self._is_server:
            return self._served() - began
        run = self._start()
        run.join(WAIT)
        took = time.monotonic() - began
        assert run.exitcode == code, (run.exitcode, self._log.read_text("utf-8"))
        assert "Traceback" not in self._log.read_text("utf-8")
        return took

    def _served(self) -> float:
        """Serve until the edited page is seen; return that moment."""
        port = _free_port()
        run = self._start("--address", f"127.0.0.1:{port}")
        try:
            until = time.monotonic() + WAIT
            while "Net promoter number" not in _get(port, "/en/indicators/nps/"):
                assert run.is_alive(), self._log.read_text("utf-8")
                assert time.monotonic() < until, "no page in time"
                time.sleep(0.05)
            return time.monotonic()
        finally:
            os.kill(run.pid or 0, signal.SIGINT)
            run.join(WAIT)
            said = self._log.read_text("utf-8")
            assert run.exitcode == 0, said
            assert "Traceback" not in said, said

    def _state(self) -> str:
        """Return what the kill left: all as before, all done, or a plan that will be done."""
        site = _files(self._root / "site")
        assert site in (_files(self._before / "site"), _files(self._after / "site")), "half a site"
        now, before, after = map(_beside, (self._root, self._before, self._after))
        whole = {n: d for n, d in now.items() if not n.endswith(PART)}
        assert all(d in {before.get(n), after.get(n)} for n, d in whole.items()), "half a file"
        now, before, after = map(_content, (self._root, self._before, self._after))
        if (self._root / PENDING / "plan.json").is_file():
            assert all(now.get(n) in {before.get(n), after.get(n)} for n in {*before, *after})
            return "decided"
        if before == after:
            return "before" if site == _files(self._before / "site") else "after"
        assert now in (before, after), "neither as before nor done"
        return "before" if now == before else "after"

    def _age(self) -> None:
        """Let an hour go by for what the killed command was writing: it may be swept then."""
        for path in self._root.rglob("*"):
            if path.name.endswith(PART) or path.name.startswith(".site."):
                os.utime(path, (1, 1))

    def _compare(self) -> None:
        """Compare the site with one on which the command was never killed."""
        assert _content(self._root) == _content(self._after)
        assert _files(self._root / "site") == _files(self._after / "site")
        assert _beside(self._root) == _beside(self._after)
        strays = set(_names(self._root)) ^ set(_names(self._after))
        assert not strays, sorted(strays)
        assert list((self._place / "temporary").iterdir()) == [], "left in the temporary folder"
        problems = check(Options(self._root, TODAY))
        assert problems == (), [p.text() for p in problems]
        if (self._root / "content/reports/ledger.csv").is_file():
            told = [f.text.en for f in proved(self._root) if not f.holds]
            assert told == []


def begun(place: Path) -> Path:
    """Make the site that all commands start from: built, fetched, with a key for each role."""
    root = place / "company"
    shutil.copytree(MINI, root, ignore=shutil.ignore_patterns("build", "site"))
    edited(root, "content/site.yml", "languages: [zh, en]\n", f"languages: [en]\n{CONNECTION}")
    (root / "content/datasets/staff.yml").write_text(STAFF, "utf-8")
    with sqlite3.connect(root / "erp.db") as database:
        database.executescript(PEOPLE + JOINED)
    database.close()
    made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(root / "key")]
    subprocess.run(made, check=True)
    public = (root / "key.pub").read_text()
    (root / "content/signers").write_text("".join(f"{role}@sales {public}" for role in ROLES))
    environment = {**os.environ, "KPI_ERP_URL": f"sqlite:///{root / 'erp.db'}"}
    for word in ("fetch", "build"):
        command = [sys.executable, "-m", "kpi_site", word, "--root", str(root), "--lang", "en"]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    return root


def _content(root: Path) -> dict[str, bytes]:
    """Return what a command must change as one: content, and what snapshots are in use."""
    found = {f"content/{n}": d for n, d in _files(root / "content").items()}
    pending = f"{PENDING}/"
    found = {n: d for n, d in found.items() if not n.startswith(pending) and not n.endswith(PART)}
    for path in (root / "data/snapshots").rglob("*.json"):
        found[path.relative_to(root).as_posix()] = _MOMENT.sub(b"then", path.read_bytes())
    return found


def _beside(root: Path) -> dict[str, bytes]:
    """Return what commands write beside content, facts and site: a part of it may be there."""
    names = ("schemas", ".github", "out", ".kpi-site", ".gitignore", "requirements.lock")
    found = {f"{name}/{n}": d for name in names for n, d in _files(root / name).items()}
    return found | {n: (root / n).read_bytes() for n in names if (root / n).is_file()}


def _files(folder: Path) -> dict[str, bytes]:
    paths = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths}


def _tree(folder: Path) -> dict[str, bytes]:
    """Return all folders and files by their paths; what holds a lock, and nothing, is not there."""
    found = _files(folder) | {f"{p}/": b"" for p in folder.rglob("*") if p.is_dir()}
    return {name: data for name, data in found.items() if not name.endswith(".lock")}


def _names(root: Path) -> list[str]:
    """Return the names of all files and folders, but for kept ones, which are named by digests."""
    found = (p.relative_to(root).as_posix() for p in root.rglob("*"))
    kept = "build/cache/"
    return sorted(n for n in found if not n.startswith(kept) or n.endswith(PART))


def _run(words: list[str], root: Path, ours: Mapping[str, str], log: Path, full_from: int) -> None:
    """Be the program: with ``words``, in the folder ``root``, in a process group of its own."""
    os.setsid()
    os.chdir(root)
    os.environ.update(ours)
    tempfile.tempdir = None
    with log.open("wb") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    sys.argv = ["kpi-site", *words]
    made = _full_from(full_from, str(root.parent)) if full_from else lambda: 0
    try:
        kpi_site.cli.main()
    finally:
        count = made()
        log.with_suffix(".count").write_text(str(count))


def _full_from(step: int, place: str) -> Callable[[], int]:
    """Let the disk be full from a ``step`` on; return what ends that and counts the steps."""
    count, over = 0, False

    def watch(event: str, args: tuple[object, ...]) -> None:
        nonlocal count
        opened = event == "open" and isinstance(args[2], int) and args[2] & os.O_CREAT
        if over or not (opened or event == "os.mkdir"):
            return
        if not Path(str(args[0])).absolute().is_relative_to(place):
            return
        if event == "open" and str(args[0]).endswith(".lock"):
            return  # an empty file, which has room in its folder
        count += 1
        if count >= step:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(args[0]))

    def end() -> int:
        nonlocal over
        over = True
        return count

    sys.addaudithook(watch)
    return end


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _get(port: int, path: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=WAIT)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    except ConnectionError:
        return ""
    finally:
        connection.close()


def main() -> int:
    """Kill each command ``--times`` times, then fill the disk at some steps; 1 if not all held."""
    parser = argparse.ArgumentParser(prog="make kills", description="Kill commands.")
    parser.add_argument("--times", type=int, default=25, help="kills of each command")
    parser.add_argument("--steps", type=int, default=25, help="at most so many full disks of each")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("commands", nargs="*", default=list(COMMANDS))
    asked = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        company = begun(Path(folder))
        for name in asked.commands:
            place = Path(folder) / name
            place.mkdir()
            trial, chance = Trial(name, company, place), random.Random(f"{asked.seed} {name}")
            failed += _told(f"{name} killed", [partial(trial.kill, chance)] * asked.times)
            if name != "serve" and asked.steps:
                steps = range(1, trial.writes() + 1)
                some = sorted(chance.sample(steps, min(len(steps), asked.steps)))
                failed += _told(f"{name} without room", [partial(trial.fill, x) for x in some])
    print(f"{failed} not well, seed {asked.seed}")  # noqa: T201
    return 1 if failed else 0


def _told(what: str, trials: Sequence[Callable[[], str]]) -> int:
    """Do ``trials`` and print what they found; return how many were not well."""
    found: Counter[str] = Counter()
    for number, trial in enumerate(trials):
        try:
            found[trial()] += 1
        except AssertionError:
            found["NOT WELL"] += 1
            print(f"{what}, {number}: {traceback.format_exc()}", flush=True)  # noqa: T201
    print(f"{what}: {len(trials)} times, {dict(found)}", flush=True)  # noqa: T201
    return found["NOT WELL"]


if __name__ == "__main__":
    sys.exit(main())
