"""What a change does to figures, points, totals and facts, worked out by hand."""

from __future__ import annotations

from decimal import Decimal

from kpi_site.diff.compare import Difference
from kpi_site.diff.figures import FigureChange
from tests.diff.conftest import DONE_FILE, REVENUE_FILE, SHOP_FILE, Shop


def changes(diff: Difference, card: str) -> dict[tuple[str, str], FigureChange]:
    """Return a card's changed figures by period and member."""
    found = [f for f in diff.figures if f.indicator == card]
    return {(c.period.label, c.key.member): c for f in found for c in f.changes}


def values(diff: Difference, card: str) -> dict[tuple[str, str], tuple[Decimal | None, ...]]:
    """Return old and new value of each changed figure."""
    return {
        key: tuple(r.value if r else None for r in (c.old, c.new))
        for key, c in changes(diff, card).items()
    }


def points(diff: Difference, card: str) -> dict[tuple[str, str], tuple[Decimal | None, ...]]:
    """Return old and new points of each changed figure, with four places."""
    return {
        key: tuple(
            r.points.quantize(Decimal("0.0001")) if r and r.points is not None else None
            for r in (c.old, c.new)
        )
        for key, c in changes(diff, card).items()
    }


def totals(diff: Difference) -> dict[str, tuple[Decimal | None, ...]]:
    """Return old and new total of the shop's scorecard by period."""
    return {
        t.period.label: tuple(c.total if c else None for c in (t.old, t.new))
        for t in diff.totals
        if t.total_differs
    }


def test_nothing_changed(shop: Shop) -> None:
    assert shop.diff().empty
    assert shop.diff("HEAD", head=True).empty
    shop.edit(REVENUE_FILE, "formula: sold", "# a remark\nformula: sold")
    assert shop.diff().empty


def test_a_threshold(shop: Shop) -> None:
    # January: 150 lies a third of the way from 100 to 250: 60 + 40/3 = 73.33, before a half: 80.
    # February, 300, lies beyond the challenge. Revenue is an amount: the thresholds of a month
    # judge neither the quarter nor a region.
    shop.edit(REVENUE_FILE, "target: 200", "target: 250")
    diff = shop.diff()
    assert points(diff, "revenue") == {
        ("2026-01", ""): (Decimal("80.0000"), Decimal("73.3333")),
        ("2026-02", ""): (Decimal("120.0000"), Decimal("120.0000")),
    }
    assert not any(c.value_differs for c in changes(diff, "revenue").values())
    # 0.6 x 80 + 0.4 x 70 = 76 is fair; 0.6 x 73.33 + 28 = 72 is poor.
    assert totals(diff) == {"2026-01": (Decimal(76), Decimal(72))}
    january = next(t for t in diff.totals if t.period.label == "2026-01")
    assert january.grade_differs
    assert [c.new.indicator.id for c in january.lines if c.new] == ["revenue"]
    assert not diff.tables
    assert not changes(diff, "done_rate")


def test_a_formula(shop: Shop) -> None:
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold * 2")
    found = values(shop.diff(), "revenue")
    assert found["2026-01", ""] == (Decimal(150), Decimal(300))
    assert found["2026", ""] == (Decimal(450), Decimal(900))
    assert found["2026-02", "south"] == (Decimal(100), Decimal(200))
    assert len(found) == 15  # 2 months, quarter, half year, year; the whole and two regions


def test_a_weight(shop: Shop) -> None:
    shop.edit(SHOP_FILE, "weight: 60", "weight: 50")
    shop.edit(SHOP_FILE, "weight: 40", "weight: 50")
    diff = shop.diff()
    assert diff.figures == ()
    # (80 + 70) / 2; in February both lines have 120.
    assert totals(diff) == {"2026-01": (Decimal(76), Decimal(75))}
    assert [len(t.lines) for t in diff.totals] == [2, 2]


def test_a_name_changes_no_figure(shop: Shop) -> None:
    shop.edit(REVENUE_FILE, "en: Revenue}", "en: Sales}")
    diff = shop.diff()
    assert (diff.figures, diff.totals, diff.tables) == ((), (), ())
    assert [(c.id, c.status) for c in diff.content] == [("revenue", "changed")]


def test_a_row(shop: Shop) -> None:
    shop.edit("data/orders.csv", "south,50.00", "south,60.00")
    diff = shop.diff()
    table = diff.tables[0]
    assert (table.added, table.removed, table.changed) == (0, 0, 1)
    assert (table.columns, table.months) == ({"amount": 1}, ("2026-01",))
    assert [f.path for f in table.files] == ["data/orders.csv"]
    found = values(diff, "revenue")
    assert found["2026-01", ""] == (Decimal(150), Decimal(160))
    assert {key for key in found if key[0] == "2026-01"} == {("2026-01", ""), ("2026-01", "south")}
    assert ("2026-02", "") not in found
    # 160 earns 60 + 0.6 x 40 = 84: 0.6 x 84 + 28 = 78.4
    assert totals(diff)["2026-01"] == (Decimal(76), Decimal("78.4"))
    assert not changes(diff, "done_rate")


def test_rows_that_come_and_go(shop: Shop) -> None:
    shop.edit("data/orders.csv", "3,2026-02-05,north,200.00,1\n", "")
    shop.edit("data/orders.csv", "4,2026-02", "5,2026-01-31,east,7.00,0\n4,2026-02")
    table = shop.diff().tables[0]
    assert (table.added, table.removed, table.changed) == (1, 1, 0)
    assert (table.old_rows, table.new_rows) == (4, 4)
    assert table.months == ("2026-01", "2026-02")


def test_months_of_rows_are_those_of_the_company(shop: Shop) -> None:
    shop.edit("content/site.yml", "data_through", "calendar: {closing_day: 5}\ndata_through")
    shop.commit()
    shop.edit("data/orders.csv", "south,50.00", "south,60.00")  # 6 January
    shop.edit("data/orders.csv", "north,100.00", "north,110.00")  # 5 January
    diff = shop.diff("HEAD")
    assert diff.tables[0].months == ("2026-01", "2026-02")
    assert values(diff, "revenue")["2026-02", ""] == (Decimal(250), Decimal(260))


def test_a_moved_calendar_compares_months_of_the_same_name(shop: Shop) -> None:
    shop.edit("content/site.yml", "data_through", "calendar: {closing_day: 5}\ndata_through")
    found = values(shop.diff(), "revenue")
    # 5 January alone, then 6 January and 5 February: 50 + 200.
    assert found["2026-01", ""] == (Decimal(150), Decimal(100))
    assert found["2026-02", ""] == (Decimal(300), Decimal(250))


def test_rows_without_a_key(shop: Shop) -> None:
    shop.edit("content/datasets/orders.yml", "  primaryKey: [order_id]\n", "")
    shop.commit()
    shop.edit(
        "data/orders.csv", "1,2026-01-05,north,100.00,1\n", "1,2026-01-05,north,100.00,1\n" * 3
    )
    shop.edit("data/orders.csv", "south,50.00", "south,60.00")
    table = shop.diff("HEAD").tables[0]
    assert (table.added, table.removed, table.changed) == (3, 1, 0)
    assert table.months == ("2026-01",)


def test_a_file_written_differently(shop: Shop) -> None:
    shop.edit("data/orders.csv", "50.00", "50.0")
    diff = shop.diff()
    assert [t.rows_differ for t in diff.tables] == [False]
    assert diff.figures == ()


def test_a_deleted_card(shop: Shop) -> None:
    (shop.root / DONE_FILE).unlink()
    shop.write(SHOP_FILE, (shop.root / SHOP_FILE).read_text().split('  - {no: "2"')[0])
    shop.edit(SHOP_FILE, "weight: 60", "weight: 100")
    diff = shop.diff()
    assert [(c.id, c.status) for c in diff.content] == [
        ("done_rate", "removed"),
        ("shop", "changed"),
    ]
    assert diff.pages.removed == ("indicators/done_rate/",)
    assert diff.files.removed == (DONE_FILE,)
    assert totals(diff) == {"2026-01": (Decimal(76), Decimal(80))}
    gone = [c for t in diff.totals for c in t.lines if c.new is None and c.old]
    assert {c.old.indicator.id for c in gone if c.old} == {"done_rate"}


def test_a_renamed_card(shop: Shop) -> None:
    text = (shop.root / REVENUE_FILE).read_text(encoding="utf-8")
    (shop.root / REVENUE_FILE).unlink()
    text = text.replace("id: revenue", "id: turnover\nformerly: [revenue]")
    shop.write(
        "content/indicators/sales/turnover.yml", text.replace("formula: sold", "formula: sold + 1")
    )
    shop.edit(SHOP_FILE, "indicator: revenue", "indicator: turnover")
    diff = shop.diff()
    card = diff.content[0]
    assert (card.id, card.former, card.status) == ("turnover", "revenue", "renamed")
    # the old page leads on: nothing disappears
    assert (diff.pages.added, diff.pages.removed) == (("indicators/turnover/",), ())
    assert [(f.path, f.old, f.new) for f in card.fields] == [
        (("id",), "revenue", "turnover"),
        (("formerly",), None, "revenue"),
        (("formula",), "sold", "sold + 1"),
    ]
    assert diff.figures[0].former == "revenue"
    assert values(diff, "turnover")["2026-01", ""] == (Decimal(150), Decimal(151))
    # The line is the same one: only its points differ. 151 earns 60 + 0.51 x 40 = 80.4
    january = next(t for t in diff.totals if t.period.label == "2026-01")
    assert [(c.old.points, c.new.points) for c in january.lines if c.old and c.new] == [
        (Decimal(80), Decimal("80.4"))
    ]


def test_a_retired_card_with_a_successor(shop: Shop) -> None:
    text = (shop.root / REVENUE_FILE).read_text(encoding="utf-8")
    shop.write("content/indicators/sales/sales.yml", text.replace("id: revenue", "id: sales"))
    shop.edit(REVENUE_FILE, "cycle: month", "cycle: month\nstatus: retired\nsuccessor: sales")
    shop.edit(SHOP_FILE, "indicator: revenue", "indicator: sales")
    diff = shop.diff()
    assert [(c.id, c.status) for c in diff.content if c.kind == "indicator"] == [
        ("revenue", "changed"),
        ("sales", "added"),
    ]
    assert diff.figures == ()  # the new card is new, the old one is what it was
    assert diff.pages.added == ("indicators/sales/",)


def test_a_new_dataset(shop: Shop) -> None:
    shop.write("data/calls.csv", "call_id,called_on\n1,2026-01-01\n")
    shop.write(
        "content/datasets/calls.yml",
        "id: calls\ntitle: {zh: 来电, en: Calls}\npath: data/calls.csv\nowner: sales\n"
        "source: {zh: 系统, en: System}\ntime: called_on\nschema:\n  primaryKey: [call_id]\n"
        "  fields:\n    - {name: call_id, type: string}\n    - {name: called_on, type: date}\n",
    )
    diff = shop.diff()
    assert [(c.kind, c.id, c.status) for c in diff.content] == [("dataset", "calls", "added")]
    assert diff.files.added == ("content/datasets/calls.yml", "data/calls.csv")
    assert diff.pages.added == ("datasets/calls/",)
    assert (diff.figures, diff.tables) == ((), ())


def test_what_is_unchanged_is_not_computed_again(shop: Shop) -> None:
    from kpi_site.diff.run import difference

    told: list[str] = []
    difference(shop.options, None, progress=told.append)
    assert (told.count("revenue"), told.count("done_rate")) == (1, 1)  # once for both states
    shop.edit(REVENUE_FILE, "formula: sold", "formula: sold * 2")
    told.clear()
    difference(shop.options, None, progress=told.append)
    assert told == ["main", "revenue"]  # the base, and the one card that differs
    told.clear()
    difference(shop.options, None, progress=told.append)
    assert told == ["main"]
