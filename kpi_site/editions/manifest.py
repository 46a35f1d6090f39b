"""``edition.json``: written so that a person can read it, and read back strictly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kpi_site.as_data.values import kept, text
from kpi_site.catalog import KINDS, RevisionKind, Signoff, Text
from kpi_site.editions.model import FORMAT, Manifest
from kpi_site.problems import Location


def sha256(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal digits, as ``sha256sum`` prints it."""
    return hashlib.sha256(data).hexdigest()


def to_bytes(manifest: Manifest) -> bytes:
    """Return the manifest as JSON; equal manifests give equal bytes."""
    data = {
        "format": FORMAT,
        "period": manifest.period,
        "days": manifest.days and [day.isoformat() for day in manifest.days],
        "edition": manifest.number,
        "published": manifest.published.isoformat(),
        "kind": manifest.kind,
        "reason": text(manifest.reason),
        "data_through": manifest.data_through.isoformat(),
        "organisation": text(manifest.organisation),
        "languages": list(manifest.languages),
        "audiences": list(manifest.audiences),
        "summary": text(manifest.summary),
        "program": manifest.program,
        "figures": manifest.figures,
        "signoffs": [_signoff(s) for s in manifest.signoffs],
        "previous": manifest.previous or None,
        "files": dict(sorted(manifest.files.items())),
        "cards": dict(sorted(manifest.cards.items())),
        "data": dict(sorted(manifest.data.items())),
        "servers": dict(sorted(manifest.servers.items())) or None,
    }
    return (json.dumps(kept(data), ensure_ascii=False, indent=1) + "\n").encode()


def _signoff(signoff: Signoff) -> dict[str, Any]:
    return kept(
        {
            "role": signoff.role,
            "by": text(signoff.by),
            "on": signoff.on.isoformat(),
            "digest": signoff.digest,
            "signer": signoff.signer,
        }
    )


def from_bytes(data: bytes, file: str) -> Manifest | None:
    """Read what ``to_bytes`` wrote; None if it is something else, or of a newer format."""
    try:
        found = json.loads(data)
        return _manifest(found, file) if found["format"] == FORMAT else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _manifest(found: Mapping[str, Any], file: str) -> Manifest:
    return Manifest(
        period=str(found["period"]),
        number=int(found["edition"]),
        published=date.fromisoformat(found["published"]),
        data_through=date.fromisoformat(found["data_through"]),
        figures=str(found["figures"]),
        kind=_kind(found.get("kind")),
        reason=text_of(found.get("reason")),
        program=str(found.get("program", "")),
        languages=tuple(found.get("languages", ())),
        audiences=tuple(found.get("audiences", ())),
        organisation=text_of(found.get("organisation")) or Text(),
        summary=text_of(found.get("summary")),
        signoffs=tuple(_read_signoff(s, file) for s in found.get("signoffs", ())),
        cards=dict(found.get("cards", {})),
        data=dict(found.get("data", {})),
        files=dict(found["files"]),
        previous=str(found.get("previous", "")),
        days=_days(found.get("days")),
        servers=dict(found.get("servers", {})),
    )


def _days(found: Sequence[str] | None) -> tuple[date, date] | None:
    if found is None:
        return None
    first, last = map(date.fromisoformat, found)
    return first, last


def _kind(word: str | None) -> RevisionKind | None:
    return None if word is None else {str(kind): kind for kind in KINDS}[word]


def text_of(found: Mapping[str, str] | None) -> Text | None:
    """Return a text as it was written by language; None for none."""
    return None if found is None else Text(zh=found.get("zh"), en=found.get("en"))


def _read_signoff(found: Mapping[str, Any], file: str) -> Signoff:
    return Signoff(
        where=Location(file),
        role=str(found["role"]),
        by=text_of(found["by"]) or Text(),
        on=date.fromisoformat(found["on"]),
        digest=found.get("digest"),
        signer=found.get("signer"),
    )
