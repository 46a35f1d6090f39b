"""The core schema of YAML 1.2, by the specification's own examples (10.3.2, example 10.9)."""

from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kpi_site.yaml_core import PLAIN, dump, kind_of, load

EXAMPLE = """\
A null: null
Also a null: # Empty
Not a null: ""
Booleans a: [ true, True, false, FALSE ]
Integers a: [ 0, 0o7, 0x3A, -19 ]
Floats a: [
  0., -0.0, .5, +12e03, -2E+05 ]
Also floats a: [
  .inf, -.Inf, +.INF, .NAN ]
"""


def test_the_example_of_the_specification() -> None:
    found = load(EXAMPLE)
    assert isinstance(found, dict)
    assert math.isnan(found["Also floats a"].pop())
    assert found == {
        "A null": None,
        "Also a null": None,
        "Not a null": "",
        "Booleans a": [True, True, False, False],
        "Integers a": [0, 7, 58, -19],
        "Floats a": [0.0, -0.0, 0.5, 12000.0, -200000.0],
        "Also floats a": [math.inf, -math.inf, math.inf],
    }
    assert [type(number) for number in found["Floats a"]] == [float] * 5


@pytest.mark.parametrize(
    "text",
    [
        *("no", "Yes", "on", "OFF", "y", "tRUE", "nULL", "1:30", "1_000", "0b1", "0O7", "+0x1"),
        *(
            "2026-10-31",
            "2026-10",
            "<<",
            "=",
            "-.nan",
            "1e",
            ".",
            "-",
            "+",
            ".e5",
            "0x",
            "٣",
            "1 2",
        ),
        *("NULL\n", "1\n", "inf", "nan"),
    ],
)
def test_what_other_schemas_read_as_something_is_text(text: str) -> None:
    assert kind_of(text) == "string"


@given(st.text(alphabet="0123456789abefxoEnNulLTrRUe+-._~yYsS:= ", max_size=6))
def test_the_quick_no_loses_nothing(text: str) -> None:
    first = next((kind for kind, known in PLAIN.items() if known.fullmatch(text)), "string")
    assert kind_of(text) == first


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(alphabet="01.eExo+-_~nulTrasyY:#,[]{}'\"\n 中", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(VALUES, st.sampled_from([True, False, None]))
def test_what_is_written_is_read_again(value: object, flow: bool | None) -> None:
    assert load(dump(value, flow=flow)) == value


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        load("a: 1\na: 2\n")
    with pytest.raises(yaml.YAMLError):
        load("a: [1\n")
