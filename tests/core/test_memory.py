"""What a process remembers holds only while it was made of the very same values."""

from __future__ import annotations

from kpi_site.catalog import Text
from kpi_site.kept import Prints
from kpi_site.memory import Memory, Same


def test_a_room_is_made_once() -> None:
    memory = Memory()
    room = memory.room("rows", dict[str, int])
    assert memory.room("rows", dict[str, int]) is room
    assert memory.room("columns", dict[str, int]) is not room
    assert Memory().room("rows", dict[str, int]) is not room


def test_a_value_is_given_again_for_the_very_same_values_alone() -> None:
    same: Same[str] = Same()
    one, equal = Text(plain="one"), Text(plain="one")
    assert same.get("csat", (one,)) is None
    same.put("csat", (one,), "made")
    assert same.get("csat", (one,)) == "made"
    assert same.get("csat", (equal,)) is None
    assert same.get("csat", (one, one)) is None
    assert same.get("csat", ()) is None
    assert same.get("nps", (one,)) is None


def test_what_a_build_does_not_ask_for_is_forgotten_with_the_next() -> None:
    same: Same[str] = Same()
    own = Text(plain="one")
    same.put("asked", (own,), "made")
    same.put("unasked", (own,), "made")
    same.again()
    assert same.get("asked", (own,)) == "made"
    same.again()
    assert same.get("asked", (own,)) == "made"
    assert same.get("unasked", (own,)) is None


def test_digests_of_values_that_live_on_are_kept_for_the_next_build() -> None:
    prints, own = Prints(), Text(plain="one")
    found = prints.of(own)
    for _ in range(3):
        assert prints.again().of(own) == found == Prints().of(own)
        assert prints.of(Text(plain="other")) == Prints().of(Text(plain="other"))
