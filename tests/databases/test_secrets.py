"""User and password stand in the environment, and come out nowhere, whatever goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from kpi_site.databases.address import read_address
from tests.databases.company import SHIPMENTS, Company
from tests.databases.conftest import Begin
from tests.servers import PASSWORD, USER

SECRETS = (PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD), "p@ss", "w:rd", "p%40ss", "w%3Ard")
WRONG = "Sesame/0pen%"  # another password, as wrong ones are secrets too
WRONGS = (WRONG, quote(WRONG, safe=""), quote(WRONG), "Sesame")


def _run(company: Company, url: str, *words: str) -> str:
    """Run the command in a process of its own; return all that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "kpi_site", *words, "--root", str(company.root)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "KPI_ERP_URL": url, "KPI_SITE_LANG": "en"},
    )
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    return ((str(p), p.read_bytes()) for p in sorted(root.rglob("*")) if p.is_file())


def _nothing_is_told(company: Company, *said: str) -> None:
    for text in said:
        assert not [secret for secret in (*SECRETS, *WRONGS) if secret in text], text
        assert f'"{USER}"' not in text
        assert f"'{USER}'" not in text
    for name, data in _files(company.root):
        assert not [s for s in (*SECRETS, *WRONGS) if s.encode() in data], name


def _faults(company: Company) -> Iterator[tuple[str, str, str]]:
    """Yield a URL, what is wrong with it, and what the message must say of it."""
    url = company.url
    host = "@127.0.0.1:"
    yield url.replace(host, "@no.such.host.invalid:"), "host", "no.such.host.invalid"
    port = url.partition(host)[2].partition("/")[0]
    yield url.replace(f":{port}/", ":1/"), "port", "refused"
    yield url.replace(quote(PASSWORD, safe=""), quote(WRONG, safe="")), "password", ""
    yield url.replace(quote(PASSWORD, safe=""), PASSWORD), "not encoded", "KPI_ERP_URL"
    yield url.replace("/erp", "/nowhere"), "database", "nowhere"
    yield f"{url}?nonsense={quote(WRONG, safe='')}", "option", ""
    yield url.replace("://", ":"), "no URL", "KPI_ERP_URL"


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_no_error_tells_a_secret(kind: str, request: pytest.FixtureRequest) -> None:
    begin: Begin = request.getfixturevalue(f"over_{kind}")
    company = begin()
    said = []
    for url, what, told in _faults(company):
        found, problems = replace(company, url=url).fetch()
        assert found == (), what
        assert len(problems) == 1, what
        assert problems[0].code in {"connection-failed", "bad-connection-url"}, what
        assert told in problems[0].text("en"), (what, problems[0].text("en"))
        said += [problems[0].text("en"), problems[0].text("zh"), repr(problems)]
    company.dataset(SHIPMENTS.replace("table: shipments", "table: nothing_here"))
    said += company.refused("shipments")
    assert "nothing_here" in said[-1]
    _nothing_is_told(company, *said)


def test_no_output_or_file_has_a_secret(over_postgresql: Begin) -> None:
    company = over_postgresql()
    wrong = company.url.replace(quote(PASSWORD, safe=""), quote(WRONG, safe=""))
    said = [
        _run(company, wrong, "fetch"),
        _run(company, company.url.replace("%40", "@"), "fetch"),
        _run(company, company.url, "fetch"),
        _run(company, company.url, "fetch", "shipments", "--all"),
        _run(company, company.url, "check"),
    ]
    assert "password authentication failed" in said[0]
    assert "shipments: 4 rows from erp (PostgreSQL" in said[2]
    _nothing_is_told(company, *said)


def test_a_url_in_a_file_is_not_repeated(over_sqlite: Begin) -> None:
    company = over_sqlite()
    text = (company.root / "content" / "site.yml").read_text("utf-8")
    url = f"postgresql://{USER}:{PASSWORD}@db/erp"
    company.write("site.yml", text.replace("KPI_ERP_URL", f'"{url}"'))
    (told,) = company.refused()
    assert "bad-connection" not in told
    assert told.startswith("content/site.yml:3:30: this is no name of an environment variable")
    assert not [secret for secret in (*SECRETS, USER) if secret in told]


@pytest.mark.parametrize(
    "text",
    [WRONG, quote(WRONG, safe=""), quote(WRONG), quote(WRONG, safe="").replace("%2F", "%2f")],
)
def test_a_secret_is_hidden_however_it_is_written(text: str) -> None:
    address = read_address(f"postgresql://me:{quote(WRONG, safe='')}@h/d?sslpassword=Zebra7")
    assert address is not None
    assert address.password == WRONG
    hidden = address.without_secrets(f"user me with {text}! some words, Zebra7")
    assert hidden == "user *** with ***! some words, ***"
    assert WRONG not in repr(address)
