"""What a dataset's page says of its file: words of the file as they stand there, escaped once."""

from __future__ import annotations

from html import unescape
from pathlib import Path

from kpi_site.options import Options
from kpi_site.site import generate
from tests.figures.small import card, dataset, write
from tests.oracle.product import TODAY


def test_where_the_rows_end(tmp_path: Path) -> None:
    layout = "  primaryKey: ['a<b>']\nrows: {until: {column: team, matches: 'A&B <all>'}}\n"
    files = {
        "data/sales.csv": "day,team,a<b>\n2026-01-03,a,1\n,A&B <all>,\n",
        **dataset("sales", "name: team, type: string", "name: 'a<b>', type: integer", more=layout),
        **card("sold", "number: {from: sales, value: COUNT(*)}"),
    }
    found, problems = generate(Options(root=write(tmp_path, files), today=TODAY))
    assert found is not None, [p.text() for p in problems]
    page = (tmp_path / "build/docs/en/datasets/sales.md").read_text("utf-8")
    (line,) = (x for x in page.splitlines() if "up to the row whose" in x)
    assert "up to the row whose team is A&B <all></dd>" in unescape(line)
    assert "<all>" not in line
    assert "<dt>Primary key</dt><dd>a&lt;b&gt;</dd>" in page
