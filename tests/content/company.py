"""A small company's content (specification.md#formats), that tests then break in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpi_site.catalog import Catalog
from kpi_site.content import read_catalog
from kpi_site.problems import Problem

SITE = """\
organisation: {zh: 华辰集团, en: Huachen Group}
languages: [zh, en]
timezone: Asia/Shanghai
fiscal_year_start: 1
data_through: 2026-10-31
currency: CNY
departments:
  - {id: customer_service, name: {zh: 客户服务部, en: Customer service}}
  - {id: sales, name: {zh: 销售部, en: Sales}}
perspectives:
  - {id: finance, name: {zh: 财务, en: Finance}}
  - {id: customer, name: {zh: 客户, en: Customers}}
scoring:
  points: {baseline: 60, target: 100, challenge: 120}
  below_baseline: 0
  grades:
    - {from: 0, name: {zh: 良好, en: Good}}
    - {from: 110, name: {zh: 优秀, en: Outstanding}, consequence: {zh: 奖金, en: A bonus}}
audiences: [staff, leadership]
suppression: {min_count: 5}
"""

TICKETS = """\
id: tickets
title: {zh: 客服工单, en: Service tickets}
path: data/tickets.csv
encoding: utf-8
dialect: {delimiter: ","}
owner: customer_service
source: {zh: 客服系统, en: Help-desk system}
time: created_at
schema:
  primaryKey: [ticket_id]
  foreignKeys:
    - {fields: [customer_id], reference: {resource: customers, fields: [customer_id]}}
  missingValues: [""]
  fields:
    - {name: ticket_id, type: string, constraints: {required: true}}
    - {name: created_at, type: datetime, constraints: {required: true}}
    - {name: resolved_at, type: datetime}
    - {name: customer_id, type: string}
    - name: channel
      type: string
      title: {zh: 渠道, en: Channel}
      constraints: {enum: [phone, email]}
      categories: {phone: {zh: 电话, en: Phone}}
    - {name: amount, type: number, decimals: 2, unit: CNY, constraints: {minimum: 0}}
    - {name: 备注, type: string}
derived:
  days_open: resolved_at - created_at
rules:
  - {rule: resolved_at >= created_at, severity: error}
expect: {every: month, min_rows: 1}
people: false
"""

CUSTOMERS = """\
id: customers
title: {zh: 客户, en: Customers}
path: data/customers.csv
schema:
  primaryKey: customer_id
  fields:
    - {name: customer_id, type: string}
    - {name: tier, type: string}
    - {name: won_on, type: date}
    - {name: lost_on, type: date, format: "%Y/%m/%d"}
"""

ATTAINMENT = """\
id: attainment
name: {zh: 目标达成率, en: Attainment}
definition: {zh: 实际 / 目标。, en: Actual by target.}
formula: actual / target
terms:
  actual: {label: {zh: 实际, en: Actual}, from: tickets, value: SUM(amount)}
  target: {label: {zh: 目标, en: Target}, from: tickets, value: COUNT(*), where: channel = 'phone'}
unit: percent
decimals: 1
direction: higher
cycle: month
dimensions: [channel, customers.tier]
thresholds:
  - {from: 2024, baseline: 0.90, target: 0.95, challenge: 0.98}
  - {from: 2026, baseline: 0.91, target: 0.96}
perspective: customer
audience: staff
aliases: [完成率]
related: [stock]
examples:
  - {given: {actual: 90, target: 100}, expect: 0.9, because: {zh: 九成, en: Nine in ten}}
  - {given: {actual: 90, target: 0}, expect: zero_denominator}
changes:
  - {from: 2026-01, what: {zh: 新口径, en: A new definition}, breaks_series: true}
status: active
"""

STOCK = """\
id: stock
name: {zh: 客户数, en: Customers}
definition: {zh: 期末客户数。, en: Customers at the end.}
formula: (alive - before) / alive * attained
terms:
  alive: {label: 期末, from: customers, value: COUNT(*), since: won_on, until: lost_on, at: end}
  before: {label: {zh: 去年, en: Last year}, term: alive, lag: 1y}
  attained: {label: {zh: 达成, en: Attained}, indicator: attainment, measure: score}
unit: {symbol: 户}
scale: {zh: {symbol: 万户, divide: 10000}}
direction: within
centre: 0
cycle: quarter
thresholds: {baseline: 5, target: 2}
"""

SCORECARD = """\
id: service
title: {zh: 服务, en: Service}
cycle: half_year
scored: true
missing: exclude
lines:
  - title: {zh: 一, en: One}
    lines:
      - {no: "1", indicator: attainment, weight: 60.5, cycle: year}
  - {no: "2", indicator: stock, weight: 39.5, thresholds: {baseline: 3, target: 1, challenge: 0}}
"""

REPORT = """\
period: 2026-10
scorecards: [service]
highlights: [attainment, stock]
summary: {zh: 摘要, en: Summary}
comments: {attainment: {zh: 说明, en: A comment}}
signoffs:
  - {role: verified, by: {zh: 财务部, en: Finance}, on: 2026-11-06}
"""

ACTION = """\
id: callbacks
title: {zh: 回访, en: Call back}
indicators: [attainment]
owner: {zh: 客户服务部, en: Customer service}
start: 2026-09-01
due: 2026-12-31
status: open
steps:
  - {what: {zh: 名单, en: The list}, due: 2026-09-15, done: 2026-09-14}
updates:
  - {on: 2026-10-01, note: {zh: 进行中, en: Under way}}
"""

FILES = {
    "content/site.yml": SITE,
    "content/datasets/tickets.yml": TICKETS,
    "content/datasets/customers.yml": CUSTOMERS,
    "content/indicators/customer_service/attainment.yml": ATTAINMENT,
    "content/indicators/sales/stock.yml": STOCK,
    "content/scorecards/service.yml": SCORECARD,
    "content/reports/2026-10/report.yml": REPORT,
    "content/actions/callbacks.yml": ACTION,
    "data/tickets.csv": "",
    "data/customers.csv": "",
}
SHORT = {Path(name).stem: name for name in FILES if name.endswith(".yml")}
TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Read:
    """What came out of reading a company."""

    catalog: Catalog | None
    problems: tuple[Problem, ...]

    @property
    def seen(self) -> list[str]:
        """The problems as ``file-stem:line:column code``."""
        return [
            f"{Path(p.where.file).stem}:{p.where.line}:{p.where.column} {p.code}"
            for p in self.problems
        ]


def read(root: Path, changed: dict[str, str | None] | None = None) -> Read:
    """Write the company into ``root``, with ``changed`` files (None: left out), and read it."""
    for name, text in {**FILES, **(changed or {})}.items():
        if text is not None:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return Read(*read_catalog(root, today=TODAY))


def broken(root: Path, stem: str, old: str, new: str) -> Read:
    """Read the company with one piece of the file called ``stem`` replaced."""
    text = FILES[SHORT[stem]]
    assert text.count(old) == 1, f"{old!r} is not unique in {stem}"
    return read(root, {SHORT[stem]: text.replace(old, new)})
