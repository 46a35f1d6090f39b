"""Downloads of an edition: printed from what it froze, whatever the program says by now."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from kpi_site.editions.on_disk import path_of
from kpi_site.exports import edition_files
from kpi_site.exports.edition_files import (
    export_files,
    hidden_cards,
    look_name,
    pdf_of,
    report_name,
    values_csv,
)
from kpi_site.exports.report import with_look
from kpi_site.kept import Keeping, Prints
from kpi_site.problems import Location, Name
from tests.exports.company import changed, edition, needs_fonts

pytestmark = needs_fonts
AT = "reports/2026-10/edition-1/report-2026-10-edition-1"


def for_leadership() -> dict[str, object]:
    return {"audience": Name("leadership", Location("x.yml"))}


def test_an_edition_has_a_pdf_a_workbook_and_its_figures() -> None:
    own = edition()
    files, problems = export_files(own, "zh")
    assert problems == ()
    assert [file.path for file in files] == [f"{AT}.pdf", f"{AT}.xlsx", f"{AT}.csv"]
    assert files[0].data.startswith(b"%PDF")
    assert files[2].data == codecs.BOM_UTF8 + own.files["values.csv"]


def test_an_upgrade_of_the_program_changes_no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    own = edition()
    before, _ = export_files(own, "en")
    monkeypatch.setattr("kpi_site.words.WORDS", {})
    monkeypatch.setattr("kpi_site.exports.workbook_sheets.number_format", lambda _: "0")
    after, _ = export_files(own, "en")
    assert before == after


def test_a_narrower_audience_gets_its_figures_and_no_pdf() -> None:
    own = edition(changed(attainment=for_leadership()))
    assert hidden_cards(own, "staff") == {"attainment"}
    assert hidden_cards(own, "leadership") == hidden_cards(own, None) == frozenset()
    assert hidden_cards(own, "nobody-known") == {"attainment"}
    files, _ = export_files(own, "en", audience="staff")
    assert [file.path for file in files] == [f"{AT}.xlsx", f"{AT}.csv"]
    assert b"attainment" not in files[1].data
    rows = list(csv.DictReader(io.StringIO(files[1].data.decode("utf-8-sig"), newline="")))
    assert {row["indicator"] for row in rows} == {"handling_days", "revenue"}
    book = openpyxl.load_workbook(io.BytesIO(files[0].data))
    sheets = ["About", "All figures", "Signal or noise", "Why it moved", "Cards"]
    assert book.sheetnames == sheets
    texts = {str(c.value) for sheet in book for row in sheet.iter_rows() for c in row}
    assert not any("attainment" in text for text in texts)


def test_figures_without_hidden_cards_are_otherwise_the_frozen_ones() -> None:
    own = edition()
    kept = values_csv(own, frozenset({"attainment"})).decode("utf-8-sig").splitlines()
    frozen = own.files["values.csv"].decode().splitlines()
    assert kept == [line for line in frozen if not line.startswith(("attainment,", '"attainment"'))]


def test_what_was_printed_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, keeping = edition(), Keeping(tmp_path, Prints())
    first, _ = export_files(own, "en", keeping=keeping)
    monkeypatch.setattr(edition_files, "pdf_of", None)
    monkeypatch.setattr(edition_files, "xlsx_of", None)
    again, _ = export_files(own, "en", keeping=Keeping(tmp_path, Prints()))
    assert [f.data for f in again] == [f.data for f in first]


def test_a_machine_without_fonts_gets_the_rest_and_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpi_site.exports.pdf.chinese_font", lambda: None)
    monkeypatch.setattr(edition_files, "chinese_font", lambda: None)
    files, problems = export_files(edition(), "zh", keeping=Keeping(tmp_path, Prints()))
    assert [file.path for file in files] == [f"{AT}.xlsx", f"{AT}.csv"]
    (found,) = problems
    assert str(found.where) == "content/reports/2026-10/edition-1/report.zh.typ"
    assert found.code == "no-chinese-font"


def test_a_language_that_an_edition_lacks_falls_back_to_its_first() -> None:
    own = edition()
    told = replace(own.manifest, languages=("zh",))
    files = {name: data for name, data in own.files.items() if ".en." not in name}
    only = replace(own, manifest=told, files=files)
    assert export_files(only, "en") == export_files(only, "zh")


def test_an_edition_without_frozen_exports_has_its_figures() -> None:
    own = edition()
    bare = {n: d for n, d in own.files.items() if not n.startswith(("report.", "workbook."))}
    files, problems = export_files(replace(own, files=bare), "zh")
    assert ([file.path for file in files], problems) == ([f"{AT}.csv"], ())


def test_editions_share_the_look_of_their_prints() -> None:
    own = edition()
    (name,) = (n for n in own.files if n.startswith("looks/"))
    look = own.files[name].decode()
    assert look_name(look) == name
    assert path_of(own.folder, name) == f"content/reports/{name}"
    bodies = [own.files[report_name(language)].decode() for language in ("zh", "en")]
    assert not any("#let" in body for body in bodies)
    assert len(look) > len(bodies[0]) / 2


def test_an_edition_that_holds_its_look_itself_prints_as_ever() -> None:
    own = edition()
    (name,) = (n for n in own.files if n.startswith("looks/"))
    whole = with_look(own.files[name].decode(), own.files[report_name("en")].decode())
    files = {n: data for n, data in own.files.items() if n != name}
    old = replace(own, files=files | {report_name("en"): whole.encode()})
    assert pdf_of(old, "en") == pdf_of(own, "en")
    assert pdf_of(own, "en")[0] is not None
