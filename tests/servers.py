"""Real database servers: each is started once in a run, on a free loopback port, and stopped.

They are Debian's (``make servers`` installs them). They keep their files in a temporary folder
and end with the process that started them, however it ends. A test asks for the fixture
``postgresql`` or ``mariadb``, and for a database of its own by :meth:`Server.database`.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import pytest

SERVERS: Final = ("postgresql", "mariadb")
USER, PASSWORD = "reader", "p@ss/w:rd"  # must be percent-encoded in a URL
_ENCODED = "p%40ss%2Fw%3Ard"
_LONGEST = 60.0  # seconds that a start may take on a busy machine


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    scheme: str
    port: int
    client: tuple[str, ...]  # the command that runs SQL from its standard input
    first: str  # a database that is there from the start

    def url(self, database: str, *, password: str = _ENCODED) -> str:
        """Return the URL of a database, with user and password."""
        return f"{self.scheme}://{USER}:{password}@127.0.0.1:{self.port}/{database}"

    def database(self, name: str, script: str = "") -> str:
        """Make the database ``name`` anew, run a script in it, and return its URL."""
        self.run(f"DROP DATABASE IF EXISTS {name};\nCREATE DATABASE {name};", "")
        if script:
            self.run(script, name)
        return self.url(name)

    def run(self, script: str, database: str) -> str:
        """Run a script of SQL in a database and return what the client prints."""
        done = self._asked(script, database or self.first)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def answers(self) -> bool:
        """Return whether the server is up, and knows the user of the tests."""
        return self._asked("SELECT 1;", self.first).returncode == 0

    def _asked(self, script: str, database: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.client, database],
            input=script,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PGPASSWORD": PASSWORD, "MYSQL_PWD": PASSWORD},
        )


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """Debian's PostgreSQL; skipped where there is none, but never in CI."""
    bins = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    found = _programs("postgresql", ["initdb", "postgres", "psql"], [str(p) for p in bins[-1:]])
    with tempfile.TemporaryDirectory(prefix="kpi-postgresql-") as name:
        folder, run_as = _owned(Path(name), "postgres")
        secret = folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        secret.chmod(0o644)
        _quietly([*run_as, found["initdb"], "--pgdata", str(folder / "data"), "--username", USER,
                  "--pwfile", str(secret), "--auth", "scram-sha-256", "--encoding", "UTF8",
                  "--locale", "C.UTF-8", "--no-sync"])  # fmt: skip
        port = _free_port()
        settings = {"listen_addresses": "127.0.0.1", "port": str(port), "fsync": "off",
                    "unix_socket_directories": str(folder), "timezone": "UTC"}  # fmt: skip
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        command = [found["postgres"], "-D", str(folder / "data"), *options]
        client = (found["psql"], "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
                  "-h", "127.0.0.1", "-p", str(port), "-U", USER, "-d")  # fmt: skip
        server = Server("postgresql", port, client, "postgres")
        with _Running(run_as, command, signal.SIGINT, folder / "log") as running:
            running.wait_for(server)
            yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    """Debian's MariaDB; skipped where there is none, but never in CI."""
    found = _programs("mariadb-server", ["mariadb-install-db", "mariadbd", "mariadb"], [])
    with tempfile.TemporaryDirectory(prefix="kpi-mariadb-") as name:
        folder, run_as = _owned(Path(name), "mysql")
        data = f"--datadir={folder / 'data'}"
        _quietly([*run_as, found["mariadb-install-db"], "--no-defaults", data, "--skip-test-db",
                  "--auth-root-authentication-method=normal"])  # fmt: skip
        port = _free_port()
        users = folder / "users.sql"
        users.write_text(
            f"CREATE USER '{USER}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n"
            f"GRANT ALL ON *.* TO '{USER}'@'127.0.0.1';\n",
            encoding="utf-8",
        )
        users.chmod(0o644)
        command = [found["mariadbd"], "--no-defaults", data, f"--port={port}",
                   "--bind-address=127.0.0.1", f"--socket={folder / 'socket'}",
                   f"--init-file={users}", "--skip-name-resolve", "--local-infile=1",
                   "--character-set-server=utf8mb4", "--innodb-flush-log-at-trx-commit=0",
                   "--innodb-buffer-pool-size=32M", "--default-time-zone=+00:00"]  # fmt: skip
        client = (found["mariadb"], "--no-defaults", "--host=127.0.0.1", f"--port={port}",
                  f"--user={USER}", "--default-character-set=utf8mb4", "--local-infile=1",
                  "--batch", "--skip-column-names")  # fmt: skip
        server = Server("mysql", port, client, "mysql")
        with _Running(run_as, command, signal.SIGTERM, folder / "log") as running:
            running.wait_for(server)
            yield server


class _Running:
    """A server as a child, stopped by ``stop`` at the end, or when this process dies."""

    def __init__(
        self, run_as: Sequence[str], command: Sequence[str], stop: signal.Signals, log: Path
    ) -> None:
        self._command = [*run_as, *command]
        if run_as:  # the parent's death is told to the program that setpriv becomes
            self._command.insert(1, f"--pdeathsig={stop.name.removeprefix('SIG')}")
        self._stop, self._log = stop, log

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/"
            )
        return self

    def wait_for(self, server: Server) -> None:
        """Return when the server answers."""
        end = time.monotonic() + _LONGEST
        while not server.answers():
            told = self._log.read_text(encoding="utf-8", errors="replace")
            assert self._process.poll() is None, told
            assert time.monotonic() < end, told
            time.sleep(0.05)

    def __exit__(self, *_error: object) -> None:
        self._process.send_signal(self._stop)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _programs(package: str, names: Sequence[str], folders: Sequence[str]) -> Mapping[str, str]:
    """Return where each program is; skip, or fail in CI, where one is not there."""
    path = os.pathsep.join([*folders, os.environ.get("PATH", ""), "/usr/sbin"])
    found = {name: shutil.which(name, path=path) for name in [*names, "setpriv"]}
    missing = [name for name, where in found.items() if where is None]
    if missing:
        reason = f"no {', '.join(missing)} here: make servers, or apt-get install {package}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return {name: where for name, where in found.items() if where is not None}


def _owned(folder: Path, user: str) -> tuple[Path, list[str]]:
    """Give the folder to the server's user where this is root; return how to run as that user."""
    if os.geteuid() != 0:
        return folder, ["setpriv"]
    shutil.chown(folder, user, user)
    return folder, ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]


def _quietly(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
