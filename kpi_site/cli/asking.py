"""Questions on a terminal, and refusals. In a pipe nothing is asked: flags must say it all."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from kpi_site.cli.shared import say, wrong_usage
from kpi_site.problems import Message, did_you_mean

if TYPE_CHECKING:
    from kpi_site.authoring.refusal import Refusal
    from kpi_site.content.draft import Draft


def on_terminal() -> bool:
    """Tell whether a person can read a question and answer it."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: Message, language: str, default: str | None = None) -> str:
    """Ask for a word or a sentence; an empty answer takes the ``default``."""
    return str(typer.prompt(question.get(language), default=default)).strip()


def ask_department(draft: Draft, language: str) -> str | None:
    """Ask which of the site's departments is meant; None in a pipe, or where there are none."""
    units = draft.catalog.site.departments
    if not on_terminal() or not units:
        return None
    for unit in units:
        say(f"  {unit.id}  {unit.name.get(language)}")
    known = [str(unit.id) for unit in units]
    while (answer := ask(Message("部门", "Department"), language)) not in known:
        hint = did_you_mean(answer, known)
        say(hint.get(language) if hint else ", ".join(known))
    return answer


def end_refused(refusal: Refusal, language: str) -> typer.Exit:
    """Tell what was refused, and return what ends the command: 2 for wrong usage, else 1."""
    if refusal.usage:
        return wrong_usage(refusal.message, language)
    say(refusal.message.get(language), err=True)
    return typer.Exit(1)
