"""Where a cursor stands is told by the text before it, however broken what follows is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kpi_site.content.yaml_source import Mapping, Node, Scalar, Sequence, parse_yaml
from kpi_site.editor.spot import Path as Steps
from kpi_site.editor.spot import spot_at

SITES = Path(__file__).parents[1] / "sites"
FILES = [
    *sorted((SITES / "mini").rglob("content/**/*.yml")),
    *sorted((SITES / "appraisal").rglob("content/**/*.yml")),
]


def scalars(node: Node, path: Steps = ()) -> Iterator[tuple[Steps, bool, Scalar]]:
    """Yield every key (with the path of its mapping) and value (with its own) of a sound file."""
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield path, True, key
            yield from scalars(value, (*path, key.text))
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            yield from scalars(item, (*path, number))
    elif isinstance(node, Scalar):
        yield path, False, node


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(SITES).as_posix())
def test_the_place_is_that_of_the_whole_file(file: Path) -> None:
    text = file.read_text("utf-8")
    tree, problems = parse_yaml(text.encode(), file.name)
    assert tree is not None
    assert not problems
    checked = 0
    for path, key, scalar in scalars(tree):
        start, end = scalar.span
        if scalar.style in {"|", ">"} or not scalar.text:
            continue
        at = end - 1 if scalar.style else end
        for cursor in (at, start + (1 if scalar.style else 0) + 1):
            found = spot_at(text, min(cursor, at))
            assert found is not None, (path, scalar.text)
            assert found.path == path
            # a word alone on its line may yet become the first key of a mapping
            assert found.key is key or (key and found.fresh), scalar.text
            assert scalar.text.startswith(found.before)
        checked += 1
    assert checked > 3


@pytest.mark.parametrize(
    ("text", "path", "key", "word"),
    [
        ("terms:\n  a: {from: ord", ("terms", "a", "from"), False, "ord"),
        ("terms:\n  a: {from: orders, va", ("terms", "a"), True, "va"),
        ("terms:\n  a: {value: SUM(orders.am", ("terms", "a", "value"), False, "orders.am"),
        ("a: 1\nthre", (), True, "thre"),
        ("lines:\n  - {indicator: x}\n  - ind", ("lines", 1), False, "ind"),
        ("lines:\n  - indicator: x\n    we", ("lines", 0), True, "we"),
        ("related: [a, b", ("related", 1), False, "b"),
        ("value: \"SUM(a", ("value",), False, "a"),
        ("value: 'a''b", ("value",), False, "b"),
        ("formula: |\n  a +\n  b", ("formula",), False, "b"),
        ("formula: >-\n  a\n  + ", ("formula",), False, ""),
        ("from:", (), True, "from"),
    ],
)  # fmt: skip
def test_what_is_open_has_a_place(text: str, path: Steps, key: bool, word: str) -> None:
    found = spot_at(text + "\n}]: {{ not yaml", len(text))
    assert found is not None
    if text == "from:":
        assert found.before == "from:"
        return
    assert (found.path, found.key, found.word) == (path, key, word)


def test_a_comment_is_no_place() -> None:
    assert spot_at("a: 1 # wh", 9) is None


def test_after_broken_text_nothing_is_known() -> None:
    text = "a: [1\nb: {2\nc: "
    assert spot_at(text, len(text)) is None
