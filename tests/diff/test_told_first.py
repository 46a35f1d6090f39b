"""What a summary says first: nothing of what was not compared, the newest period, lost facts."""

from __future__ import annotations

import json

from kpi_site.diff.as_json import as_json
from kpi_site.diff.document import Paragraph
from kpi_site.diff.markdown import markdown
from kpi_site.diff.text import text_lines
from kpi_site.diff.view import document
from tests.diff.conftest import DONE_FILE, REVENUE_FILE, SHOP_FILE, Shop


def told(shop: Shop, language: str = "en") -> str:
    return "\n".join(text_lines(document(shop.diff(), language)))


def top(shop: Shop) -> str:
    """Return the first part of what is told, before the details."""
    found = document(shop.diff(), "en")
    return "\n".join(text_lines(type(found)(found.title, found.top, (), "")))


def test_an_unsound_state_is_not_compared(shop: Shop) -> None:
    shop.edit(SHOP_FILE, "weight: 40", "weight: 30")  # 90 in all: an error
    text = told(shop)
    assert "Scorecards not compared: shop" in text
    assert "No figure, score or grade changes" not in text
    assert "not compared where one of the states is faulty" in text
    assert json.loads(as_json(shop.diff()))["scorecards_not_compared"] == ["shop"]
    assert "未能比较的记分卡：shop" in told(shop, "zh")


def test_one_without_a_readable_site_is_not_compared_either(shop: Shop) -> None:
    shop.edit("content/site.yml", "data_through: 2026-02-28", "data_through: 2026-02-31")
    text = told(shop)
    assert "Figures not compared: done_rate, revenue" in text
    assert "No figure, score or grade changes" not in text


def test_the_same_error_on_both_sides_is_no_nothing(shop: Shop) -> None:
    shop.edit(DONE_FILE, "formula: done / orders", "formula: done / ordres")
    shop.commit()
    text = told(shop)
    assert "Nothing differs" not in text
    assert "What was compared does not differ" in text
    shop.edit(DONE_FILE, "ordres", "orders")
    shop.commit()
    assert "Nothing differs." in told(shop)


def test_a_new_scorecard(shop: Shop) -> None:
    # January: revenue 150 earns 80; completion 0.5 earns 60 + 40 * (0.5 - 0.4) / 0.4 = 70.
    # 0.5 * 80 + 0.5 * 70 = 75: just Fair. February: 120 (300, the challenge) and 120: Good.
    shop.write(
        "content/scorecards/half.yml",
        "id: half\ntitle: {zh: 各半, en: Halves}\ncycle: month\nscored: true\nlines:\n"
        "  - {indicator: revenue, weight: 50}\n  - {indicator: done_rate, weight: 50}\n",
    )
    text = told(shop)
    assert "Halves half (new): Feb 2026 120.0 (Good); 2 lines" in text
    rows = [" ".join(row.split()) for row in text.splitlines()]
    assert any("Jan 2026" in row and "75.0" in row and "Fair" in row for row in rows)
    assert any("Revenue" in row and " 50 " in f"{row} " and "120.0" in row for row in rows)
    assert "Shop scorecard" not in text  # the other one is as it was
    (first, *_) = [t for t in shop.diff().totals if t.period.label == "2026-01"]
    assert first.old is None
    assert first.new is not None
    assert first.new.total == 75


def test_a_new_scorecard_without_totals(shop: Shop) -> None:
    shop.write(
        "content/scorecards/watch.yml",
        "id: watch\ntitle: {zh: 观察, en: Watched}\ncycle: month\n"
        "lines:\n  - {indicator: revenue}\n",
    )
    assert "Watched watch (new): Feb 2026 none; 1 line" in top(shop)


MEAN_FILE = "content/indicators/sales/mean_order.yml"


def a_new_card(shop: Shop, formula: str = "sold / orders") -> None:
    """Write a card of the mean order: 150 / 2 = 75 in January, 300 / 2 = 150 in February."""
    text = (shop.root / REVENUE_FILE).read_text("utf-8")
    text = text.replace("id: revenue", "id: mean_order").replace("en: Revenue", "en: Mean order")
    text = text.replace("formula: sold", f"formula: {formula}").replace("销售收入", "平均订单")
    orders = "  orders: {label: {zh: 订单数, en: orders}, from: orders, value: COUNT(*)}\nunit: CNY"
    shop.write(MEAN_FILE, text.replace("unit: CNY", orders))


def test_a_new_card_shows_its_newest_figure(shop: Shop) -> None:
    # 150 lies halfway from the baseline, 100, to the target, 200: 60 + 40 / 2 = 80 points.
    a_new_card(shop)
    text = top(shop)
    assert "First figures of new cards" in text
    assert (
        "Mean order mean_order: Feb 2026 ¥150, points 80.0; "
        "a value in 2 months (2026-01 to 2026-02)" in text
    )
    assert "No figure, score or grade changes." in text  # of those that were there
    assert "平均订单 mean_order：2026年2月 ¥150，得分80.0；有数值的共2个月" in told(shop, "zh")
    comment = markdown(document(shop.diff(), "en"), "kpi-site diff", "en")
    assert "<b>Mean order</b> <code>mean&#95;order</code>: Feb 2026 ¥150, points 80.0" in comment
    (found,) = json.loads(as_json(shop.diff()))["first_figures"]
    assert {key: found[key] for key in ("indicator", "grain", "periods", "period")} == {
        "indicator": "mean_order", "grain": "month", "periods": 2, "period": "2026-02",
    }  # fmt: skip
    assert (found["new"]["value"], found["new"]["points"]) == (150, 80)
    shop.commit()
    assert shop.diff().first_figures == ()


def test_a_new_card_that_has_no_value_yet(shop: Shop) -> None:
    a_new_card(shop, "sold / NULLIF(orders, 2)")  # two orders in each month
    (found,) = json.loads(as_json(shop.diff()))["first_figures"]
    assert (found["periods"], found["period"], found["new"]["value"]) == (0, "2026-02", None)
    assert "mean_order: Feb 2026 " in top(shop)
    assert "; a value in 0 months" in top(shop)


def test_a_renamed_card_is_not_new(shop: Shop) -> None:
    shop.edit(REVENUE_FILE, "id: revenue", "id: sales\nformerly: [revenue]")
    shop.edit(SHOP_FILE, "indicator: revenue", "indicator: sales")
    shop.git("mv", REVENUE_FILE, "content/indicators/sales/sales.yml")
    assert shop.diff().first_figures == ()


def test_other_weights(shop: Shop) -> None:
    # January 0.5 * 80 + 0.5 * 70 = 75 instead of 0.6 * 80 + 0.4 * 70 = 76; February stays 120.
    shop.edit(SHOP_FILE, "weight: 60", "weight: 50")
    shop.edit(SHOP_FILE, "weight: 40", "weight: 50")
    text = told(shop)
    assert "Shop scorecard shop: Jan 2026 76.0 → 75.0 (Fair); 1 period changes" in text
    assert "60 → 50" in text


def test_the_headline_is_of_the_newest_period_also_where_its_value_is_lost(shop: Shop) -> None:
    # No order of February is left, and one of January has another amount.
    shop.edit("data/orders.csv", "3,2026-02-05,north,200.00,1\n4,2026-02-06,south,100.00,1\n", "")
    shop.edit("data/orders.csv", "50.00", "60.00")
    text = top(shop)
    assert "Revenue revenue: Feb 2026 ¥300 → ¥0" in text  # a sum of no rows
    assert "Completion done_rate: Feb 2026 100.0% → " in text
    assert "Shop scorecard shop: Feb 2026 120.0 → " in text


def test_the_headline_is_of_the_newest_period_also_where_it_runs(shop: Shop) -> None:
    shop.edit("content/site.yml", "2026-02-28", "2026-02-20")
    shop.commit()
    shop.edit(REVENUE_FILE, "formula: sold", "formula: 2 * sold")
    assert "Revenue revenue: Feb 2026 " in top(shop)


def test_facts_that_stop_and_shrink_come_first(shop: Shop) -> None:
    shop.write(
        "content/datasets/a_visits.yml",
        "id: a_visits\ntitle: {zh: 访问, en: Visits}\npath: data/visits.csv\nowner: sales\n"
        "source: {zh: 系统, en: System}\ntime: day\nschema:\n  fields:\n"
        "    - {name: day, type: date}\n",
    )
    shop.write("data/visits.csv", "day\n2026-01-02\n")
    shop.commit()
    shop.write("data/visits.csv", "day\n2026-01-02\n2026-02-03\n")
    shop.edit("data/orders.csv", "3,2026-02-05,north,200.00,1\n4,2026-02-06,south,100.00,1\n", "")
    found = [line for line in top(shop).splitlines() if "last day" in line]
    assert len(found) == 2
    assert "Orders orders:" in found[0]
    assert "rows 4 → 2" in found[0]
    assert "last day 6 Feb 2026 → 6 Jan 2026" in found[0]
    assert "last day 2 Jan 2026 → 3 Feb 2026" in found[1]
    tables = {t["dataset"]: t for t in json.loads(as_json(shop.diff()))["datasets"]}
    assert tables["orders"]["old_last"] == "2026-02-06"
    assert tables["orders"]["new_last"] == "2026-01-06"
    assert isinstance(document(shop.diff(), "en").top[0], Paragraph)


def test_the_same_number_in_another_unit_reads_otherwise(shop: Shop) -> None:
    """Two orders of two are done in February, the newest month: 100 % is 1 as a number."""
    shop.edit(DONE_FILE, "unit: percent", "unit: score")
    found = shop.diff()
    assert found.figures == ()
    text = "\n".join(text_lines(document(found, "en")))
    assert "No figure, score or grade changes." in text
    assert "The same figures, written another way" in text
    assert "done_rate: Feb 2026 100.0% → 1.0" in text
    assert "revenue: Feb 2026" not in text


def test_a_file_that_cannot_be_read_loses_no_field(shop: Shop) -> None:
    shop.edit(DONE_FILE, "unit: percent", "\tunit: percent")
    found = shop.diff()
    (changed,) = found.content
    assert (changed.id, changed.status, changed.fields) == ("done_rate", "changed", ())
    text = "\n".join(text_lines(document(found, "en")))
    assert "This file cannot be read on one side; its fields were not compared." in text
    assert "definition" not in text


def test_a_renamed_term_leaves_the_mathematics_alone(shop: Shop) -> None:
    text = (shop.root / REVENUE_FILE).read_text("utf-8")
    assert text.count("sold") == 2
    (shop.root / REVENUE_FILE).write_text(text.replace("sold", "amounts"), encoding="utf-8")
    told = "\n".join(text_lines(document(shop.diff(), "en")))
    assert "formula" in told
    assert "Formula before" not in told


def test_facts_that_cannot_be_read_are_not_compared(shop: Shop) -> None:
    shop.edit("data/orders.csv", "2026-02-06", "2026-02-30")
    text = told(shop)
    assert "Facts not compared: orders" in text
    assert json.loads(as_json(shop.diff()))["facts_not_compared"] == ["orders"]
    shop.edit("data/orders.csv", "2026-02-30", "2026-02-06")
    shop.edit(SHOP_FILE, "weight: 40", "weight: 30")
    assert "Facts not compared" not in told(shop)


def test_figures_that_become_hidden_are_counted_and_not_told(shop: Shop) -> None:
    """Two orders a month are fewer than 5: month, quarter, half-year and year, also by region."""
    shop.edit("content/datasets/orders.yml", "owner: sales\n", "owner: sales\npeople: true\n")
    found = json.loads(as_json(shop.diff()))
    assert found["hidden_figures"] == [
        {"indicator": "done_rate", "hidden": 5, "shown": 0},
        {"indicator": "revenue", "hidden": 15, "shown": 0},
    ]
    assert found["figures"] == []
    text = markdown(document(shop.diff(), "en"), "kpi-site diff", "en")
    assert "<code>revenue</code>: 15 figures become hidden" in text
    assert "No figure" not in text
    shop.commit()
    shop.edit("content/datasets/orders.yml", "owner: sales\npeople: true\n", "owner: sales\n")
    shown = json.loads(as_json(shop.diff("HEAD")))["hidden_figures"]
    assert [(h["hidden"], h["shown"]) for h in shown] == [(0, 5), (0, 15)]


def test_pages_of_a_language_that_goes(shop: Shop) -> None:
    shop.edit("content/site.yml", "languages: [zh, en]", "languages: [zh]")
    assert shop.diff().pages.removed == ("en/",)
