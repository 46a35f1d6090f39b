"""Values that are made when they are asked for: once, and no others."""

from __future__ import annotations

import pytest

from kpi_site.editions.asked import InTurn, WhenAsked


def test_what_nobody_asks_for_is_not_made() -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    values = WhenAsked(("b", "a"), make)
    assert (list(values), len(values), "a" in values, made) == (["b", "a"], 2, True, [])
    assert [values["a"], values.get("a"), values.get("c", "none")] == ["A", "A", "none"]
    assert made == ["a"]
    with pytest.raises(KeyError):
        values["c"]
    assert dict(values) == {"b": "B", "a": "A"}
    assert made == ["a", "b"]


def test_a_sequence_asks_for_what_is_taken_of_it() -> None:
    made: list[int] = []

    def make(key: int) -> str:
        made.append(key)
        return str(key)

    values = InTurn((10, 20, 30), make)
    assert (len(values), list(values[-1:]), values[0], made) == (3, ["30"], "10", [30, 10])
    assert list(reversed(values)) == ["30", "20", "10"]
