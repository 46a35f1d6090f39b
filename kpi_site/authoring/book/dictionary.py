"""A company's own KPI dictionary in a spreadsheet becomes draft cards: columns named by --map."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from kpi_site.authoring.book.draft_card import LIMITS, Mapped, Row, card_text
from kpi_site.authoring.book.guesses import id_of
from kpi_site.authoring.book.heads import table_of
from kpi_site.authoring.book.reading import Place, open_book
from kpi_site.authoring.edits import Rewrite
from kpi_site.authoring.refusal import Refusal, misused
from kpi_site.catalog import Unit
from kpi_site.content import read_draft
from kpi_site.content.blanks import BLANK
from kpi_site.content.draft import Draft
from kpi_site.content.scalars import is_id
from kpi_site.content.yaml_source import Mapping, Node, Scalar
from kpi_site.problems import (
    Message,
    Problem,
    closest,
    did_you_mean,
    has_errors,
    in_order,
)

_TEXTS: Final = (
    "name", "definition", "purpose", "collector", "source", "verifier", "presentation", "notes",
)  # fmt: skip
KEYS: Final = (
    "id", "department", *_TEXTS, *(f"{t}.{x}" for t in _TEXTS for x in ("zh", "en")), "formula",
    "unit", "direction", "cycle", *LIMITS, "perspective", "aliases",
)  # fmt: skip
"""What a column may be."""
_ORDER: Final = (
    "id", "name", "definition", "purpose", "formula", "terms", "unit", "direction", "cycle",
    "thresholds", "notes", "collector", "source", "verifier", "presentation", "perspective",
    "aliases", "status",
)  # fmt: skip


@dataclass(slots=True)
class Found:
    """What a dictionary comes to: files to write, rows passed over, and problems."""

    rewrites: list[Rewrite] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)  # rows that are no indicator
    twice: list[tuple[str, bool]] = field(default_factory=list)
    """Cells with the name of an earlier row; whether in its department too, so passed over."""
    named: dict[str, dict[str, str]] = field(default_factory=dict)
    """The cell of each name, by department."""
    ignored: list[str] = field(default_factory=list)  # heads that no --map names
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    unknown: dict[tuple[str, str], list[Place]] = field(default_factory=dict)
    """The cells of each department or perspective that the site does not know, by kind and name."""


def mapped(written: Sequence[str]) -> Mapped | Refusal:
    """Read ``KEY=HEAD`` of each --map."""
    found = []
    for one in written:
        key, _, head = one.partition("=")
        key = key.strip()
        if key not in KEYS:
            hint = did_you_mean(key, KEYS)
            return misused(f"--map 没有键“{key}”", f"--map knows no key '{key}'", hint)
        if not head.strip():
            return misused(f"--map {key}= 后面要写列名", f"--map {key}= needs the head of a column")
        found.append((key, head.strip()))
    names = {key for key, _ in found}
    if not names & {"name", "name.zh", "name.en"}:
        return misused(
            "用 --map name=列名 说明哪一列是名称", "tell which column is the name: --map name=HEAD"
        )
    return tuple(found)


def drafts_of(
    draft: Draft,
    path: Path,
    maps: Mapped,
    *,
    sheet: str | None,
    department: str | None,
    today: date,
) -> Found:
    """Return the draft cards of a dictionary's rows; with problems, nothing is to be written."""
    found = Found()
    opened = open_book(path, path.name)
    if isinstance(opened, Problem):
        found.problems.append(opened)
        return found
    table = table_of(opened, path.name, maps, sheet, found.problems)
    if table is None:
        return found
    writer = _Writer(draft, maps, department, found)
    for texts in table.rows(found.passed):
        writer.card(texts)
    found.ignored = table.ignored()
    found.problems += _unknown(draft, found)
    if not found.problems:
        _checked(draft, found, today)
    return found


@dataclass(frozen=True, slots=True)
class _Writer:
    """Makes cards of rows."""

    draft: Draft
    maps: Mapped
    department: str | None
    found: Found

    def card(self, texts: Map[str, tuple[str, Place]]) -> None:
        """Note the card of one row; without a name it is a line between others."""
        row = Row(self.maps, texts, self.draft.catalog.site.languages)
        names = row.texts("name")
        if not names:
            return
        at = row.place("name").name
        if (there := self._there(names)) is not None:
            self.found.there.append(f"{at}: {there}")
            return
        name = self._id(row, names)
        department = self._unit(row, "department", self.draft.catalog.site.departments)
        if department is None and row.one("department") is None:
            department = self.department
            if department is None:
                self.found.unknown.setdefault(("department", ""), []).append(row.place("name"))
        if name is None or department is None or self._again(names, department, at):
            return
        file = f"content/indicators/{department}/{name}.yml"
        self.found.places[file] = row.place("name")
        perspective = self._unit(row, "perspective", self.draft.catalog.site.perspectives)
        text = card_text(row, name, perspective, file)
        self.found.rewrites.append(Rewrite(file, file, "", text))

    def _there(self, names: Map[str, str]) -> str | None:
        """Return the file of a card of the same name."""
        for entry in self.draft.indicators:
            own = entry.value.name if entry.value is not None else None
            if own is not None and any(own.get(x) == text for x, text in names.items()):
                return entry.file
        for entry in self.draft.unfinished:
            if set(names.values()) & set(_words(entry.mapping.get("name"))):
                return entry.file
        return None

    def _again(self, names: Map[str, str], department: str, at: str) -> bool:
        """Tell whether an earlier row has that name; in another department it is another card."""
        text = next(iter(names.values()))
        before = self.found.named.setdefault(text, {})
        again = department in before
        if before:
            first = before.get(department, next(iter(before.values())))
            self.found.twice.append((f"{at}: {first}", again))
        before.setdefault(department, at)
        return again

    def _id(self, row: Row, names: Map[str, str]) -> str | None:
        """Return the id that the row tells, else one made of its name, not taken yet."""
        taken = {Path(r.target).stem for r in self.found.rewrites}
        taken |= {e.name for e in (*self.draft.indicators, *self.draft.unfinished)}
        given = row.one("id")
        if given is None:
            return id_of(names, taken)
        text, place = given
        if is_id(text) and text not in taken:
            return text
        if text in taken:
            self.found.problems.append(place.problem(
                "duplicate-id", f"标识“{text}”已被使用", f"the id '{text}' is taken"
            ))  # fmt: skip
        else:
            self.found.problems.append(place.problem(
                "bad-id",
                f"标识“{text}”不合规则",
                f"'{text}' is not a valid id",
                Message("只用小写英文字母、数字和下划线，以字母开头；不映射 id，就由名称生成。",
                        "Use lower-case letters, digits and underscores, starting with a letter; "
                        "without --map id=… it is made of the name."),
            ))  # fmt: skip
        return None

    def _unit(self, row: Row, key: str, units: Sequence[Unit]) -> str | None:
        """Return the id of a department or perspective by its id or name."""
        given = row.one(key)
        if given is None:
            return None
        text, place = given
        names = _names(units)
        if text not in names:
            self.found.unknown.setdefault((key, text), []).append(place)
        return names.get(text)


def _names(units: Sequence[Unit]) -> dict[str, str]:
    """Return the id of each unit by its id and its names."""
    return {
        name: str(unit.id)
        for unit in units
        for name in (str(unit.id), unit.name.get("zh"), unit.name.get("en"))
    }


_UNTOLD: Final = Message(
    "请填好部门列（--map department=列名），或用 --department 指定。",
    "Fill in its column (--map department=HEAD), or tell it with --department.",
)
_KINDS: Final = {
    "department": Message("部门", "department"),
    "perspective": Message("视角", "perspective"),
}


def _unknown(draft: Draft, found: Found) -> Iterator[Problem]:
    """Yield each unit that the site does not know once, however many rows name it."""
    site = draft.catalog.site
    for (key, text), places in found.unknown.items():
        known = _names(site.departments if key == "department" else site.perspectives)
        kind, more = _KINDS[key], len(places) - 1
        zh, en = f"未知的{kind.zh}“{text}”", f"unknown {kind.en} '{text}'"
        if not text:
            zh, en = "没有写部门", "no department"
        if more:
            zh, en = f"{zh}，另有 {more} 行", f"{en}, and in {more} more rows"
        if not text:
            yield places[0].problem("unknown-department", zh, en, _UNTOLD)
            continue
        hint = did_you_mean(text, known) if closest(text, known) else None
        yield places[0].problem(
            f"unknown-{key}", zh, en, hint or _to_add(key, text, known.values(), site.languages)
        )


def _to_add(key: str, text: str, taken: Collection[str], languages: Sequence[str]) -> Message:
    """Return what to write in ``site.yml`` for a unit that it lacks."""
    names = [text, *([BLANK] * (len(languages) - 1))]
    name = ", ".join(f"{x}: {name}" for x, name in zip(languages, names, strict=True))
    line = f"- {{id: {id_of({'zh': text}, taken)}, name: {{{name}}}}}"
    return Message(
        f"请先写进 site.yml 的 {key}s：{line}", f"Add it to {key}s of site.yml first: {line}"
    )


def _words(node: Node | None) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, Mapping):
        for _, value in node.entries:
            yield from _words(value)


def _checked(draft: Draft, found: Found, today: date) -> None:
    """Read the content as it will be; what is wrong with it is told at the dictionary's row."""
    root = draft.catalog.site.root
    instead = {r.target: r.after.encode() for r in found.rewrites}
    new = [p for p in read_draft(root, today=today, instead=instead)[1] if p.where.file in instead]
    if not has_errors(new):
        return
    for each in new:
        at = found.places[each.where.file]
        message = Message(f"{at.name}：{each.message.zh}", f"{at.name}: {each.message.en}")
        found.problems.append(Problem(at.where, each.code, message, each.hint, each.severity))
    found.problems = list(in_order(found.problems))
