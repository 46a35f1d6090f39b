"""All problems at once, and no problem that is only the shadow of another."""

from __future__ import annotations

from pathlib import Path

from tests.content.company import ATTAINMENT, CUSTOMERS, FILES, SHORT, SITE, STOCK, TICKETS, read


def test_mistakes_in_all_files_are_reported_together(tmp_path: Path) -> None:
    changed: dict[str, str | None] = {
        SHORT["site"]: SITE.replace("currency: CNY", "currency: CYN"),
        SHORT["tickets"]: TICKETS.replace("resolved_at - created_at", "resolved_at - creatd_at"),
        SHORT["attainment"]: ATTAINMENT.replace("SUM(amount)", "SUM(amont)")
        .replace("unit: percent\n", "")
        .replace("/ target\n", "/ traget\n")
        .replace("name: {", "nam: {"),
        SHORT["stock"]: STOCK + "audience: stuff\nsuccessor: nobody\n",
        SHORT["service"]: FILES[SHORT["service"]].replace("39.5", "39"),
    }
    found = read(tmp_path, changed)
    assert found.seen == [
        "tickets:27:28 unknown-column",
        "attainment:1:1 missing-key",
        "attainment:2:1 unknown-key",
        "attainment:4:19 unknown-term",
        "attainment:6:67 unknown-column",
        "stock:15:11 unknown-audience",
        "stock:16:12 unknown-indicator",
        "service:7:3 weights-total",
        "site:6:11 unknown-currency",
    ]
    assert found.catalog is not None
    assert list(found.catalog.indicators) == []
    assert list(found.catalog.datasets) == ["customers"]
    assert list(found.catalog.actions) == ["callbacks"]


def test_names_in_unreadable_files_are_known(tmp_path: Path) -> None:
    syntax_error = "a: [\n"
    for stem in ("tickets", "customers", "attainment", "stock", "service"):
        found = read(tmp_path, {SHORT[stem]: syntax_error})
        assert [p.code for p in found.problems] == ["yaml-syntax"], stem


def test_columns_of_damaged_schemas_are_not_called_unknown(tmp_path: Path) -> None:
    for old, new in [
        ("type: number, decimals: 2", "type: numeric, decimals: 2"),
        ("name: amount", "nmae: amount"),
        ("  fields:\n", "  feilds:\n"),
        ("schema:\n", "shcema:\n"),
        ("resource: customers", "resuorce: customers"),
        ("days_open: resolved_at -", "days_open: resolved_at * -"),
    ]:
        assert old in TICKETS
        found = read(tmp_path, {SHORT["tickets"]: TICKETS.replace(old, new)})
        assert {Path(p.where.file).stem for p in found.problems} == {"tickets"}, (old, found.seen)
        assert len(found.problems) == 1, (old, found.seen)
    found = read(tmp_path, {SHORT["customers"]: CUSTOMERS.replace("name: tier", "nmae: tier")})
    assert found.seen == ["customers:8:8 unknown-key"]


def test_a_misspelt_key_is_one_mistake(tmp_path: Path) -> None:
    for key in ("direction", "formula", "terms", "unit", "cycle", "thresholds", "examples"):
        text = ATTAINMENT.replace(f"\n{key}:", f"\n{key[:-2]}{key[-1]}{key[-2]}:")
        found = read(tmp_path, {SHORT["attainment"]: text})
        assert [p.code for p in found.problems] == ["unknown-key"], (key, found.seen)


def test_a_damaged_site_does_not_make_departments_unknown(tmp_path: Path) -> None:
    found = read(tmp_path, {SHORT["site"]: SITE.replace("departments:", "departements:")})
    assert found.seen == ["site:7:1 unknown-key"]
    found = read(tmp_path, {SHORT["site"]: "- nothing\n"})
    assert [p.code for p in found.problems] == ["wrong-type"]
    assert found.catalog is None


def test_without_site_file(tmp_path: Path) -> None:
    found = read(tmp_path, {SHORT["site"]: None})
    assert found.catalog is None
    assert [(p.code, str(p.where)) for p in found.problems] == [
        ("unreadable-file", "content/site.yml")
    ]


def test_circles_print_themselves(tmp_path: Path) -> None:
    """a → b → c → a is reported in each of its cards; d, which only leads there, is not in it."""
    changed: dict[str, str | None] = {}
    for name, other in [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")]:
        changed[f"content/indicators/sales/{name}.yml"] = (
            f"id: {name}\nname: x\ndefinition: x\nunit: count\ncycle: month\nformula: t\n"
            f"terms:\n  t: {{indicator: {other}}}\n"
        )
    found = read(tmp_path, changed)
    assert [(str(p.where), p.message.en) for p in found.problems] == [
        ("content/indicators/sales/a.yml:8:18", "circular indicators: a → b → c → a"),
        ("content/indicators/sales/b.yml:8:18", "circular indicators: b → c → a → b"),
        ("content/indicators/sales/c.yml:8:18", "circular indicators: c → a → b → c"),
    ]


def test_files_out_of_place(tmp_path: Path) -> None:
    changed: dict[str, str | None] = {
        "content/indicators/lost.yml": "id: lost\n",
        "content/indicators/sales/deep/lost.yml": "id: lost\n",
        "content/cards/lost.yml": "id: lost\n",
        "content/datasets/lost.yaml": "id: lost\n",
        "content/indicators/sales/attainment.yml": ATTAINMENT,
        "content/reports/2026-10/edition-1/values.yml": "frozen: true\n",
        "content/indicators/sales/.hidden.yml": "[",
        "content/indicators/sales/README.md": "notes",
        "content/indicators/nowhere/stray.yml": ATTAINMENT.replace("id: attainment", "id: stray"),
    }
    found = read(tmp_path, changed)
    assert [(str(p.where), p.code) for p in found.problems] == [
        ("content/cards/lost.yml", "file-out-of-place"),
        ("content/datasets/lost.yaml", "wrong-suffix"),
        ("content/indicators/lost.yml", "file-out-of-place"),
        ("content/indicators/nowhere/stray.yml:1:1", "unknown-department"),
        ("content/indicators/sales/attainment.yml:1:5", "duplicate-id"),
        ("content/indicators/sales/deep/lost.yml", "file-out-of-place"),
    ]


def test_a_hundred_cards(tmp_path: Path) -> None:
    changed: dict[str, str | None] = {
        f"content/indicators/sales/card_{i}.yml": ATTAINMENT.replace(
            "id: attainment", f"id: card_{i}"
        )
        for i in range(100)
    }
    found = read(tmp_path, changed)
    assert found.seen == []
    assert found.catalog is not None
    assert len(found.catalog.indicators) == 102
