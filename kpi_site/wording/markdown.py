"""Texts put safely into Markdown: data as inert characters, authors' prose without HTML.

Nothing here trusts a reading of Markdown: whatever a processor with extensions makes of a
text, no character is left in it that could begin HTML, an attribute list or an inclusion.
"""

from __future__ import annotations

import html
import re

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_BARE = re.compile(r"&#((?!34;|38;|39;|60;|62;)(?:3[3-9]|[4-9]\d|1[01]\d|12[0-6]));")
_MARKS = re.compile(r"[\\`*_~|&<>\[\]]")
_TICKS = re.compile(r"`+")
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FENCE = re.compile(
    r"^ {0,3}(?P<mark>`{3,}|~{3,})[^\n`]*\n(?P<code>.*?)^ {0,3}(?P=mark)[`~]*[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_SPAN = re.compile(r"(?<![`\\])(?P<mark>`+)(?!`)(?P<code>[^\n]+?)(?<!`)(?P=mark)(?!`)")
_SETEXT = re.compile(
    r"^ {0,3}(?P<title>[^\s#>|\-=+*][^\n]*)\n {0,3}(?P<line>=+|-+)[ \t]*$", re.MULTILINE
)
_HEADING = re.compile(r"^( {0,3})(#{1,6})(?=[^#]|$)", re.MULTILINE)
_TARGET = re.compile(r"(?P<before>(?P<note>\[\^[^\]\n]*)?\]:|(?<!\\)\]\()(?P<target>\s*[^)\n]*)")
_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*):", re.IGNORECASE)
_NOISE = re.compile(r"[\s\x00-\x20\\<]")
_OPEN_BLOCK = re.compile(r"^([ \t]*)/(?=//)", re.MULTILINE)
_SAFE_SCHEMES = frozenset({"http", "https", "mailto"})
_RUNNING_SCHEMES = frozenset({"javascript", "vbscript", "data", "file", "blob"})
_BLANK = re.compile(r"\n[ \t]*\n\s*")
_MARKED = re.compile(r"\s*([-+*>#|]|\d+[.)]|`{3}|~{3}|:::|/{3})")
_DEMOTED = 2  # a page's own sections are headings of the first two levels


def cell(text: str) -> str:
    """Return ``text`` such that Markdown shows it as it is, on one line.

    Rules: specification.md#safe-text.

    Every ASCII punctuation mark becomes a numeric entity, so nothing is left that Markdown,
    an attribute list or HTML could take for its own; white space becomes one space. The
    result is as safe in HTML, attributes included.
    """
    flat = _SPACE.sub(" ", _CONTROL.sub("", text)).strip()
    return _inert(flat)


def _inert(text: str) -> str:
    return _PUNCTUATION.sub(lambda m: f"&#{ord(m[0])};", text)


def bare(html: str) -> str:
    """Return HTML that Markdown has done with: what was inert for it alone as it is read."""
    return _BARE.sub(lambda m: chr(int(m[1])), html)


def prose(text: str) -> str:
    """Return an author's Markdown as it may stand in a page.

    Raw HTML and attribute lists are shown as text, code is kept to the letter, links lead
    to http, https, mailto or within the site, pictures become links (a site loads nothing
    from another host), and headings go below the page's own.
    """
    clean = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")
    kept: list[str] = []
    clean = _FENCE.sub(lambda m: _keep(kept, _block(m["code"])), clean)
    clean = _SPAN.sub(lambda m: _keep(kept, f"<code>{_inert(m['code'].strip())}</code>"), clean)
    clean = _defused(_demoted(clean))
    return re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m[1])], clean)


def elsewhere(text: str) -> str:
    """Return an author's Markdown for another program, such as an editor.

    As ``prose`` has it, but code stays Markdown's and headings are as they were.
    """
    clean = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")
    kept: list[str] = []
    for code in (_FENCE, _SPAN):
        clean = code.sub(lambda m: _keep(kept, m[0]), clean)
    return re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m[1])], _defused(clean))


def words(text: str) -> str:
    """Return ``text`` on one line for another program, where its marks stand for themselves."""
    flat = _SPACE.sub(" ", _CONTROL.sub("", text)).strip()
    return _MARKS.sub(r"\\\g<0>", flat)


def code(text: str) -> str:
    """Return ``text`` on one line as code, whatever ticks it holds."""
    flat = _SPACE.sub(" ", _CONTROL.sub("", text)).strip()
    longest = max(map(len, _TICKS.findall(flat)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {flat} {ticks}" if longest else f"`{flat}`"


def opening(text: str) -> tuple[str, str]:
    """Return the first paragraph of ``text`` and what follows it.

    A text that begins with a list, a heading or code has no such paragraph: all of it is
    the opening.
    """
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _MARKED.match(clean):
        return clean, ""
    first, *rest = _BLANK.split(clean, maxsplit=1)
    if "```" in first or "~~~" in first:  # an empty line within code ends no paragraph
        return clean, ""
    return first, "".join(rest)


def _keep(kept: list[str], code: str) -> str:
    """Put ``code`` aside and return its place holder (control characters are gone by then)."""
    kept.append(code)
    return f"\x00{len(kept) - 1}\x00"


def _block(code: str) -> str:
    return f"<pre><code>{_inert(code.rstrip())}</code></pre>"


def _demoted(text: str) -> str:
    """Lower headings by two levels; underlined ones become marked ones."""
    text = _SETEXT.sub(lambda m: f"{'#' if m['line'][0] == '=' else '##'} {m['title']}", text)
    return _HEADING.sub(lambda m: m[1] + "#" * min(len(m[2]) + _DEMOTED, 6), text)


def _defused(text: str) -> str:
    """Take the sting out of what is not code: HTML, attributes, pictures, blocks, targets."""
    text = _TARGET.sub(_targeted, text)
    text = text.replace("<", "&lt;").replace("{", "&#123;").replace("}", "&#125;")
    text = text.replace("![", "&#33;[").replace("--8&lt;--", "&#45;-8&lt;--")
    return _OPEN_BLOCK.sub(r"\1&#47;", text)


def _targeted(match: re.Match[str]) -> str:
    """Keep a link's target, or put ``#`` in place of one that would run something.

    A footnote may begin with any word and a colon; only what runs is taken from it.
    """
    plain = _NOISE.sub("", html.unescape(html.unescape(match["target"]))).split('"')[0]
    found = _SCHEME.match(plain)
    scheme = found["scheme"].lower() if found else "http"
    safe = scheme not in _RUNNING_SCHEMES if match["note"] else scheme in _SAFE_SCHEMES
    return match[0] if safe else match["before"] + "#"
