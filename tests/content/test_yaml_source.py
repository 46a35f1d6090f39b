"""YAML 1.2 core with exact places: what is refused where, and where each character stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_site.content.yaml_source import MAX_DEPTH, Mapping, Scalar, Sequence, parse_yaml


def found(text: str | bytes) -> list[tuple[str, int, int]]:
    data = text.encode() if isinstance(text, str) else text
    _, problems = parse_yaml(data, "x.yml")
    return [(p.code, p.where.line, p.where.column) for p in problems]


def value(text: str, key: str = "a") -> Scalar:
    tree, problems = parse_yaml(text.encode(), "x.yml")
    assert problems == ()
    assert isinstance(tree, Mapping)
    node = tree.get(key)
    assert isinstance(node, Scalar)
    return node


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("no", "string"),
        ("on", "string"),
        ("Yes", "string"),
        ("1:30", "string"),
        ("2026-10", "string"),
        ("2026-10-31", "string"),
        ("1_000", "string"),
        ("0b1", "string"),
        ("'1'", "string"),
        ('"true"', "string"),
        ("=", "string"),
        ("true", "boolean"),
        ("False", "boolean"),
        ("12", "integer"),
        ("-012", "integer"),
        ("0x1F", "integer"),
        ("0o17", "integer"),
        ("1.5e3", "float"),
        (".inf", "float"),
        ("~", "null"),
        ("null", "null"),
        ("", "null"),
    ],
)
def test_yaml_12_core(written: str, kind: str) -> None:
    assert value(f"a: {written}\n").kind == kind


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", [("yaml-empty", 1, 1)]),
        ("# only a comment\n", [("yaml-empty", 1, 1)]),
        ("a: 1\nb: 2\na: 3\n", [("yaml-duplicate-key", 3, 1)]),
        ("a: {中: 1, 中: 2}\n", [("yaml-duplicate-key", 1, 11)]),
        ("a: &x 1\nb: *x\n", [("yaml-anchor", 1, 4), ("yaml-alias", 2, 4)]),
        ("a: {b: 1}\nc:\n  <<: {b: 2}\n", [("yaml-merge", 3, 3)]),
        ("a: !!str 1\n", [("yaml-tag", 1, 4)]),
        ("a: ! 1\n", [("yaml-tag", 1, 4)]),
        ("a: 1\n---\nb: 2\n", [("yaml-documents", 2, 1)]),
        ("a:\n\t- b\n", [("yaml-tab", 2, 1)]),
        ("a: x\ty\nb:\t1\n", [("yaml-tab", 1, 5), ("yaml-tab", 2, 3)]),
        ("? [a]\n: 1\n", [("yaml-key", 1, 3)]),
        ("a: b: c\n", [("yaml-syntax", 1, 5)]),
        ("a: 1\n b: 2\n", [("yaml-syntax", 2, 3)]),
        ("中文: '没有结束\n", [("yaml-syntax", 1, 5)]),
        ('a: "x\nb: 1\nc: {d: "e"}\n', [("yaml-syntax", 1, 4)]),
        ("a: 'x\nb: 1\nc: 'e'\n", [("yaml-syntax", 1, 4)]),
        ('a: "x\n  y"\nb: 1: 2\n', [("yaml-syntax", 3, 5)]),
        ("a: @x\n", [("yaml-syntax", 1, 4)]),
        ("a: [1, 2\nb: 3\n", [("yaml-syntax", 2, 2)]),
        ("a: 1\nb\nc: 2\n", [("yaml-syntax", 2, 1)]),
        ("a: - b\n", [("yaml-syntax", 1, 4)]),
        ("a: > b\n", [("yaml-syntax", 1, 6)]),
        ("a: * b\n", [("yaml-syntax", 1, 4)]),
        ("a: 中\x00\n", [("yaml-character", 1, 5)]),
        ("a: x\u2028y\n", [("yaml-character", 1, 5)]),
        ("a: x\ufeffy\n", [("yaml-character", 1, 5)]),
        (b"a: 1\nb: \xd6\xd0\n", [("yaml-encoding", 2, 4)]),
        ("a: 1\n".encode("utf-16"), [("yaml-encoding", 1, 1)]),
        ("\ufeffa: *b\n", [("yaml-alias", 1, 4)]),
    ],
)
def test_refused(text: str | bytes, problems: list[tuple[str, int, int]]) -> None:
    assert found(text) == problems


def test_a_file_may_begin_with_a_mark_and_end_lines_as_on_windows() -> None:
    tree, problems = parse_yaml(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "x.yml")
    assert problems == ()
    assert isinstance(tree, Mapping)
    assert [(k.text, k.where.line, k.where.column) for k, _ in tree.entries] == [
        ("a", 1, 1),
        ("b", 2, 1),
    ]


@pytest.mark.parametrize("bomb", ["[" * 100_000, "{a: " * 5_000, "- " * 3_000, "? " * 3_000])
def test_nesting_bombs(bomb: str) -> None:
    assert [code for code, _, _ in found(bomb)] == ["yaml-nesting"]


def test_nesting_up_to_the_limit() -> None:
    depth = MAX_DEPTH - 1
    assert found("[" * depth + "a" + "]" * depth) == []
    assert found("[" * (depth + 1) + "a" + "]" * (depth + 1)) == [("yaml-nesting", 1, depth + 2)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: {zh: 备注, en: Note: Share}\n", "a text holds a colon and is not quoted. Quote"),
        ("name: {en: Note: Share, zh: 备注}\n", "a text holds a colon and is not quoted. Quote"),
        ("a: [x: y: z]\n", "a text holds a colon and is not quoted. Quote"),
        ("a: {b: 1\nc: 2\n", "the mapping lacks a ',' or '}'. It begins on line 1"),
        ("a: {b: 1\n  c: 2}\n", "the mapping lacks a ',' or '}'. It begins on line 1"),
        ("a: [b\nc: 2\n", "the list lacks a ',' or ']'. It begins on line 1"),
    ],
)
def test_a_colon_in_a_text_is_told_from_a_missing_bracket(text: str, said: str) -> None:
    (problem,) = parse_yaml(text.encode(), "x.yml")[1]
    assert said in problem.text()


def test_places_count_characters_not_bytes() -> None:
    tree, _ = parse_yaml("中文: {键: 值, 😀: [x, y]}\n".encode(), "x.yml")
    assert isinstance(tree, Mapping)
    inner = tree.get("中文")
    assert isinstance(inner, Mapping)
    sequence = inner.get("😀")
    assert isinstance(sequence, Sequence)
    assert [item.where.column for item in sequence.items] == [16, 19]


# Where each character of the value stands, worked out by hand: (line, column) of the listed ones.
@pytest.mark.parametrize(
    ("text", "decoded", "places"),
    [
        ("a: SUM(x)\n", "SUM(x)", {0: (1, 4), 5: (1, 9), 6: (1, 10)}),
        ("a: SUM(\n    x )\n", "SUM( x )", {4: (1, 8), 5: (2, 5)}),
        ("a: 'it''s x'\n", "it's x", {2: (1, 7), 3: (1, 9), 5: (1, 11)}),
        ('a: "中\\u4e2d\\n\\"x"\n', '中中\n"x', {1: (1, 6), 2: (1, 12), 3: (1, 14), 4: (1, 16)}),
        ('a: "x \\\n   y\\\n   z"\n', "x yz", {1: (1, 6), 2: (2, 4), 3: (3, 4)}),
        ('a: "x  \n\n  y"\n', "x\ny", {1: (2, 1), 2: (3, 3)}),
        ("a: |\n  x\n   y\n", "x\n y\n", {0: (2, 3), 1: (2, 4), 2: (3, 3), 3: (3, 4)}),
        ("a: |2-\n   x\n  y\n", " x\ny", {0: (2, 3), 1: (2, 4), 3: (3, 3)}),
        ("b:\n  a: >-\n    x\n    y\n\n    z\n", "x y\nz", {1: (3, 6), 2: (4, 5), 4: (6, 5)}),
        ("a: >\n x\n  more\n y\n", "x\n more\ny\n", {1: (2, 3), 2: (3, 2), 3: (3, 3), 8: (4, 2)}),
        ("a: |+\n x\n\n\nb: 1\n", "x\n\n\n", {1: (2, 3), 2: (3, 1), 3: (4, 1)}),
        ("a: >-  # note\n\n  中文\n", "\n中文", {0: (2, 1), 1: (3, 3), 2: (3, 4)}),
        ("a: |\r\n  x\r\n  y\r\n", "x\ny\n", {1: (2, 4), 2: (3, 3)}),
    ],
)
def test_places_in_scalars(text: str, decoded: str, places: dict[int, tuple[int, int]]) -> None:
    tree, _ = parse_yaml(text.encode(), "x.yml")
    assert isinstance(tree, Mapping)
    node = tree.entries[0][1]
    node = node.entries[0][1] if isinstance(node, Mapping) else node
    assert isinstance(node, Scalar)
    code = node.code()
    assert code.text == decoded
    assert len(code.places) == len(decoded) + 1
    assert {i: code.places[i] for i in places} == places


WORDS = st.text("ab中ü😀'\"#:{}[],&*!|>%@`-?\\.", min_size=1, max_size=6)
LINES = st.lists(st.one_of(WORDS, st.just("")), min_size=1, max_size=5)


def assert_each_character_is_at_its_place(text: str, decoded: str) -> None:
    """The law: what stands at a character's place is that character (breaks: the line's end)."""
    code = value(text).code()
    assert code.text == decoded
    assert len(code.places) == len(decoded) + 1
    assert list(code.places) == sorted(code.places)
    lines = text.split("\n")
    for char, (line, column) in zip(decoded, code.places, strict=False):
        rest = lines[line - 1][column - 1 :]
        if char in "\n " and not rest.startswith(" "):
            assert rest == ""
        else:
            assert rest.startswith(char)


_MARKS = st.text(st.sampled_from("ab1 \n\t:-,[]{}#&*!|>'\"%@`~?.\\实，：\u3000\ufeff"), max_size=40)


@given(st.one_of(_MARKS.map(str.encode), st.binary(max_size=40)))
@settings(max_examples=400)
def test_law_any_bytes_are_read_or_refused_at_a_place_in_them(data: bytes) -> None:
    tree, problems = parse_yaml(data, "x.yml")
    assert tree is not None or problems
    lines = (
        data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )
    for told in problems:
        assert told.message.zh
        assert told.message.en
        assert 0 <= told.where.line <= len(lines)
        if told.where.line:
            assert 1 <= told.where.column <= len(lines[told.where.line - 1]) + 1, told


@given(words=st.lists(WORDS, min_size=1, max_size=5))
def test_law_single_quoted(words: list[str]) -> None:
    text = " ".join(words)
    written = text.replace("'", "''")
    assert_each_character_is_at_its_place(f"a: '{written}'\n", text)


@given(words=st.lists(WORDS, min_size=1, max_size=5), indent=st.integers(1, 4))
def test_law_folded_single_quoted(words: list[str], indent: int) -> None:
    written = ("\n" + " " * indent).join(word.replace("'", "''") for word in words)
    assert_each_character_is_at_its_place(f"a: '{written}'\n", " ".join(words))


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_law_double_quoted_escapes(text: str) -> None:
    """Escapes of any length: the place of each character is where its escape begins."""
    written = json.dumps(text)  # uses \uXXXX (pairs for what needs them: left out below)
    if any(ord(char) > 0xFFFF for char in text):
        written = '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'
    code = value(f"a: {written}\n").code()
    assert code.text == text
    expected, column = [], 5
    for char in text:
        expected.append((1, column))
        width = 10 if any(ord(c) > 0xFFFF for c in text) else len(json.dumps(char)) - 2
        column += width
    assert list(code.places) == [*expected, (1, column)]


@given(
    lines=LINES,
    indent=st.integers(1, 4),
    explicit=st.booleans(),
    extra=st.lists(st.integers(0, 3), min_size=5, max_size=5),
    chomp=st.sampled_from(["", "-", "+"]),
)
def test_law_literal(
    lines: list[str], indent: int, explicit: bool, extra: list[int], chomp: str
) -> None:
    """Literal blocks keep every character, deeper indentation too where the header says so."""
    if explicit:
        lines = [" " * n + line if line else "" for n, line in zip(extra, lines, strict=False)]
    header = f"|{indent if explicit else ''}{chomp}"
    body = "".join(" " * indent + line + "\n" if line else "\n" for line in lines)
    kept = "".join(line + "\n" for line in lines)
    stripped = kept.rstrip("\n")
    decoded = {"+": kept, "-": stripped, "": stripped + "\n" if stripped else ""}[chomp]
    assert_each_character_is_at_its_place(f"a: {header}\n{body}b: 1\n", decoded)


@given(
    paragraphs=st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=4),
    indent=st.integers(1, 4),
    gap=st.integers(1, 3),
)
def test_law_folded(paragraphs: list[list[str]], indent: int, gap: int) -> None:
    margin = " " * indent
    body = ("\n" + "\n" * gap).join(
        "\n".join(margin + word for word in words) for words in paragraphs
    )
    decoded = ("\n" * gap).join(" ".join(words) for words in paragraphs)
    assert_each_character_is_at_its_place(f"a: >-\n{body}\n", decoded)


PLAIN = st.text("ab中ü😀'\".\\", min_size=1, max_size=6).map(lambda word: "x" + word)


@given(words=st.lists(PLAIN, min_size=1, max_size=5), breaks=st.lists(st.integers(0, 2)))
def test_law_plain(words: list[str], breaks: list[int]) -> None:
    """Plain scalars over several lines, with blank ones between."""
    written, decoded = words[0], words[0]
    for word, count in zip(words[1:], [*breaks, 1, 1, 1, 1], strict=False):
        written += "\n" * count + "  " + word
        decoded += ("  " if count == 0 else " " if count == 1 else "\n") + word
    assert_each_character_is_at_its_place(f"a: {written}\n", decoded)


def test_a_text_with_a_colon_is_told_to_need_quotes() -> None:
    text = "name: {zh: 注, en: Note: Share}\n"
    _, problems = parse_yaml(text.encode(), "x.yml")
    (found,) = problems
    assert (found.where.line, found.where.column) == (1, 23)
    assert found.message.en == "a text holds a colon and is not quoted"
    assert found.hint is not None
    assert found.hint.en == 'Quote the whole text, as en: "Note: share".'
