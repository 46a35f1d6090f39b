"""A shop of four orders in a git repository: every figure can be worked out by hand.

January: 100 + 50 = 150 sold, one order of two done. February: 200 + 100 = 300, both done.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from kpi_site.diff.compare import Difference
from kpi_site.diff.run import difference
from kpi_site.options import Options

TODAY = date(2026, 11, 24)
SITE = """\
organisation: {zh: 小店, en: Shop}
languages: [zh, en]
data_through: 2026-02-28
departments:
  - {id: sales, name: {zh: 销售部, en: Sales}}
perspectives:
  - {id: finance, name: {zh: 财务, en: Finance}}
scoring:
  points: {baseline: 60, target: 100, challenge: 120}
  grades:
    - {from: 100, name: {zh: 优, en: Good}}
    - {from: 75, name: {zh: 中, en: Fair}}
    - {from: 0, name: {zh: 差, en: Poor}}
"""
ORDERS = """\
id: orders
title: {zh: 订单, en: Orders}
path: data/orders.csv
owner: sales
source: {zh: 系统, en: System}
time: ordered_on
schema:
  primaryKey: [order_id]
  fields:
    - {name: order_id, type: string, constraints: {required: true}}
    - {name: ordered_on, type: date, constraints: {required: true}}
    - {name: region, type: string, title: {zh: 地区, en: Region}}
    - {name: amount, type: number, decimals: 2}
    - {name: done, type: integer}
"""
ROWS = """\
order_id,ordered_on,region,amount,done
1,2026-01-05,north,100.00,1
2,2026-01-06,south,50.00,0
3,2026-02-05,north,200.00,1
4,2026-02-06,south,100.00,1
"""
REVENUE = """\
id: revenue
name: {zh: 销售收入, en: Revenue}
definition: {zh: 全部订单的金额之和。, en: The amounts of all orders.}
purpose: {zh: 看规模。, en: Shows the size.}
formula: sold
terms:
  sold: {label: {zh: 订单金额, en: amounts}, from: orders, value: SUM(amount)}
unit: CNY
decimals: 0
direction: higher
cycle: month
dimensions: [region]
thresholds: {baseline: 100, target: 200, challenge: 300}
source: {zh: 系统, en: System}
verifier: {zh: 财务部, en: Finance}
perspective: finance
"""
DONE = """\
id: done_rate
name: {zh: 完成率, en: Completion}
definition: {zh: 完成的订单所占比例。, en: The share of orders that are done.}
purpose: {zh: 看履约。, en: Shows delivery.}
formula: done / orders
terms:
  done: {label: {zh: 完成数, en: orders done}, from: orders, value: SUM(done)}
  orders: {label: {zh: 订单数, en: orders}, from: orders, value: COUNT(*)}
unit: percent
decimals: 1
direction: higher
cycle: month
thresholds: {baseline: 0.4, target: 0.8, challenge: 1}
source: {zh: 系统, en: System}
verifier: {zh: 财务部, en: Finance}
perspective: finance
"""
SHOP = """\
id: shop
title: {zh: 小店记分卡, en: Shop scorecard}
cycle: month
scored: true
lines:
  - {no: "1", indicator: revenue, weight: 60}
  - {no: "2", indicator: done_rate, weight: 40}
"""
FILES = {
    "content/site.yml": SITE,
    "content/datasets/orders.yml": ORDERS,
    "content/indicators/sales/revenue.yml": REVENUE,
    "content/indicators/sales/done_rate.yml": DONE,
    "content/scorecards/shop.yml": SHOP,
    "data/orders.csv": ROWS,
    ".gitignore": "/build/\n",
}
REVENUE_FILE = "content/indicators/sales/revenue.yml"
DONE_FILE = "content/indicators/sales/done_rate.yml"
SHOP_FILE = "content/scorecards/shop.yml"


@dataclass(frozen=True)
class Shop:
    """A site in a repository of its own, and what to do with both."""

    root: Path

    def git(self, *words: str) -> str:
        """Run git here."""
        return git(self.root, *words)

    def commit(self, message: str = "change") -> None:
        """Commit everything."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def write(self, file: str, text: str) -> None:
        """Write a file below the site's root."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace ``old``, which must be there, by ``new``."""
        text = (self.root / file).read_text(encoding="utf-8")
        assert old in text
        self.write(file, text.replace(old, new))

    def diff(self, base: str | None = None, **more: object) -> Difference:
        """Compare the work tree with ``base``."""
        seen: list[str] = []
        head = bool(more.get("head"))
        return difference(self.options, base, head=head, progress=seen.append)

    @property
    def options(self) -> Options:
        """What is asked of the site."""
        return Options(self.root, TODAY)


def git(folder: Path, *words: str) -> str:
    """Run git in ``folder`` without anybody's settings."""
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    done = subprocess.run(
        ["git", *who, *words],
        cwd=folder,
        env={**os.environ, **own},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def make_shop(folder: Path, site: str = "") -> Shop:
    """Make a repository in ``folder`` with the shop in its folder ``site``, and commit it."""
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    shop = Shop(folder / site)
    for file, text in FILES.items():
        shop.write(file, text)
    shop.commit("the shop")
    return shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """The shop, committed."""
    return make_shop(tmp_path / "shop")
