"""The policy of a built site: which hashes it names, what it says it blocks, what servers read."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from collections.abc import Callable
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest

from kpi_site.policy import Policy, policy_of
from kpi_site.theme.entrance import MARK

Run = Callable[..., subprocess.CompletedProcess[str]]

PLAIN = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# echo -n 'hello()' | openssl dgst -sha256 -binary | base64
HELLO = "'sha256-mTytrf2QssaOZNGNRT1WCtMRd3ocH8LJxQQu5qMUanU='"


def folder(tmp_path: Path, **pages: str) -> Path:
    for name, text in pages.items():
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8", newline="")
    return tmp_path


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_site_with_nothing_in_its_pages_has_no_hashes(tmp_path: Path) -> None:
    page = '<script src="a.js"></script><script id="__config" type="application/json">{}</script>'
    policy, problems = policy_of(folder(tmp_path, index=page))
    assert (policy, problems) == (Policy(), ())
    assert policy.text == PLAIN


def test_a_hash_is_what_openssl_says(tmp_path: Path) -> None:
    policy, _ = policy_of(folder(tmp_path, index="<script>hello()</script>"))
    assert policy.scripts == (HELLO,)
    assert f"script-src 'self' {HELLO}; style-src 'self';" in policy.text


def test_what_browsers_run_is_hashed_and_nothing_else(tmp_path: Path) -> None:
    site = folder(
        tmp_path,
        a="<script>one()</script><script type='Module'>two()</script><style>p{}</style>",
        b="<script>one()</script><script type=text/plain>three()</script>"
        "<!-- <script>four()</script> --><script src=x.js>five()</script>"
        '<p title="<script>six()</script>">&lt;script>seven()&lt;/script>',
        c='<SCRIPT>if (a < b && "&amp;") eight("</p>")</SCRIPT><style media=print>q{}</style>',
        d="<script>\r\nnine()\r\n</script>",  # browsers hash what they parse: \n alone
    )
    policy, problems = policy_of(site)
    scripts = ("one()", "two()", 'if (a < b && "&amp;") eight("</p>")', "\nnine()\n")
    assert policy.scripts == tuple(sorted(map(hashed, scripts)))
    assert policy.styles == tuple(sorted(map(hashed, ("p{}", "q{}"))))
    assert problems == ()


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("<p style='color: red'>", "<p style=…>"),
        ("<td\n  STYLE=x>", "<td style=…>"),
        ("<img src=a.png onerror=x()>", "<img onerror=…>"),
        ("<a href=' javascript:x()'>", "<a href=javascript:…>"),
        ("<iframe src=own.html></iframe>", "<iframe>"),
        ("<video src=own.mp4></video>", "<video>"),
        ("<base href=/>", "<base>"),
        ("<form action=/ask>", "<form action=…>"),
        ("<button formaction=/ask>", "<button formaction=…>"),
        ("<img src='https://example.com/a.png'>", "<img src=https://example.com/a.png>"),
        ("<script src=//example.com/a.js></script>", "<script src=//example.com/a.js>"),
        ("<link rel=stylesheet href=http://example.com/a.css>",
         "<link href=http://example.com/a.css>"),
    ],
)  # fmt: skip
def test_what_it_blocks_is_told_once_with_its_place(tmp_path: Path, page: str, what: str) -> None:
    site = folder(tmp_path, a=f"<h1>x</h1>\n  {page}", b=page + page)
    _, problems = policy_of(site)
    assert [str(p.where) for p in problems] == ["a.html:2:3"]
    assert problems[0].severity == "warning"
    assert f"blocks {what} (pages: 2)" in problems[0].text("en")
    assert f"拦下 {what}（2 个页面）" in problems[0].text("zh")


def test_what_it_allows_is_not_told(tmp_path: Path) -> None:
    page = (
        "<link rel=canonical href=https://example.com/><link rel=icon href='data:,'>"
        "<a href=https://example.com/>x</a><img src='data:image/png;base64,'><form></form>"
        "<p>the onload= of style= x</p><code>&lt;p style=x></code><img src=../a.png>"
    )
    assert policy_of(folder(tmp_path, a=page)) == (Policy(), ())


def test_servers_are_told_in_their_own_words() -> None:
    policy = Policy((HELLO,), ())
    text = policy.text
    assert policy.said("header") == f"Content-Security-Policy: {text}\n"
    assert policy.said("nginx") == f'add_header Content-Security-Policy "{text}" always;\n'
    assert policy.said("apache") == f'Header always set Content-Security-Policy "{text}"\n'
    assert policy.said("netlify") == f"/*\n  Content-Security-Policy: {text}\n"
    assert not re.search(r'["$\\\n]', text)  # nothing that a configuration would read otherwise


def test_the_command_prints_for_a_copied_site_and_tells_the_rest_aside(
    run: Run, tmp_path: Path
) -> None:
    site = folder(tmp_path, index=f"{MARK}<script>hello()</script><p style=x>")
    done = run("kpi_site", "headers", site, "--format", "nginx")
    assert done.stdout == Policy((HELLO,)).said("nginx")
    assert "index.html:1:" in done.stderr
    assert "<p style=…>" in done.stderr
    assert done.returncode == 0


def test_wrong_usage_of_the_command_is_told(run: Run, mini: Path, tmp_path: Path) -> None:
    form = run("kpi_site", "headers", "--root", mini, "--format", "ngnix")
    assert (form.returncode, form.stdout) == (2, "")
    assert "Did you mean 'nginx'?" in form.stderr
    unbuilt = run("kpi_site", "headers", "--root", mini)
    assert (unbuilt.returncode, unbuilt.stdout) == (2, "")
    assert "run kpi-site build first" in unbuilt.stderr
    other = run("kpi_site", "headers", tmp_path)
    assert other.returncode == 2


def test_our_files_stand_for_all_that_the_theme_calls() -> None:
    """The theme's inline scripts, which ours replace, define names that its bundle calls."""
    spec = find_spec("material")
    assert spec is not None
    assert spec.origin is not None
    theirs = Path(spec.origin).parent / "templates"
    inline = (theirs / "partials/javascripts/base.html").read_text("utf-8")
    ours = files("kpi_site.theme") / "overrides" / "assets" / "javascripts"
    state = (ours / "state.js").read_text("utf-8")
    names = set(re.findall(r"__md_\w+", inline))
    assert names == {"__md_scope", "__md_hash", "__md_get", "__md_set"}
    assert names <= set(re.findall(r"(?:var|function) (__md_\w+)", state))
    for name in ("palette", "content"):  # what they read has not got another name
        text = (theirs / f"partials/javascripts/{name}.html").read_text("utf-8")
        file = {"palette": "palette.js", "content": "tabs.js"}[name]
        keys = set(re.findall(r'__md_get\("(\w+)"', text))
        assert keys == set(re.findall(r'__md_get\("(\w+)"', (ours / file).read_text("utf-8")))
