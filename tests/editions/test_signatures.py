"""Signatures by keys: made and checked by OpenSSH's own program, bound to period and role."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kpi_site.catalog import Text
from kpi_site.checking import check
from kpi_site.cli.shared import app
from kpi_site.editions.proof import checkpoint, proved
from kpi_site.options import Options
from kpi_site.publishing import publish, sign
from tests.editions.conftest import PUBLISHED, edit, key, public, sign_all

DAY = date(2026, 11, 6)
BY = {"collected": "sales", "verified": "service", "approved": "board"}
pytestmark = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None and "CI" not in os.environ, reason="no ssh-keygen"
)


@pytest.fixture
def keys(root: Path, tmp_path: Path) -> dict[str, Path]:
    """A key for each role, one of them RSA, and a site that allows them."""
    titles = "titles: [{id: board, name: {zh: 董事会, en: Board}}]\n"
    edit(root, "content/site.yml", "timezone:", f"{titles}timezone:")
    found = {
        "collected": key(tmp_path, "collected"),
        "verified": key(tmp_path, "verified", "rsa"),
        "approved": key(tmp_path, "approved"),
    }
    lines = [f"{role}@{BY[role]} {public(path)}\n" for role, path in found.items()]
    (root / "content/signers").write_text("# who may sign\n" + "".join(lines))
    return found


@pytest.fixture
def by_keys(options: Options, keys: dict[str, Path]) -> Options:
    """The site with the report of October signed by all three keys and published."""
    edit(options.root, "content/site.yml", "timezone:", "signatures: required\ntimezone:")
    for role, path in keys.items():
        signed, problems = sign(options, "2026-10", role, Text(BY[role]), on=DAY, key=path)
        assert signed is not None, [p.text() for p in problems]
    edition, problems = publish(options, "2026-10", on=PUBLISHED)
    assert edition is not None, [p.text() for p in problems]
    return options


def failed(root: Path, **asked: object) -> list[str]:
    """Return what does not hold."""
    return [f.text.en for f in proved(root, **asked) if not f.holds]  # type: ignore[arg-type]


def codes(options: Options) -> list[str]:
    return [p.code for p in check(options) if p.severity == "error"]


def test_plain_ssh_keygen_verifies_what_an_edition_holds(by_keys: Options) -> None:
    folder = by_keys.root / "content/reports/2026-10/edition-1"
    for role in ("collected", "verified", "approved"):
        line = folder / f"signoff.{role}.txt"
        asked = ["ssh-keygen", "-Y", "verify", "-f", str(folder / "signers"), "-n", "kpi-site"]
        asked += ["-I", f"{role}@{BY[role]}", "-s", f"{line}.sig"]
        done = subprocess.run(asked, input=line.read_bytes(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        period, said, digest, day = line.read_text().strip().split(", ")
        assert (period, said, day) == ("2026-10", role, "2026-11-06")
        assert digest.startswith("sha256:")
    assert failed(by_keys.root) == []


def test_every_signature_is_named(by_keys: Options) -> None:
    said = [f.text.en for f in proved(by_keys.root)]
    assert "2026-10 edition 1, verified: signed by verified@service on 2026-11-06" in said


def test_what_is_not_signed_is_a_note(signed: Options) -> None:
    edition, _ = publish(signed, "2026-10", on=PUBLISHED)
    assert edition is not None
    assert not any(name.startswith(("signoff", "signers")) for name in edition.files)
    text = edition.files["article.en.md"].decode()
    assert text.count("noted") == 3
    said = [f for f in proved(signed.root) if "noted by" in f.text.en]
    assert len(said) == 3
    assert all(f.holds for f in said)


def test_the_page_says_signed(by_keys: Options) -> None:
    text = (by_keys.root / "content/reports/2026-10/edition-1/article.en.md").read_text()
    assert text.count('<small class="kpi-tag">signed</small>') == 3


def test_required_signatures_are_required(signed: Options, keys: dict[str, Path]) -> None:
    edit(signed.root, "content/site.yml", "timezone:", "signatures: required\ntimezone:")
    made, problems = publish(signed, "2026-10", on=PUBLISHED)
    assert made is None
    assert [p.code for p in problems] == ["signature-missing"] * 3
    noted, problems = sign(signed, "2026-10", "approved", Text("board"), on=DAY)
    assert noted is None
    assert [p.code for p in problems] == ["signature-missing"]


def test_who_may_not_take_a_role_cannot_sign(options: Options, keys: dict[str, Path]) -> None:
    for path, by in ((keys["verified"], "board"), (keys["approved"], "service")):
        made, problems = sign(options, "2026-10", "approved", Text(by), on=DAY, key=path)
        assert made is None
        assert [p.code for p in problems] == ["signer-not-allowed"]
    missing = options.root / "none"
    made, problems = sign(options, "2026-10", "approved", Text("board"), on=DAY, key=missing)
    assert [p.code for p in problems] == ["signature-not-made"]


def test_a_key_revoked_later_has_signed(by_keys: Options, keys: dict[str, Path]) -> None:
    """What was signed before the end of a key holds; nothing can be signed after it."""
    lines = f'approved@board valid-before="20261107" {public(keys["approved"])}\n'
    for role in ("collected", "verified"):
        lines += f"{role}@{BY[role]} {public(keys[role])}\n"
    ended = lines.encode()
    assert failed(by_keys.root, signers=ended) == []
    before = ended.replace(b"20261107", b"20261106")
    (wrong,) = failed(by_keys.root, signers=before)
    assert wrong.startswith("2026-10 edition 1, approved: the signature of approved@board")
    (by_keys.root / "content/signers").write_bytes(ended)
    late = date(2026, 11, 7)
    made, problems = sign(
        by_keys, "2026-10", "approved", Text("board"), on=late, key=keys["approved"]
    )
    assert made is None
    assert [p.code for p in problems] == ["signer-not-allowed"]


def test_a_key_that_was_never_kept_is_told(by_keys: Options, tmp_path: Path) -> None:
    """An edition that brings its own forged signers does not pass those kept elsewhere."""
    other = f"*@sales {public(key(tmp_path, 'other'))}\n".encode()
    assert len(failed(by_keys.root, signers=other)) == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("role: approved", "role: verified"),
        ("on: 2026-11-06", "on: 2026-11-05"),
        ("signature: U1NI", "signature: U1NJ"),
    ],
)
def test_a_signature_in_the_reports_file_is_bound(
    options: Options, keys: dict[str, Path], old: str, new: str
) -> None:
    sign(options, "2026-10", "approved", Text("board"), on=DAY, key=keys["approved"])
    assert codes(options) == []
    edit(options.root, "content/reports/2026-10/report.yml", old, new)
    assert codes(options) in (["signature-bad"], ["signature-incomplete"])


def test_a_signature_moved_to_another_period(options: Options, keys: dict[str, Path]) -> None:
    sign(options, "2026-10", "approved", Text("board"), on=DAY, key=keys["approved"])
    text = (options.root / "content/reports/2026-10/report.yml").read_text()
    moved = options.root / "content/reports/2026-09"
    moved.mkdir(exist_ok=True)
    (moved / "report.yml").write_text(text.replace("period: 2026-10", "period: 2026-09"))
    found = [p for p in check(options) if p.code == "signature-bad"]
    assert [p.where.file for p in found] == ["content/reports/2026-09/report.yml"]


@pytest.mark.parametrize(
    "name", ["signoff.approved.txt", "signoff.approved.txt.sig", "signers", "edition.json"]
)
def test_an_edition_tampered_with(by_keys: Options, name: str) -> None:
    path = by_keys.root / "content/reports/2026-10/edition-1" / name
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))
    assert any(name in told for told in failed(by_keys.root))


def test_a_checkpoint_finds_a_shortened_ledger(by_keys: Options) -> None:
    """The last edition removed with its line: nothing here is wrong, but the checkpoint tells."""
    kept = checkpoint(by_keys.root)
    assert kept is not None
    assert failed(by_keys.root, since=kept) == []
    shutil.rmtree(by_keys.root / "content/reports/2026-10/edition-1")
    (by_keys.root / "content/reports/ledger.csv").unlink()
    for folder in ("cards", "looks"):
        shutil.rmtree(by_keys.root / "content/reports" / folder, ignore_errors=True)
    assert "nothing was ever published" in failed(by_keys.root, since=kept)[0]


def test_a_checkpoint_finds_a_rewritten_ledger(signed: Options) -> None:
    publish(signed, "2026-10", on=PUBLISHED)
    kept = checkpoint(signed.root)
    shutil.rmtree(signed.root / "content/reports/2026-10/edition-1")
    (signed.root / "content/reports/ledger.csv").unlink()
    edit(signed.root, "content/reports/2026-10/report.yml", "period:", "# again\nperiod:")
    publish(signed, "2026-10", on=date(2026, 11, 9))
    assert failed(signed.root) == []
    (wrong,) = failed(signed.root, since=kept)
    assert "is not in the ledger" in wrong


def test_the_command(by_keys: Options, tmp_path: Path) -> None:
    run = CliRunner()
    elsewhere = tmp_path / "stick"
    shutil.copytree(by_keys.root / "content/reports", elsewhere / "content/reports")
    good = run.invoke(app, ["verify", str(elsewhere), "--lang", "en"])
    assert good.exit_code == 0, good.output
    assert good.output.count("\n") == 4
    print_ = run.invoke(app, ["verify", str(elsewhere), "--checkpoint"])
    assert print_.output.strip() == checkpoint(elsewhere)
    path = elsewhere / "content/reports/2026-10/edition-1/values.csv"
    path.write_text(path.read_text() + " ")
    bad = run.invoke(app, ["verify", str(elsewhere), "--lang", "en"])
    assert bad.exit_code == 1
    assert "FAILED  content/reports/2026-10/edition-1/values.csv" in bad.output


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("approved@board ssh-ed25519\n", "signer-line"),
        ("approved ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC8=\n", "signer-role"),
        ("aproved@sales ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC8=\n", "signer-role"),
    ],
)
def test_lines_of_signers(options: Options, line: str, code: str) -> None:
    (options.root / "content/signers").write_text("# keys\n" + line)
    found = [p for p in check(options) if p.severity == "error"]
    assert [(p.code, p.where.file, p.where.line) for p in found] == [(code, "content/signers", 2)]


def test_without_a_file_of_signers(options: Options) -> None:
    edit(options.root, "content/site.yml", "timezone:", "signatures: required\ntimezone:")
    assert codes(options) == ["no-signers"]


def test_patterns_of_openssh(options: Options, keys: dict[str, Path]) -> None:
    """`*@sales` may take every role of the department."""
    (options.root / "content/signers").write_text(f"*@sales {public(keys['approved'])}\n")
    made, problems = sign(
        options, "2026-10", "verified", Text("sales"), on=DAY, key=keys["approved"]
    )
    assert made is not None, [p.text() for p in problems]
    sign_all(replace(options), "2026-10")


def test_nobody_that_the_site_does_not_know_signs(options: Options) -> None:
    for by in ("Board", "sale", "财务"):
        made, problems = sign(options, "2026-10", "approved", Text(by), on=DAY)
        assert made is None
        assert [p.code for p in problems] == ["unknown-signer"]
    title = "titles: [{id: board, name: {zh: 董事会, en: Board}}]"
    edit(options.root, "content/site.yml", "timezone:", f"{title}\ntimezone:")
    for by in ("Board", "董事会", "board", "Sales", "销售部"):
        made, problems = sign(options, "2026-10", "approved", Text(by), on=DAY)
        assert made is not None, [p.text() for p in problems]
    text = (options.root / "content/reports/2026-10/report.yml").read_text("utf-8")
    assert "{role: approved, by: {zh: 董事会, en: Board}, on: 2026-11-06" in text


def test_one_name_or_key_takes_one_role(options: Options, keys: dict[str, Path]) -> None:
    edit(options.root, "content/site.yml", "timezone:", "signatures: required\ntimezone:")
    lines = [f"*@sales,*@service {public(path)}\n" for path in keys.values()]
    (options.root / "content/signers").write_text("".join(lines))

    def told(role: str, by: str, path: Path) -> list[str]:
        _, problems = sign(options, "2026-10", role, Text(by), on=DAY, key=path)
        return [p.message.en for p in problems]

    assert told("collected", "sales", keys["collected"]) == []
    assert told("verified", "sales", keys["verified"]) == [
        "'verified' and 'collected' are signed by the same name"
    ]
    assert told("verified", "service", keys["collected"]) == [
        "'verified' and 'collected' are signed by the same key"
    ]
    assert told("collected", "sales", keys["approved"]) == []  # the same role, again
    assert told("verified", "service", keys["collected"]) == []  # which no role has any more


def test_what_is_signed_twice_by_hand_is_not_published(
    options: Options, keys: dict[str, Path]
) -> None:
    """Where signatures became required later; what was published before holds."""
    (options.root / "content/signers").write_text(f"*@* {public(keys['approved'])}\n")
    for role in BY:
        made, _ = sign(options, "2026-10", role, Text("sales"), on=DAY, key=keys["approved"])
        assert made is not None
    edit(options.root, "content/site.yml", "timezone:", "signatures: required\ntimezone:")
    edition, problems = publish(options, "2026-10", on=PUBLISHED)
    assert edition is None
    assert [p.code for p in problems] == ["signed-twice"] * 2
    edit(options.root, "content/site.yml", "signatures: required\n", "")
    edition, _ = publish(options, "2026-10", on=PUBLISHED)
    assert edition is not None
    edit(options.root, "content/site.yml", "timezone:", "signatures: required\ntimezone:")
    assert codes(options) == []
    assert failed(options.root) == []
