"""A Containerfile carried out without an engine of containers, as far as this machine can.

This machine's files stand in for the image, in a layer of their own that is thrown away: an
overlay in a mount namespace, without a network. Users, owners, folders and commands are as the
file says. It needs Linux, root, and a Debian python3 with venv.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # as images have it


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield each instruction with what follows it, lines that go on joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.partition(" ")
        yield word, rest.strip()


def possible() -> bool:
    """Tell whether layers can be made here, and there is a python3 that all users may run."""
    command = ["unshare", "-m", "-n", "sh", "-c", f"{_layer('/tmp')} && chroot /tmp/m true"]
    python = ["/usr/bin/python3", "-c", "import ensurepip, sys; assert sys.version_info >= (3, 11)"]
    try:
        return all(
            subprocess.run(each, capture_output=True, check=False).returncode == 0
            for each in (command, python)
        )
    except OSError:
        return False


def _layer(place: str) -> str:
    """Return the commands that lay a root to be thrown away over ``place``/m."""
    return (
        f"mount -t tmpfs none {place} && mkdir {place}/u {place}/w {place}/m && mount -t overlay"
        f" none -o lowerdir=/,upperdir={place}/u,workdir={place}/w {place}/m"
    )


def carried_out(context: Path, place: Path) -> subprocess.CompletedProcess[bytes]:
    """Build the Containerfile of ``context`` in a layer over ``place``, and run its command.

    What it writes to its standard output is the result's.
    """
    ignored = " ".join((context / ".dockerignore").read_text("utf-8").split())
    lines = [
        "set -e",
        _layer(shlex.quote(str(place))),
        f"cd {shlex.quote(str(place))}; mount --rbind /dev m/dev; mount --rbind /proc m/proc",
        f"cp -a {shlex.quote(str(context))} context",
        f"(cd context && rm -rf {ignored})",
        "ln -sf /usr/bin/python3 m/usr/local/bin/python",
        _COPY,
        *_lines(context),
    ]
    command = ["unshare", "-m", "-n", "bash", "-c", "\n".join(lines)]
    return subprocess.run(command, capture_output=True, check=False)


def _lines(context: Path) -> Iterator[str]:
    user, folder, environment = "root", "/", {"PATH": _PATH}
    for word, rest in instructions((context / "Containerfile").read_text("utf-8")):
        match word:
            case "FROM":
                assert rest.startswith("docker.io/library/python:3")
            case "USER":
                user = rest
            case "WORKDIR":  # some engines make it root's
                folder = rest
                yield f"mkdir -p m{folder}"
            case "ENV":
                name, _, value = rest.partition("=")
                environment[name] = value.replace("$PATH", environment["PATH"])
            case "COPY":
                yield from _copied(rest, folder)
            case "RUN":
                yield f"{_inside(user, folder, environment, ['sh', '-c', rest])} >&2"
            case "CMD":
                yield _inside(user, folder, environment, json.loads(rest))
            case _:
                raise ValueError(word)


_COPY = """\
copy() {  # owner, source, folder: as COPY does, the folder itself keeps its owner
  if [ -d "context/$2" ]; then from="context/$2" names=$(ls -A "context/$2")
  else from=context names=$2; fi
  chroot m mkdir -p "$3"
  (cd "$from" && tar -c --owner="$1:0" --group="$1:0" -- $names) | chroot m tar -x -C "$3"
}"""


def _copied(rest: str, folder: str) -> Iterator[str]:
    owner, *sources, target = rest.split()
    name = owner.removeprefix("--chown=")
    assert name != owner
    for source in sources:
        yield f"copy {name} {source} {os.path.normpath(f'{folder}/{target}')}"


def _inside(user: str, folder: str, environment: dict[str, str], command: list[str]) -> str:
    home = "/root" if user == "root" else f"/home/{user}"
    words = [f"{k}={v}" for k, v in {**environment, "HOME": home}.items()]
    inner = shlex.join(
        ["env", "-i", *words, "sh", "-c", f'cd {folder} && exec "$@"', "-", *command]
    )
    return f"chroot --userspec={user} m {inner}"
