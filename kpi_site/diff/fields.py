"""Two states of a file, field by field: a path of keys, the old value and the new one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kpi_site.diff.plain import Plain, is_text, one_line

_NAMES: Final = (
    "id", "name", "indicator", "from", "rule", "role", "on", "fields", "title", "what", "given",
)  # fmt: skip
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A value that differs. ``path`` are keys; an item of a list stands under its own name.

    ``old`` or ``new`` is None where the field was not, or is no longer, written.
    """

    path: tuple[str, ...]
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Stale:
    """A text of which one language was changed, and ``left`` was not."""

    path: tuple[str, ...]
    changed: str
    left: str


def field_changes(old: Plain, new: Plain, path: tuple[str, ...] = ()) -> Iterator[FieldChange]:
    """Yield what differs, in the order of the new state; what is gone comes where it stood.

    A mapping is gone through by its keys, a list of mappings by what names its items; a list
    of words is one value.
    """
    if old == new:
        return
    before, after = _inside(old, new), _inside(new, old)
    if before is None or after is None:
        yield FieldChange(path, _written(old), _written(new))
        return
    for key in _union(before, after):
        yield from field_changes(before.get(key), after.get(key), (*path, key))
    if _moved(old, new, before, after):
        orders = [
            ", ".join(k for k in one if k in before and k in after) for one in (before, after)
        ]
        yield FieldChange((*path, "order"), *orders)


def _inside(value: Plain, other: Plain) -> dict[str, Plain] | None:
    """Return what ``value`` consists of; None where it is to be shown as one.

    What only one state has is shown as one, a text by language.
    """
    if value is None:
        return {} if is_text(other) else None
    if other is None and not is_text(value):
        return None
    return _named(value)


def _written(value: Plain) -> str | None:
    return None if value is None else one_line(value)


def stale_texts(old: Plain, new: Plain, path: tuple[str, ...] = ()) -> Iterator[Stale]:
    """Yield the texts of which one language changed while the other stayed as it was.

    Another break of lines is no change of a text.
    """
    if is_text(old) and is_text(new):
        assert isinstance(old, Mapping)
        assert isinstance(new, Mapping)
        yield from _stale(old, new, path)
        return
    before, after = _named(old), _named(new)
    if before is not None and after is not None:
        for key in after:
            if key in before:
                yield from stale_texts(before[key], after[key], (*path, key))


def _stale(
    old: Mapping[str, Plain], new: Mapping[str, Plain], path: tuple[str, ...]
) -> Iterator[Stale]:
    for changed, left in (("zh", "en"), ("en", "zh")):
        if left not in old or left not in new or changed not in old or changed not in new:
            continue
        if _flat(old[changed]) != _flat(new[changed]) and _flat(old[left]) == _flat(new[left]):
            yield Stale(path, changed, left)


def _flat(value: Plain) -> str:
    return _SPACE.sub(" ", str(value)).strip()


def _named(value: Plain) -> dict[str, Plain] | None:
    """Return a mapping's values by key, a list's mappings by their name; None for the rest."""
    if isinstance(value, Mapping):
        return dict(value)
    if not isinstance(value, tuple) or not value:
        return None
    if not all(isinstance(item, Mapping) for item in value):
        return None
    names = [_name(item) for item in value]
    again = Counter(names)
    seen: Counter[str] = Counter()
    found: dict[str, Plain] = {}
    for name, item in zip(names, value, strict=True):
        seen[name] += 1
        found[f"{name} ({seen[name]})" if again[name] > 1 else name] = item
    return found


def _name(item: Plain) -> str:
    """Return what an item of a list is called: by its id, name, period … as it is written."""
    assert isinstance(item, Mapping)
    for key in _NAMES:
        value = item.get(key)
        if value is None:
            continue
        if is_text(value):
            assert isinstance(value, Mapping)
            return str(next(iter(value.values())))
        if isinstance(value, str | tuple) or key == "given":
            return one_line(value)
    return "·"


def _union(before: Mapping[str, Plain], after: Mapping[str, Plain]) -> list[str]:
    """Return the keys of both: the new order, with what is gone after what it stood behind."""
    order = list(after)
    last = -1
    for key in before:
        if key in after:
            last = order.index(key)
        else:
            last += 1
            order.insert(last, key)
    return order


def _moved(old: Plain, new: Plain, before: Mapping[str, Plain], after: Mapping[str, Plain]) -> bool:
    """Tell whether the items of a list that both states have stand in another order."""
    if not isinstance(old, tuple) or not isinstance(new, tuple):
        return False
    return [k for k in before if k in after] != [k for k in after if k in before]
