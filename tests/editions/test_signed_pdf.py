"""Printed reports signed with a certificate: made once, kept beside the edition, checked."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner

from kpi_site import pades
from kpi_site.checking import check
from kpi_site.cli.shared import app
from kpi_site.editions.model import Edition
from kpi_site.editions.proof import of_pdfs, proved
from kpi_site.editions.signed_pdfs import signed_pdf, signed_pdfs
from kpi_site.editions.store import read_editions
from kpi_site.exports.edition_files import export_files, pdf_of
from kpi_site.exports.pdf import chinese_font
from kpi_site.options import Options
from kpi_site.periods import MonthCalendar
from kpi_site.publishing import publish, sign_pdf
from kpi_site.publishing.sign_pdf import ARCHIVE, PASSPHRASE
from tests.editions.conftest import MINI, PUBLISHED, TODAY, sign_all, snapshot

pytestmark = pytest.mark.skipif(chinese_font() is None, reason="no Chinese font")
SECRET = "correct horse battery staple"


def certificate(folder: Path, name: str) -> tuple[Path, bytes]:
    """Make a certificate of an organisation; return its PKCS#12 archive and itself as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
    now = datetime.now(tz=UTC)
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
         "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.p12"
    lock = BestAvailableEncryption(SECRET.encode())
    path.write_bytes(serialize_key_and_certificates(b"", key, made, None, lock))
    return path, made.public_bytes(Encoding.PEM)


@dataclass(frozen=True)
class Made:
    """A site with a published report, the archive that its list vouches for; its PDFs signed."""

    root: Path
    archive: Path


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Publish and sign once for all tests."""
    place = tmp_path_factory.mktemp("signed")
    root = place / "mini"
    shutil.copytree(MINI, root, ignore=shutil.ignore_patterns("build", "site"))
    options = Options(root, TODAY)
    sign_all(options, "2026-10")
    made, problems = publish(options, "2026-10", on=PUBLISHED)
    assert made is not None, [p.text() for p in problems]
    archive, pem = certificate(place, "Huachen")
    (root / pades.CERTIFICATES).write_bytes(pem)
    _, problems = sign_pdf(root, edition_of(root), environment(archive))
    assert problems == (), [p.text() for p in problems]
    return Made(root, archive)


@pytest.fixture
def archive(once: Made, tmp_path: Path) -> Path:
    """The certificate that the site's list vouches for."""
    return Path(shutil.copy(once.archive, tmp_path))


@pytest.fixture
def signed_root(once: Made, tmp_path: Path) -> Path:
    """The site with its PDFs signed."""
    return shutil.copytree(once.root, tmp_path / "site")


@pytest.fixture
def root(signed_root: Path) -> Path:
    """The site with its list of certificates, and nothing signed."""
    shutil.rmtree(signed_root / "content/reports/2026-10/signed")
    return signed_root


@pytest.fixture
def edition(once: Made) -> Edition:
    """The edition that is published."""
    return edition_of(once.root)


def edition_of(root: Path) -> Edition:
    found, problems = read_editions(root, MonthCalendar().parse)
    assert problems == ()
    return found.editions["2026-10"][-1]


def environment(archive: Path, secret: str = SECRET) -> dict[str, str]:
    return {ARCHIVE: str(archive), PASSPHRASE: secret}


def said(root: Path) -> list[tuple[bool, str]]:
    return [(f.holds, f.text.en) for f in proved(root) if "PDF" in f.text.en]


def test_a_signed_pdf_is_what_is_offered_from_then_on(edition: Edition, signed_root: Path) -> None:
    files = signed_pdfs(signed_root, edition)
    assert set(files) == {"zh", "en"}
    for language, data in files.items():
        printed, _ = pdf_of(edition, language)
        assert printed is not None
        assert data.startswith(printed), "a signature is added to the printed report"
        offered, _ = export_files(edition, language, signed=files)
        assert data in {file.data for file in offered}
        for_staff, _ = export_files(edition, language, audience="staff", signed=files)
        assert data not in {file.data for file in for_staff}
    assert check(Options(signed_root, TODAY)) == ()
    shown = [text for holds, text in said(signed_root) if holds]
    assert len(shown) == 2
    assert "its PDF (en): signed by Organization: Huachen (" in shown[1]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")
def test_openssl_finds_the_signature_good(
    edition: Edition, signed_root: Path, tmp_path: Path
) -> None:
    data = signed_pdfs(signed_root, edition)["en"]
    (ranges,) = re.findall(rb"/ByteRange \[([0-9 ]+)\]", data)
    start, length, again, rest = map(int, ranges.split())
    assert (start, again + rest) == (0, len(data)), "all of the file is signed"
    armour = bytes.fromhex(data[length + 1 : again - 1].decode())
    size = 4 + int.from_bytes(armour[2:4])  # DER: what is reserved is longer
    assert armour[:2] == b"\x30\x82"
    (tmp_path / "sig").write_bytes(armour[:size])
    (tmp_path / "data").write_bytes(data[:length] + data[again:])
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", "sig", "-binary"]
    command += ["-content", "data", "-CAfile", str(signed_root / pades.CERTIFICATES)]
    done = subprocess.run(
        [*command, "-purpose", "any", "-out", "out"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_another_run_leaves_what_holds(edition: Edition, signed_root: Path, archive: Path) -> None:
    before = snapshot(signed_root / "content")
    paths, problems = sign_pdf(signed_root, edition, environment(archive))
    assert problems == ()
    assert paths == tuple(signed_pdf(edition, language) for language in ("zh", "en"))
    assert snapshot(signed_root / "content") == before


@pytest.mark.parametrize("where", ["its words", "its signature", "the room behind", "behind it"])
def test_a_byte_that_is_changed_is_named(edition: Edition, signed_root: Path, where: str) -> None:
    path = signed_root / signed_pdf(edition, "en")
    data = bytearray(path.read_bytes())
    if where == "behind it":
        data += b"\n% more"
    else:
        start = data.rindex(b"/Contents <")
        at = {
            "its words": 3000,
            "its signature": start + 500,
            "the room behind": data.index(b">", start) - 3,
        }
        data[at[where]] ^= 1
    path.write_bytes(bytes(data))
    (wrong,) = [text for holds, text in said(signed_root) if not holds]
    assert wrong.startswith("2026-10 edition 1, its PDF (en): the signature does not hold: ")
    assert len(said(signed_root)) == 2, "the other one holds"


def test_one_language_in_the_place_of_the_other_is_named(
    edition: Edition, signed_root: Path
) -> None:
    zh, en = (signed_root / signed_pdf(edition, x) for x in ("zh", "en"))
    shutil.copyfile(zh, en)
    (wrong,) = [text for holds, text in said(signed_root) if not holds]
    assert "it was made for something else: kpi-site 2026-10 edition 1 (zh)" in wrong
    printed, _ = pdf_of(edition, "en")
    assert printed is not None
    en.write_bytes(printed)
    (wrong,) = [text for holds, text in said(signed_root) if not holds]
    assert wrong == "2026-10 edition 1, its PDF (en) is not signed"
    pem = (signed_root / pades.CERTIFICATES).read_bytes()
    (told,) = of_pdfs(edition, {"en": printed}, pem, every=False)
    assert told.holds, "a site may offer one from before there was a certificate"


def test_one_of_another_line_in_the_ledger_is_named(edition: Edition, signed_root: Path) -> None:
    path = signed_root / signed_pdf(edition, "en")
    other = path.with_name(path.name.replace(".en.", ".en.0"))
    path.rename(other)
    wrong = [f.text.en for f in proved(signed_root) if not f.holds]
    assert wrong == [f"{other.relative_to(signed_root)}: of no edition in the ledger"]


def test_a_certificate_that_nobody_vouches_for_signs_nothing(
    root: Path, edition: Edition, archive: Path, tmp_path: Path
) -> None:
    other, _ = certificate(tmp_path, "Other")
    paths, problems = sign_pdf(root, edition, environment(other))
    assert paths == ()
    assert [p.code for p in problems] == ["pdf-signer-not-allowed"]
    assert signed_pdfs(root, edition) == {}


def test_a_list_that_changed_is_asked_as_it_is(edition: Edition, signed_root: Path) -> None:
    (signed_root / pades.CERTIFICATES).unlink()
    assert [holds for holds, _ in said(signed_root)] == [False, False]


def test_without_the_extra_it_is_said_that_nothing_was_checked(
    signed_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pades, "find_spec", lambda _: None)
    unchecked = "2026-10 edition 1, its PDF ({}): no signature was checked, install kpi-site[pades]"
    assert said(signed_root) == [(True, unchecked.format(x)) for x in ("zh", "en")]


@pytest.mark.parametrize("why", ["no variable", "no file", "another passphrase", "no archive"])
def test_the_secret_is_never_said(root: Path, archive: Path, why: str) -> None:
    named = {**environment(archive), "KPI_SITE_LANG": "en"}
    if why == "no variable":
        del named[ARCHIVE]
    elif why == "no file":
        named[ARCHIVE] = "/nowhere/secret-place.p12"
    elif why == "another passphrase":
        named[PASSPHRASE] = "wrong horse"
    else:
        archive.write_bytes(b"nothing of the kind")
    before = snapshot(root)
    asked = ["sign-pdf", "2026-10", "--root", str(root)]
    unset = {ARCHIVE: None} if why == "no variable" else {}
    done = CliRunner().invoke(app, asked, env={**named, **unset})
    assert done.exit_code == 1, done.output
    assert "the PDF is not signed: " in done.output
    for secret in (SECRET, "wrong horse", "secret-place", str(archive)):
        assert secret not in done.output
    assert snapshot(root).items() - before.items() == set()


def test_the_command_names_what_it_has_made(root: Path, archive: Path, edition: Edition) -> None:
    asked = ["sign-pdf", "2026-10", "--root", str(root)]
    done = CliRunner().invoke(app, asked, env=environment(archive))
    assert done.exit_code == 0, done.output
    assert done.output.split() == [signed_pdf(edition, language) for language in ("zh", "en")]
    written = b"".join(snapshot(root).values())
    assert SECRET.encode() not in written
    assert str(archive).encode() not in written
