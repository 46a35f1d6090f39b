"""Hostile texts through Python-Markdown with the extensions that Material sites use."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_site.wording.markdown import bare, cell, opening, prose


def test_html_that_markdown_has_done_with_reads_the_same_without_cover() -> None:
    every = "".join(map(chr, range(32, 127)))
    cover = "&#34;&#38;&#39;&#60;&#62;"  # what HTML itself would take
    signs = every.translate(str.maketrans("", "", "\"&'<>"))
    assert sorted(bare(cell(every)).replace(" ", "")) == sorted((signs + cover).replace(" ", ""))
    assert bare("a&amp;#46;b &#8212; &#x2e; &#1;") == "a&amp;#46;b &#8212; &#x2e; &#1;"


EXTENSIONS = [
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc",
    "pymdownx.betterem", "pymdownx.blocks.html", "pymdownx.blocks.admonition", "pymdownx.caret",
    "pymdownx.critic", "pymdownx.details", "pymdownx.emoji", "pymdownx.highlight",
    "pymdownx.inlinehilite", "pymdownx.keys", "pymdownx.magiclink", "pymdownx.mark",
    "pymdownx.smartsymbols", "pymdownx.snippets", "pymdownx.superfences", "pymdownx.tabbed",
    "pymdownx.tasklist", "pymdownx.tilde", "pymdownx.arithmatex", "pymdownx.progressbar",
]  # fmt: skip

PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "<div markdown='1' onclick='x()'>a</div>",
    "<!-- comment --> after",
    "<?php echo 1 ?>",
    "<![CDATA[x]]>",
    "&lt;b&gt; &amp; &#60;script&#62;",
    "[click](javascript:alert(1))",
    "[click][1]\n\n[1]: javascript:alert(1)",
    "![x](http://elsewhere.example/x.png)",
    "<javascript:alert(1)>",
    "<https://elsewhere.example>",
    "https://elsewhere.example/a?b=c",
    "www.elsewhere.example",
    "someone@elsewhere.example",
    "word{: onclick=alert(1) }",
    "# title {: #id onclick=alert(1) }",
    "## heading",
    "Title\n=====",
    "*em* _em_ **strong** __strong__",
    "***a** b*",
    "`code` ``co`de``",
    "```\nfence\n```",
    "~~~ {.python onclick=x}\nfence\n~~~",
    "~~del~~ ~sub~ ^sup^ ^^ins^^ ==mark==",
    "{++added++} {--gone--} {~~a~>b~~} {>>note<<}",
    "++ctrl+alt+delete++",
    ":smile: :octicons-heart-16:",
    "(c) (tm) +/- 1/4 --> ==> =/=",
    "- [x] done",
    "* item",
    "1. first",
    "1986. a year",
    "> quote",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "a | b",
    "---",
    "Term\n:   definition",
    "text[^1]\n\n[^1]: note",
    "*[HTML]: Hyper Text",
    "[TOC]",
    "[[wiki]]",
    "!!! note\n    inside",
    "??? danger \"x\"\n    inside",
    "/// html | div[onclick=alert(1)]\nx\n///",
    "--8<-- \"mkdocs.yml\"",
    ";--8<-- \"mkdocs.yml\"",
    "=== \"Tab\"\n    x",
    "[=50% \"half\"]",
    "$\\alpha$ \\(x\\) $$y$$",
    "`#!python import os`",
    "\\*not em\\* \\<b\\>",
    "    indented code",
    "line one  \nline two",
    "@user #123 user/repo@abc",
    "{{ config.site_name }} {% raw %}",
    "=HYPERLINK(\"http://x\")",
    "C:\\temp\\*.csv <a|b> 'q' \"q\" `t`",
    "zero\u200bwidth 中文，标点。（括号）《书》",
    "\x02klzzwxh:0001\x03 stash",
]  # fmt: skip

ACTIVE = {
    "script", "img", "svg", "iframe", "a", "object", "embed", "style", "form", "input", "button",
    "link", "base", "meta", "video", "audio",
}  # fmt: skip


class Reader(HTMLParser):
    """Collects the tags, attributes and the visible text of some HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def render(text: str) -> str:
    options = {"pymdownx.arithmatex": {"generic": True}}
    return str(markdown.markdown(text, extensions=EXTENSIONS, extension_configs=options))


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(render(text))
    reader.close()
    return reader


def flat(text: str) -> str:
    return " ".join("".join(c for c in text if c not in "\x02\x03").split())


def test_there_are_enough_payloads_and_most_bite_when_not_treated() -> None:
    altered = [p for p in PAYLOADS if flat(read(p).text) != flat(p) or len(read(p).tags) > 1]
    assert len(PAYLOADS) >= 40
    assert len(altered) > len(PAYLOADS) / 2


@pytest.mark.parametrize("payload", PAYLOADS)
def test_cell_in_a_paragraph(payload: str) -> None:
    reader = read(cell(payload))
    assert reader.tags == ["p"]
    assert reader.attributes == []
    assert flat(reader.text) == flat(payload)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_cell_in_a_table(payload: str) -> None:
    reader = read(f"| name | value |\n|---|---:|\n| {cell(payload)} | 1 |")
    assert reader.tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]
    assert [a for a in reader.attributes if a[0] != "style"] == []
    assert flat(payload) in flat(reader.text)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_cell_in_a_heading_and_in_raw_html(payload: str) -> None:
    heading = read(f"# {cell(payload)}")
    assert heading.tags == ["h1"]
    assert [name for name, _ in heading.attributes] == ["id"]
    raw = read(f'<div class="x" title="{cell(payload)}"><b>{cell(payload)}</b></div>')
    assert raw.tags == ["div", "b"]
    assert dict(raw.attributes).keys() == {"class", "title"}
    assert flat(raw.text) == flat(payload)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>{}[]()!#*_`~|:;\\\"'=-+&/.$%^@? ab\n1中")))
def test_cell_never_alters_any_text(text: str) -> None:
    reader = read("x" + cell("y " + text))  # the x keeps an empty text from being no paragraph
    assert reader.tags == ["p"]
    assert flat(reader.text) == "x" + flat("y " + text)


def harmless(reader: Reader) -> bool:
    events = [n for n, _ in reader.attributes if n.startswith("on") or n in {"srcdoc", "src"}]
    targets = [v or "" for n, v in reader.attributes if n in {"href", "action", "formaction"}]
    schemes = [re.match(r"[a-z][a-z0-9+.-]*(?=:)", "".join(t.split()).lower()) for t in targets]
    bad = [s for s in schemes if s is not None and s[0] not in {"http", "https", "mailto"}]
    return not events and not bad and not (set(reader.tags) & (ACTIVE - {"a", "input"}))


@pytest.mark.parametrize("payload", [p for p in PAYLOADS if not p.startswith(":smile")])
def test_prose_runs_nothing(payload: str) -> None:
    assert harmless(read(prose(payload)))


@pytest.mark.parametrize(
    "payload",
    [
        "[a](java\tscript:alert(1))",
        "[a](JAVASCRIPT:alert(1))",
        "[a](java&#115;cript&colon;alert(1))",
        "[a](javascript\\:alert(1))",
        "[a]( javascript:alert(1))",
        "[a](<javascript:alert(1)>)",
        "[a](data:text/html;base64,AAAA)",
        '[a](vbscript:x "title")',
        "> [b]\n>\n> [b]: javascript:alert(1)",
        "[b]\n\n[b]:\n    javascript:alert(1)",
        "`\n<script>alert(1)</script>\n`",
        "```\n<b>\n```\n<script>alert(1)</script>",
        "```{.x onclick=alert(1)}\ncode\n```",
        "`a`{: onclick=alert(1)}",
        "- item\n{: onclick=alert(1)}",
        "![x][r]\n\n[r]: http://elsewhere.example/x.png",
        "[![x](http://e.example/x.png)](javascript:alert(1))",
        "<<script>script>alert(1)</script>",
        "/// html | img[src=x onerror=alert(1)]\n///",
        "  /// html | div[onclick=x]\n  a\n  ///",
    ],
)
def test_prose_runs_nothing_even_in_disguise(payload: str) -> None:
    assert harmless(read(prose(payload)))
    assert "<script" not in render(prose(payload))


def test_prose_includes_no_file() -> None:
    for payload in ('--8<-- "pyproject.toml"', '```\n--8<-- "pyproject.toml"\n```'):
        assert "flit" not in read(prose(payload)).text


PIECES = [
    "<script>", "</script>", "`", "```", "\n", "    ", "](", "javascript:", "[", "]: ", "![", ")",
    "{: onclick=x }", "<", ">", "///", " html | div[onclick=x]", "a", "> ", "\\", "[^a", "&#106;",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_prose_of_any_mixture_runs_nothing(text: str) -> None:
    assert harmless(read(prose(text)))


def test_prose_keeps_what_authors_may_write() -> None:
    made = render(prose("One *two* **three** [four](../x.md) `a < b && {c}`\n\n- five\n- six"))
    assert "<em>two</em>" in made
    assert "<strong>three</strong>" in made
    assert '<a href="../x.md">four</a>' in made
    assert made.count("<li>") == 2
    assert "a < b && {c}" in read(prose("`a < b && {c}`")).text


def test_prose_keeps_footnotes() -> None:
    assert "Note: see" in read(prose("text[^1]\n\n[^1]: Note: see there")).text
    assert harmless(read(prose("[^x]\n\n[^x]: javascript:alert(1)")))


def test_prose_shows_html_and_code_as_written() -> None:
    assert read(prose("if a <b> c")).text.strip() == "if a <b> c"
    code = "```sql\nSELECT *\n\nFROM t WHERE a < 1 -- {x}\n```"
    assert read(prose(code)).text.strip() == "SELECT *\n\nFROM t WHERE a < 1 -- {x}"


def test_prose_demotes_headings() -> None:
    assert read(prose("# A\n\ntext\n\n## B\n\nC\n===\n\nD\n---\n\n##### E")).tags == [
        "h3", "p", "h4", "h3", "h4", "h6"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("One.\n\n- two\n\n- three\n", "One.", "- two\n\n- three"),
        ("One\nmore.\r\n \r\nTwo.", "One\nmore.", "Two."),
        ("One.", "One.", ""),
        ("", "", ""),
        ("- a list\n\n- goes on", "- a list\n\n- goes on", ""),
        ("1. first\n\n2. second", "1. first\n\n2. second", ""),
        ("Code:\n```\na\n\nb\n```", "Code:\n```\na\n\nb\n```", ""),
    ],
)
def test_a_text_opens_with_its_first_paragraph(text: str, first: str, rest: str) -> None:
    assert opening(text) == (first, rest)
