"""Content files of two states, paired by what they define and compared field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kpi_site.content import SITE_FILE
from kpi_site.content.folders import ContentFile, FileKind, content_files
from kpi_site.diff.fields import FieldChange, Stale, field_changes, stale_texts
from kpi_site.diff.plain import Plain, read_plain

Kind = FileKind | Literal["site"]
KINDS: tuple[Kind, ...] = (
    "indicator",
    "scorecard",
    "dataset",
    "report",
    "action",
    "glossary",
    "site",
)
Status = Literal["added", "removed", "changed", "renamed"]
_Key = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class ContentChange:
    """A file of content that came, went or changed; ``id`` is the new one, ``former`` the old.

    ``old_file`` is None for a new file, ``new_file`` for one that is gone. ``fields`` are
    empty then, and ``data`` is the file's content on the side that has it; of a file that cannot
    be read on one side they are empty, too.
    """

    kind: Kind
    id: str
    status: Status
    old_file: str | None
    new_file: str | None
    fields: tuple[FieldChange, ...] = ()
    stale: tuple[Stale, ...] = ()
    former: str | None = None
    data: Plain = None


def content_changes(old: Path, new: Path) -> tuple[ContentChange, ...]:
    """Compare the content of the sites in two folders, by kind and id.

    A file that was written anew but says the same (other comments, quotes, order of keys) is
    no change. A card is paired with the one that it was before (``formerly``).
    """
    before, after = _files(old), _files(new)
    found = list(_changes(before, after, _renamed(before, after)))
    return tuple(sorted(found, key=lambda c: (KINDS.index(c.kind), c.id)))


def _changes(
    before: Mapping[_Key, ContentFile],
    after: Mapping[_Key, ContentFile],
    renamed: Mapping[_Key, _Key],
) -> Iterator[ContentChange]:
    for key, file in after.items():
        former = renamed.get(key, key)
        was = before.get(former)
        if was is None:
            data = read_plain(file.path, file.file)
            yield ContentChange(key[0], key[1], "added", None, file.file, data=data)
        elif was.file != file.file or was.path.read_bytes() != file.path.read_bytes():
            yield from _changed(key, former, was, file)
    kept = set(renamed.values())
    for key, file in before.items():
        if key not in after and key not in kept:
            data = read_plain(file.path, file.file)
            yield ContentChange(key[0], key[1], "removed", file.file, None, data=data)


def _changed(
    key: _Key, former: _Key, was: ContentFile, now: ContentFile
) -> Iterator[ContentChange]:
    old, new = (read_plain(f.path, f.file) for f in (was, now))
    readable = old is not None and new is not None
    fields = tuple(field_changes(old, new)) if readable else ()
    if was.folder != now.folder and key[0] == "indicator":
        fields = (FieldChange(("department",), was.folder, now.folder), *fields)
    if old == new and not fields:
        return
    name = None if former == key else former[1]
    status: Status = "changed" if name is None else "renamed"
    stale = tuple(stale_texts(old, new))
    data = old if new is None else new
    yield ContentChange(*key, status, was.file, now.file, fields, stale, name, data)


def _files(root: Path) -> dict[_Key, ContentFile]:
    found: dict[_Key, ContentFile] = {}
    if (root / SITE_FILE).is_file():
        # The kind is a dataset's for want of a better one: nothing asks for it here.
        found["site", "site"] = ContentFile("dataset", root / SITE_FILE, SITE_FILE, "site", "")
    for file in content_files(root)[0]:
        found.setdefault((file.kind, file.name), file)
    return found


def _renamed(
    before: Mapping[_Key, ContentFile], after: Mapping[_Key, ContentFile]
) -> dict[_Key, _Key]:
    """Return the former key of each new card that says which it was."""
    found: dict[_Key, _Key] = {}
    for key, file in after.items():
        if key[0] != "indicator" or key in before:
            continue
        data = read_plain(file.path, file.file)
        formerly = data.get("formerly") if isinstance(data, Mapping) else None
        for name in (formerly,) if isinstance(formerly, str) else formerly or ():
            former: _Key = ("indicator", str(name))
            if former in before and former not in after:
                found[key] = former
    return found


def stale_pages(old: Path, new: Path) -> tuple[str, ...]:
    """Return the hand-written pages that stayed the same while their other language changed.

    Paths are from the site's folder; both states have both languages of such a page.
    """
    found = []
    for changed, left in (("zh", "en"), ("en", "zh")):
        for path in sorted((new / "docs" / left).rglob("*.md")):
            name = path.relative_to(new / "docs" / left)
            pairs = [(root / "docs" / x / name) for x in (changed, left) for root in (old, new)]
            if not all(p.is_file() for p in pairs):
                continue
            first, second, third, fourth = (p.read_bytes() for p in pairs)
            if first != second and third == fourth:
                found.append(f"docs/{left}/{name.as_posix()}")
    return tuple(sorted(found))
