"""Whatever stands in a file: problems with places that exist, never a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_site.content.yaml_source import Mapping, Node, Scalar, Sequence, parse_yaml
from tests.content.company import FILES, SHORT, read

WORDS = [
    *("[]", "{}", "null", "1", "-1", "x", "true", "{a: 1}", "[a]", "[[x]]", "''", "2026-10"),
    *("1e999", ".nan", "0x1F", "99999999999999999999", '"<b>"', "SUM(x)", "0001-01-01", "9999"),
    *("1y", "9999y", "customers.tier", "tickets", "stock", "attainment", '"%"', '"a\\u0000b"'),
    *("SUM(1)/0", "{from: tickets}", "{term: actual}", "within", "MAX(created_at)", "*a", "'('"),
    *('"\\U00110000"', '"\\ud800"', '"\\u202e"', '"\\e[2J"', "con", "lpt1", "a" * 600, "*/" * 100),
    *("'" + "[" * 99 + "'", "9" * 5_000, "1e99999999", "(" * 999, "- " * 60, '"\\x"', "'\n\n'"),
    *("data/*.csv", "COUNT(*)", "2026-Q3", "{symbol: CNY}", "- -", "|\n  x", "\t", "# x"),
]


def scalars(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    if isinstance(node, Sequence):
        return [found for item in node.items for found in scalars(item)]
    if isinstance(node, Mapping):
        return [found for pair in node.entries for part in pair for found in scalars(part)]
    return []


def spans(text: str) -> list[tuple[int, int]]:
    tree, _ = parse_yaml(text.encode(), "x.yml")
    assert tree is not None
    return sorted(scalar.span for scalar in scalars(tree))


SPANS = {stem: spans(FILES[name]) for stem, name in SHORT.items()}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_word_at_any_place(data: st.DataObject) -> None:
    changed: dict[str, str | None] = {}
    for stem in data.draw(st.lists(st.sampled_from(sorted(SHORT)), min_size=1, unique=True)):
        text = FILES[SHORT[stem]]
        places = st.lists(st.sampled_from(SPANS[stem]), min_size=1, max_size=3, unique=True)
        for start, end in sorted(data.draw(places), reverse=True):
            text = text[:start] + data.draw(st.sampled_from(WORDS)) + text[end:]
        changed[SHORT[stem]] = text
    with tempfile.TemporaryDirectory() as root:
        found = read(Path(root), changed)
    for problem in found.problems:
        lines = (changed.get(problem.where.file) or FILES[problem.where.file]).split("\n")
        assert 0 <= problem.where.line <= len(lines)
        if problem.where.line:
            assert 1 <= problem.where.column <= len(lines[problem.where.line - 1]) + 1
        assert problem.text("zh") != problem.text("en")
