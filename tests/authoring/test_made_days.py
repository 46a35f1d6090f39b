"""Days that are made of columns of years, months and quarters: DuckDB reads the expression."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import polars as pl
import pytest

from kpi_site.authoring.survey.column import see
from kpi_site.authoring.survey.made import made_of_parts
from kpi_site.authoring.survey.month_words import month_of, quarter_of


def days(head: str, *lines: str) -> Sequence[date] | None:
    """Return the days that are made of rows of texts, in their order; None where there are none."""
    names, rows = head.split(","), [line.split(",") for line in lines]
    texts = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    columns, made = made_of_parts([see(column, typed=False) for column in texts], texts)
    if made is None:
        return None
    typed = {c.name: "INTEGER" if c.type == "integer" else "VARCHAR" for c in columns}
    typed |= {c.name: "DATE" for c in columns if c.type == "date"}
    typed |= {c.name: "DECIMAL(8,2)" for c in columns if c.type == "number"}
    cells = [
        [
            f"{cell[:4]}-01-01" if typed[n] == "DATE" else cell
            for n, cell in zip(names, row, strict=True)
        ]
        for row in rows
    ]
    with duckdb.connect() as connection:
        listed = ", ".join(f'"{name}" {kind}' for name, kind in typed.items())
        connection.execute(f"CREATE TABLE texts ({listed})")
        connection.executemany(f"INSERT INTO texts VALUES ({', '.join('?' * len(names))})", cells)
        found = connection.execute(f"SELECT {made.expression} FROM texts").fetchall()
    return [row[0] for row in found]


@pytest.mark.parametrize(
    ("head", "march", "november"),
    [
        ("Jahr,Monat", "2024,3", "2025,11"),
        ("Jahr,Monat", "2024,März", "2025,November"),
        ("Geschäftsjahr,Periode", "2024,003", "2025,011"),
        ("Année,Mois", "2024,3", "2025,11"),
        ("Exercice,Mois", "2024,mars", "2025,novembre"),
        ("Année,Mois", "2024,mars", "2025,nov."),
        ("Año,Mes", "2024,marzo", "2025,noviembre"),
        ("Ano,Mês", "2024,março", "2025,novembro"),
        ("Anno,Mese", "2024,marzo", "2025,novembre"),
        ("Jaar,Maand", "2024,mrt", "2025,nov"),
        ("Year,When", "2024,March", "2025,November"),
        ("年份,月份", "2024,3月", "2025,11月"),
        ("年份,月份", "2024年,3月", "2025年,11月"),
        ("年度,月份", "2024,三月", "2025,十一月"),
        ("Zeit", "März 2024", "November 2025"),
        ("Zeit", "Mrz 24", "Nov 25"),
        ("mois", "mars 2024", "nov. 2025"),
        ("mes", "2024 marzo", "2025 noviembre"),
    ],
)
def test_months(head: str, march: str, november: str) -> None:
    assert days(head, march, november) == [date(2024, 3, 1), date(2025, 11, 1)]


@pytest.mark.parametrize(
    ("head", "first", "fourth"),
    [
        ("Jahr,Quartal", "2024,1", "2025,4"),
        ("Jahr,Quartal", "2024,Q1", "2025,Q4"),
        ("Jahr,Quartal", "2024,1. Quartal", "2025,4. Quartal"),
        ("Exercice,Trimestre", "2024,T1", "2025,T4"),
        ("Année,Trimestre", "2024,1er trimestre", "2025,4e trimestre"),
        ("Ejercicio,Trimestre", "2024,1", "2025,4"),
        ("Jaar,Kwartaal", "2024,1", "2025,4"),
        ("年度,季度", "2024,第一季度", "2025,第四季度"),
        ("年度,季度", "2024年,一季度", "2025年,四季度"),
        ("年度,季度", "2024,I", "2025,IV"),
        ("q", "Q1/24", "Q4/25"),
        ("q", "1Q24", "4Q25"),
        ("q", "FY24Q1", "FY25Q4"),
        ("q", "FY2024 Q1", "FY2025 Q4"),
        ("Quartal", "1. Quartal 2024", "4. Quartal 2025"),
        ("Trimestre", "T1 2024", "T4 2025"),
        ("Trimestre", "2024-T1", "2025-T4"),
        ("季度", "2024年第一季度", "2025年第四季度"),
        ("季度", "第一季度 2024", "第四季度 2025"),
        ("q", "2024年 Q1", "2025年 Q4"),
    ],
)
def test_quarters(head: str, first: str, fourth: str) -> None:
    assert days(head, first, fourth) == [date(2024, 1, 1), date(2025, 10, 1)]


@pytest.mark.parametrize(
    ("head", "first", "ninth"),
    [
        ("year,week", "2026,1", "2025,9"),
        ("年份,周次", "2026,第1周", "2025,第9周"),
        ("Jahr,KW", "2026,KW1", "2025,KW9"),
        ("Année,Semaine", "2026,S01", "2025,S09"),
    ],
)
def test_weeks(head: str, first: str, ninth: str) -> None:
    mondays = days(head, first, ninth)
    assert [str(day) for day in mondays or ()] == ["2025-12-29 00:00:00", "2025-02-24 00:00:00"]


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("year,half", "2024,1", "2025,2"),
        ("年度,半年", "2024,上半年", "2025,下半年"),
        ("half", "H1 2024", "H2 2025"),
        ("half", "2024H1", "2025H2"),
        ("half", "FY24 H1", "FY25 H2"),
        ("期间", "2024年上半年", "2025年下半年"),
        ("Zeitraum", "1. Halbjahr 2024", "2. Halbjahr 2025"),
    ],
)
def test_halves(head: str, first: str, second: str) -> None:
    assert days(head, first, second) == [date(2024, 1, 1), date(2025, 7, 1)]


def test_months_whose_closing_nought_is_lost() -> None:
    assert days("会计期间", "2025.01", "2025.1") == [date(2025, 1, 1), date(2025, 10, 1)]
    assert days("会计期间", "2025.1", "2025.2") is None  # a nought may be lost, or not


@pytest.mark.parametrize("quarter", ["Q1 FY25", "FY25Q1"])
def test_a_fiscal_year_is_told_to_begin_in_january(quarter: str) -> None:
    texts = pl.DataFrame({"q": [quarter, quarter.replace("Q1", "Q2")]})
    _, made = made_of_parts([see(texts["q"], typed=False)], texts)
    assert made is not None
    assert "fiscal" in made.note.en


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("half", ("H1 2024", "H3 2024")),
        ("code", ("S1-24", "S2-25")),
        ("year,week", ("2024,1", "2024,54")),
        ("Jahr,Quartal", ("2024,1", "2024,5")),
        ("Jahr,Monat", ("2024,13", "2024,1")),
        ("Jahr,Monat", ("2024,März", "2024,Ostern")),
        ("part", ("A1-24", "A2-25")),
        ("part", ("T1-2024a", "T2-2024b")),
        ("part", ("Q1 2024", "Q5 2024")),
        ("name", ("Mai 24", "Bach 25")),
        ("Tag,Jahr,Monat", ("2024-03-05,2024,3", "2024-03-06,2024,3")),
    ],
)
def test_what_makes_no_day(head: str, lines: tuple[str, ...]) -> None:
    assert days(head, *lines) is None


@pytest.mark.parametrize(
    ("fifth", "twelfth"),
    [
        ("5. März 2024", "12. Dezember 2025"),
        ("5 mars 2024", "12 déc. 2025"),
        ("5 de marzo de 2024", "12 de diciembre de 2025"),
    ],
)
def test_days_in_words(fifth: str, twelfth: str) -> None:
    assert days("Datum", fifth, twelfth) == [date(2024, 3, 5), date(2025, 12, 12)]


def test_words() -> None:
    months = {w: month_of(w) for w in ("mai", "JUIN", "juil.", "Mrz", "set", "dez.", "十二月", "x")}
    expected = [5, 6, 7, 3, 9, 12, 12, None]
    assert list(months.values()) == expected
    assert [quarter_of(w) for w in ("第二季度", "III", "3e trimestre", "Q4", "V")] == [
        2,
        3,
        3,
        4,
        None,
    ]
