"""A server compiles a template once, and again when its text has changed."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader, Environment

from kpi_site.theme.compiled import Compiled


def _shown(known: Compiled, text: str) -> str:
    loader = DictLoader({"page.html": text})
    made = Environment(loader=loader, bytecode_cache=known, autoescape=True)
    return made.get_template("page.html").render(name="csat")


def test_a_template_is_compiled_once_for_each_text(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_ = Environment.compile

    def counted(self: Environment, source: str, *args: object, **more: object) -> object:
        compiled.append(source)
        return compile_(self, source, *args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Environment, "compile", counted)
    known = Compiled()
    texts = ("one {{ name }}", "one {{ name }}", "two {{ name }}", "two {{ name }}")
    shown = [_shown(known, text) for text in texts]
    assert shown == ["one csat", "one csat", "two csat", "two csat"]
    assert compiled == ["one {{ name }}", "two {{ name }}"]
