"""What is not done, and why: a value that commands turn into their exit code."""

from __future__ import annotations

from dataclasses import dataclass

from kpi_site.problems import Message


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason to leave everything as it is. ``usage``: the call itself was wrong."""

    message: Message
    usage: bool = False


def misused(zh: str, en: str, hint: Message | None = None) -> Refusal:
    """Refuse a call that names what cannot be, with its did-you-mean."""
    tail = Message(f"。{hint.zh}", f". {hint.en}") if hint else Message("", "")
    return Refusal(Message(zh + tail.zh, en + tail.en), usage=True)


def refused(zh: str, en: str) -> Refusal:
    """Refuse what would do harm to what is there."""
    return Refusal(Message(zh, en))
