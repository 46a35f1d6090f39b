"""Where a database is and who asks, read from the environment; and texts without its secrets.

A URL is taken apart and put together again before any driver sees it, so that no driver can
quote a piece of a password that was not percent-encoded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlencode

_URL: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?:(?P<user>[^:/?#@\s]*)(?::(?P<password>[^:/?#@\s]*))?@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]*)(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/(?P<database>[^?#@\s]*))?(?:\?(?P<options>[^#\s]*))?"
)
_FILE: Final = re.compile(r"sqlite:///(?P<database>[^?#]+)")
_HIDDEN: Final = "***"
_SECRET_OPTION: Final = re.compile(r"(?i)user|uid|pass|pwd|secret|token|key|auth")


@dataclass(frozen=True, slots=True)
class Address:
    """A database's URL in parts, decoded. ``repr`` tells nothing that is secret."""

    scheme: str
    host: str
    port: int | None
    database: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def system(self) -> str:
        """The kind of database: the scheme without a driver's name, in one spelling."""
        name = self.scheme.lower().partition("+")[0]
        return {"postgres": "postgresql", "mariadb": "mysql"}.get(name, name)

    def url(self, scheme: str) -> str:
        """Return the URL for a driver, which calls it ``scheme``; everything is encoded."""
        user = "" if self.user is None else quote(self.user, safe="")
        password = "" if self.password is None else f":{quote(self.password, safe='')}"
        at = "@" if user or password else ""
        port = "" if self.port is None else f":{self.port}"
        options = f"?{urlencode(self.options)}" if self.options else ""
        database = quote(self.database, safe="/" if "sqlite" in scheme else "")
        return f"{scheme}://{user}{password}{at}{self.host}{port}/{database}{options}"

    def without_secrets(self, text: str) -> str:
        """Return ``text`` with user and password hidden, however they are written in it."""
        for secret in sorted(self._secrets(), key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        if self.user:  # a short name may be part of a word
            text = re.sub(rf"(?<!\w){re.escape(self.user)}(?!\w)", _HIDDEN, text)
        return text

    def _secrets(self) -> set[str]:
        plain = [value for name, value in self.options if _SECRET_OPTION.search(name)]
        plain += [text for text in (self.password,) if text]
        ways = (str, repr, quote, quote_plus, _quoted, lambda s: s.replace("\\", "\\\\"))
        found = {way(text).strip("'\"") for text in plain for way in ways}
        found |= {re.sub("%[0-9A-F]{2}", lambda m: m[0].lower(), text) for text in found}
        return {text for text in found if text}


def _quoted(text: str) -> str:
    return quote(text, safe="")


def read_address(url: str) -> Address | None:
    """Return the parts of a database's URL; None where it is not well formed."""
    file = _FILE.fullmatch(url)
    if file is not None:
        return Address("sqlite", "", None, unquote(file["database"]))
    found = _URL.fullmatch(url.strip())
    if found is None or found["scheme"].lower() == "sqlite" or not _is_port(found["port"]):
        return None
    user, password, options = found["user"], found["password"], found["options"]
    return Address(
        found["scheme"],
        found["host"],
        int(found["port"]) if found["port"] else None,
        unquote(found["database"] or ""),
        unquote(user) if user else None,
        unquote(password) if password else None,
        tuple(parse_qsl(options, keep_blank_values=True)) if options else (),
    )


def _is_port(text: str | None) -> bool:
    return text is None or 0 < int(text) < 65536


def from_environment(name: str, environment: Mapping[str, str]) -> str | None:
    """Return the URL that the variable ``name`` holds; None without one."""
    return environment.get(name) or None
