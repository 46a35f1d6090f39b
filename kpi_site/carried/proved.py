"""Whether the pages of a built site are those of its editions (specification.md#verify)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from kpi_site import links
from kpi_site.carried.files import LEDGER, carries
from kpi_site.carried.said import page_says, text_says
from kpi_site.editions import ledger, manifest, proof
from kpi_site.editions.ledger import LedgerLine
from kpi_site.editions.manifest import sha256
from kpi_site.editions.model import CARDS, MANIFEST, SHARED, Edition
from kpi_site.editions.proof import Finding
from kpi_site.exports.edition_files import folder, hidden_cards, stem, values_csv
from kpi_site.problems import Message

_LANGUAGES: Final = ("zh", "en")
_AROUND: Final = 24  # characters shown of a place where a page differs


def site_proved(
    site: Path, reports: Path, *, signers: bytes | None = None, since: str | None = None
) -> Iterator[Finding]:
    """Check the built ``site`` by what lies in ``reports``: what it carries, or a handbook's own.

    Ledger, manifests, each file that lies there, signatures, and for every language that the
    pages of each edition, and of its report, say what was published.
    """
    lines, problems = _ledger(reports)
    yield from problems
    if not lines and not problems:
        yield Finding(False, proof.NOTHING)
    editions: list[Edition] = []
    whole = not problems
    for line in lines:
        edition, wrong = _read(reports, line)
        editions += [edition] if edition is not None else []
        whole &= not wrong
        yield from (Finding(False, Message(f"{x}：与发布时不同", f"{x}: not as it was published"))
                    for x in wrong)  # fmt: skip
    unknown = _unknown(site, reports, lines)
    yield from unknown
    if whole and lines and not unknown:
        yield Finding(True, proof.whole(lines))
    if since is not None:
        yield proof.unchanged_since(lines, since)
    trusted = proof.certificates(reports) or proof.certificates(reports.parent)
    latest = {edition.manifest.period: edition for edition in editions}
    for edition in editions:
        yield from proof.of_edition(edition, signers)
        newest = latest[edition.manifest.period] is edition
        yield from _pages(site, edition, newest=newest)
        if trusted:
            yield from proof.of_pdfs(edition, _printed(site, edition), trusted, every=False)


def _ledger(reports: Path) -> tuple[tuple[LedgerLine, ...], list[Finding]]:
    path = reports / LEDGER
    if not path.is_file():
        return (), [Finding(False, Message(f"没有台账 {path}", f"there is no ledger {path}"))]
    lines, problems = ledger.from_bytes(path.read_bytes())
    return lines, [*map(proof.broken, problems)]


def _unknown(site: Path, reports: Path, lines: tuple[LedgerLine, ...]) -> list[Finding]:
    """Return what stands as an edition in the site, or beside the ledger, and has no line."""
    known = {(line.period, f"edition-{line.edition}") for line in lines}
    places = [(reports, ""), *((site / x / "reports", f"{x}/reports/") for x in _LANGUAGES)]
    names = [
        f"{shown}{path.parent.name}/{path.name}"
        for folder, shown in places
        for path in sorted(folder.glob("*/edition-*"))
        if (path.parent.name, path.name.removesuffix(".html")) not in known
    ]
    return [Finding(False, Message(f"{x}：台账里没有", f"{x}: not in the ledger")) for x in names]


def _read(reports: Path, line: LedgerLine) -> tuple[Edition | None, list[str]]:
    """Return the edition of a line with those of its files that lie there, and what differs."""
    home = f"{line.period}/edition-{line.edition}"
    path = reports / home / MANIFEST
    data = path.read_bytes() if path.is_file() else b""
    told = manifest.from_bytes(data, f"{home}/{MANIFEST}")
    if sha256(data) != line.sha256 or told is None:
        return None, [f"{home}/{MANIFEST}"]
    paths = {
        name: reports / (name if name.partition("/")[0] in SHARED else f"{home}/{name}")
        for name in told.files
    }
    files = {name: path.read_bytes() for name, path in paths.items() if path.is_file()}
    wrong = [f"{home}/{n}" for n, held in files.items() if sha256(held) != told.files[n]]
    wrong += [f"{home}/{name}" for name in told.files if name not in files and carries(name)]
    return Edition(proof.SOME_PERIOD, told, files, home, line.checkpoint), wrong


def _printed(site: Path, edition: Edition) -> dict[str, bytes]:
    """Return the PDFs that the site offers of an edition, by the edition's languages."""
    paths = {
        x: site / x / folder(edition) / f"{stem(edition)}.pdf" for x in edition.manifest.languages
    }
    return {language: path.read_bytes() for language, path in paths.items() if path.is_file()}


def _pages(site: Path, edition: Edition, *, newest: bool) -> Iterator[Finding]:
    """Compare each page of an edition, in each language of the site, with its frozen texts."""
    told = edition.manifest
    name = Message(f"{told.period} 第 {told.number} 版", f"{told.period} edition {told.number}")
    there = [x for x in _LANGUAGES if (site / x).is_dir()]
    wrong = [text for x in there for text in _differing(site, edition, x, newest=newest)]
    for found in wrong:
        yield Finding(False, Message(f"{name.zh}，{found.zh}", f"{name.en}, {found.en}"))
    if not wrong:
        zh = f"{name.zh}，页面（{'、'.join(there)}）与发布的文字和数字相同"
        en = f"{name.en}, its pages ({', '.join(there)}) say what was published"
        yield Finding(True, Message(zh, en))


def _differing(site: Path, edition: Edition, language: str, *, newest: bool) -> Iterator[Message]:
    told = edition.manifest
    chosen = language if language in told.languages else told.languages[0]
    home = folder(edition)
    article = _texts(edition.files, "article", chosen)
    yield from _page(site, f"{language}/{home}", article)
    yield from _page(site, f"{language}/{home}/annex", _texts(edition.files, "annex", chosen))
    if newest:
        report = links.report(told.period).removesuffix(".md")
        yield from _page(site, f"{language}/{report}", article, among_others=True)
    file = site / language / home / f"{stem(edition)}.csv"
    if file.is_file() and file.read_bytes() not in _figures(edition):
        shown = file.relative_to(site).as_posix()
        yield Message(f"{shown} 与发布的数字不同", f"{shown} has other figures than were published")


def _texts(files: Mapping[str, bytes], part: str, language: str) -> tuple[str, ...]:
    """Return the frozen texts of a page: for everybody, and for narrower audiences."""
    head = f"{part}.{language}."
    return tuple(data.decode() for name, data in files.items() if name.startswith(head))


def _page(
    site: Path, address: str, texts: tuple[str, ...], *, among_others: bool = False
) -> Iterator[Message]:
    path = next(
        (p for p in (site / address / "index.html", site / f"{address}.html") if p.is_file()), None
    )
    if path is None:
        yield Message(f"没有页面 {address}/", f"there is no page {address}/")
        return
    shown = page_says(path.read_text(encoding="utf-8", errors="replace"))
    wanted = [text_says(text) for text in texts]
    if any(text in shown if among_others else text == shown for text in wanted):
        return
    page = path.relative_to(site).as_posix()
    at = "" if among_others or not wanted else _where(shown, wanted[0])
    yield Message(f"{page} 与发布的不同{at}", f"{page} does not say what was published{at}")


def _where(shown: str, wanted: str) -> str:
    """Return the place where what a page says departs from what it should."""
    pairs = enumerate(zip(shown, wanted, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(shown), len(wanted)))
    return f" (… {shown[max(at - _AROUND, 0) : at]} → {shown[at : at + _AROUND]} …)"


def _figures(edition: Edition) -> Iterator[bytes]:
    """Yield the figures as pages offer them: to everybody, and to narrower audiences."""
    yield values_csv(edition, frozenset())
    if any(name.startswith(f"{CARDS}/") for name in edition.files):
        for level in edition.manifest.audiences[:-1]:
            yield values_csv(edition, hidden_cards(edition, level))
