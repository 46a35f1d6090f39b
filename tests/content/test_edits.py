"""Entries, keys and items set in YAML text, and not a character more."""

from __future__ import annotations

import pytest

from kpi_site.content.edits import applied, with_entry, with_item, with_key

ENTRY = {"role": "verified", "on": "2026-11-06"}
LINE = "- {role: verified, on: 2026-11-06}"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_entry_is_added_where_the_list_ends_with_the_line_ends_of_the_file(end: str) -> None:
    before = "period: 2026-10  # of the plan\nsignoffs:\n  - {role: collected}\nsummary: x\n"
    after = before.replace("summary", f"  {LINE}\nsummary")
    found = with_entry(before.replace("\n", end), "signoffs", ENTRY)
    assert found == after.replace("\n", end)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_is_begun_at_the_end_also_without_a_last_line_end(end: str) -> None:
    found = with_entry(f"period: 2026-10{end}summary: x", "signoffs", ENTRY)
    assert found == f"period: 2026-10{end}summary: x{end}signoffs:{end}  {LINE}{end}"


def test_what_cannot_be_added_to_line_by_line_is_left() -> None:
    assert with_entry("{period: 2026-10, signoffs: [{role: collected}]}", "signoffs", ENTRY) is None
    assert with_entry("signoffs: {}\n", "signoffs", ENTRY) is None
    assert with_entry("a: [1\n", "signoffs", ENTRY) is None


def test_keys_and_items_stay_in_their_place() -> None:
    text = "status: 'active'  # so far\r\nformerly: [old]\r\n"
    edits = [
        with_key(text, "x.yml", "status", "retired"),
        with_item(text, "x.yml", "formerly", "a"),
    ]
    assert applied(text, edits) == "status: 'retired'  # so far\r\nformerly: [a, old]\r\n"
