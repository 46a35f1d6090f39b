"""Words marked, fields paired, translations left behind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kpi_site.content.yaml_source import parse_yaml
from kpi_site.diff.fields import FieldChange, field_changes, stale_texts
from kpi_site.diff.plain import Plain, plain
from kpi_site.diff.words import Mark, marked, shortened


def show(old: str, new: str) -> str:
    """Return marks in one line: ``[gone]`` and ``{new}``."""
    looks = {"same": "{0}", "gone": "[{0}]", "new": "{{{0}}}"}
    return "".join(looks[m.kind].format(m.text) for m in marked(old, new))


def test_latin_words() -> None:
    assert show("the mean of all answers", "the median of all answers") == (
        "the [mean]{median} of all answers"
    )
    assert show("from 1,234.5 to 99.5%", "from 1,234.6 to 99.5%") == (
        "from [1,234.5]{1,234.6} to 99.5%"
    )


def test_chinese_by_characters() -> None:
    assert (
        show("客户满意度调查的平均分", "客户满意度问卷的平均分") == "客户满意度[调查]{问卷}的平均分"
    )
    assert show("当期全部订单", "当期订单") == "当期[全部]订单"


def test_changes_join_over_spaces() -> None:
    assert show("keep one two here now", "keep red blue here now") == (
        "keep [one two]{red blue} here now"
    )


def test_other_texts_stand_side_by_side() -> None:
    assert show("0.90", "0.95") == "[0.90]{0.95}"
    assert (
        show("销售收入与目标之比", "shipments by region")
        == "[销售收入与目标之比]{shipments by region}"
    )


@given(st.text(), st.text())
def test_nothing_is_lost(old: str, new: str) -> None:
    marks = marked(old, new)
    assert "".join(m.text for m in marks if m.kind != "new") == old
    assert "".join(m.text for m in marks if m.kind != "gone") == new


def test_what_is_the_same_is_shortened() -> None:
    marks = (Mark("same", "a" * 300), Mark("new", "b"), Mark("same", "c" * 300))
    found = shortened(marks, around=5)
    assert [m.text for m in found] == ["…aaaaa", "b", "ccccc…"]


def yaml(text: str) -> Plain:
    """Read YAML without its places."""
    tree, problems = parse_yaml(text.encode(), "x.yml")
    assert tree is not None
    assert not problems
    return plain(tree)


def fields(old: str, new: str) -> list[tuple[str, str | None, str | None]]:
    """Return what differs between two YAML texts."""
    found = field_changes(yaml(old), yaml(new))
    return [(".".join(f.path), f.old, f.new) for f in found]


def test_the_same_in_other_words_of_yaml() -> None:
    assert fields("a: [x, y]\nb: {c: 1}\n", "b:\n  c: 1\na:\n  - 'x'\n  - y # z\n") == []


def test_keys_and_words() -> None:
    assert fields("a: 1\nb: x\nd: [p, q]", "a: 2\nc: y\nd: [q]") == [
        ("a", "1", "2"),
        ("b", "x", None),
        ("c", None, "y"),
        ("d", "p, q", "q"),
    ]


def test_items_go_by_their_names() -> None:
    old = "t:\n  - {from: 2024, target: 1}\n  - {from: 2025, target: 2}\n"
    new = "t:\n  - {from: 2025, target: 3}\n  - {from: 2026, target: 4}\n"
    assert fields(old, new) == [
        ("t.2024", "{from: 2024, target: 1}", None),
        ("t.2025.target", "2", "3"),
        ("t.2026", None, "{from: 2026, target: 4}"),
    ]


def test_items_of_one_name_and_another_order() -> None:
    old = "l: [{indicator: a, weight: 1}, {indicator: a, weight: 2}, {indicator: b, weight: 3}]"
    new = "l: [{indicator: b, weight: 3}, {indicator: a, weight: 1}, {indicator: a, weight: 5}]"
    assert fields(old, new) == [
        ("l.a (2).weight", "2", "5"),
        ("l.order", "a (1), a (2), b", "b, a (1), a (2)"),
    ]


def test_a_null_is_a_value() -> None:
    assert fields("e: null", "e: 1") == [("e", "null", "1")]
    assert list(field_changes({"a": {"zh": "x"}}, {"a": None})) == [
        FieldChange(("a", "zh"), "x", None)
    ]


def test_texts_left_behind() -> None:
    old = yaml(
        "name: {zh: 一, en: one}\nnotes: {zh: 甲, en: a}\nabout: {zh: 乙, en: b}\nx: {zh: 丙}"
    )
    new = yaml(
        "name: {zh: 二, en: one}\nnotes: {zh: 丁, en: d}\nabout: {zh: 乙, en: c}\nx: {zh: 戊}"
    )
    found = [(s.path, s.changed, s.left) for s in stale_texts(old, new)]
    assert found == [(("name",), "zh", "en"), (("about",), "en", "zh")]


def test_other_line_breaks_are_no_change_of_a_text() -> None:
    old, new = yaml("n: {zh: 一 二, en: one}"), yaml("n:\n  zh: |\n    一\n    二\n  en: one")
    assert list(stale_texts(old, new)) == []
