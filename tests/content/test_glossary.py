"""A company's own words go before those of every site (specification.md#glossary)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kpi_site.catalog import Catalog
from kpi_site.content import read_catalog
from kpi_site.content.glossary import standard_terms

SITE = "organisation: {zh: 小样, en: Mini}\n"


def read(root: Path, glossary: str | None) -> tuple[Catalog, list[str]]:
    (root / "content").mkdir(exist_ok=True)
    (root / "content" / "site.yml").write_text(SITE, encoding="utf-8")
    if glossary is not None:
        (root / "content" / "glossary.yml").write_text(glossary, encoding="utf-8")
    catalog, problems = read_catalog(root, today=date(2026, 11, 1))
    assert catalog is not None
    return catalog, [p.text("en") for p in problems]


def test_a_site_without_a_glossary_has_the_standard_words(tmp_path: Path) -> None:
    catalog, problems = read(tmp_path, None)
    assert problems == []
    assert catalog.glossary == standard_terms()


def test_an_own_word_stands_before_the_standard_ones_or_in_place_of_one(tmp_path: Path) -> None:
    catalog, problems = read(
        tmp_path,
        "terms:\n"
        "  - {id: sla, name: 时限, also: [SLA], text: 约定。}\n"
        "  - {id: signal, name: {zh: 信号, en: Signal}, text: 我们的。, mark: false}\n",
    )
    assert problems == []
    names = [str(term.id) for term in catalog.glossary]
    assert names[:2] == ["sla", "signal"]
    assert names.count("signal") == 1
    assert len(names) == len(standard_terms()) + 1
    sla, signal = catalog.glossary[:2]
    assert sla.forms("zh") == sla.forms("en") == ("时限", "SLA")
    assert (sla.mark, signal.mark) == (True, False)


def test_two_entries_do_not_claim_one_word(tmp_path: Path) -> None:
    catalog, problems = read(
        tmp_path,
        "terms:\n"
        "  - {id: a, name: {zh: 甲, en: First}, text: {zh: 一。, en: One.}}\n"
        "  - {id: b, name: {zh: 乙, en: Second}, also: [first], text: {zh: 二。, en: Two.}}\n"
        "  - {id: a, name: {zh: 丙, en: Third}, text: {zh: 三。, en: Three.}}\n",
    )
    assert problems == [
        "content/glossary.yml:3:46: 'first' is listed twice",
        "content/glossary.yml:4:10: 'a' is listed twice",
    ]
    assert catalog.glossary == standard_terms()  # a file with errors is left out


def test_what_is_wrong_has_its_place(tmp_path: Path) -> None:
    _, problems = read(
        tmp_path, "terms:\n  - {id: a, name: {zh: 甲}, meaning: x, text: {zh: 一。, en: One.}}\n"
    )
    assert [p.partition(": ")[0] for p in problems] == [
        "content/glossary.yml:2:19",  # no English name
        "content/glossary.yml:2:28",  # an unknown key
    ]


def test_standard_words_have_both_languages_and_forms_of_their_own() -> None:
    terms = standard_terms()
    assert len({str(t.id) for t in terms}) == len(terms)
    for language in ("zh", "en"):
        owners: dict[str, str] = {}
        for term in terms:
            assert not term.name.falls_back(language)
            assert not term.text.falls_back(language)
            for form in term.forms(language):
                assert owners.setdefault(form.lower(), str(term.id)) == term.id
