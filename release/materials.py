"""The bill of materials of a release, by CycloneDX 1.6: the program and what it is locked to."""

from __future__ import annotations

import json
import re
import tomllib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

_SPACE: Final = uuid.UUID("1f0b7c1e-8d55-5d0e-9a55-2a0c7a2f6c11")
_PINNED: Final = re.compile(
    r"^([a-z0-9-]+)==(\S+?)(?: ; (.*?))? \\$((?:\n    --hash=.*)*)", re.MULTILINE
)
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")


def bill(root: Path, epoch: int) -> bytes:
    """Return the bill of what lies in ``root``; ``epoch`` is the commit's time, in seconds.

    A component's hashes are those of the files that may be installed for it: one for each
    system. Only the program's own dependencies are told as such; the lock does not say whose
    the others are.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    lock = (root / "kpi_site/dependencies.lock").read_text("utf-8")
    found = list(_components(lock))
    own = f"pkg:pypi/{project['name']}@{project['version']}"
    direct = {_normal(_NAME.match(each)[0]) for each in project["dependencies"]}  # type: ignore[index]
    data: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, f'{own} {epoch} {lock}')}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(epoch, UTC).isoformat(),
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": project["name"],
                "version": project["version"],
                "description": project["description"],
                "licenses": [{"license": {"id": project["license"]}}],
                "purl": own,
            },
        },
        "components": found,
        "dependencies": [
            {"ref": own, "dependsOn": [c["purl"] for c in found if c["name"] in direct]}
        ],
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _components(lock: str) -> Iterator[dict[str, Any]]:
    for name, version, marker, hashes in _PINNED.findall(lock):
        purl = f"pkg:pypi/{name}@{version}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "hashes": [{"alg": "SHA-256", "content": d} for d in _HASH.findall(hashes)],
            "purl": purl,
            **({"properties": [{"name": "python:marker", "value": marker}]} if marker else {}),
        }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
