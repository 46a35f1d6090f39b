"""Rows of facts by period and member: the part of the oracle that speaks SQL.

One DuckDB query for each term, grain and dimension.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

import duckdb

from tests.oracle import arith, facts, sqltext
from tests.oracle.cal import Fiscal, Listed, P, Year, around, back_of, containing, run
from tests.oracle.content import Content, Json, columns
from tests.oracle.facts import quoted

MICROSECONDS = {"minutes": 60_000_000, "hours": 3_600_000_000, "days": 86_400_000_000}

Counted = dict[tuple[date, str], tuple[int, list[arith.Outcome]]]


@dataclass
class Rows:
    """The rows of a site's datasets; ``today`` matters only without ``data_through``."""

    content: Content
    today: date
    con: duckdb.DuckDBPyConnection = field(init=False)
    fiscal: Fiscal = field(init=False)
    through: date = field(init=False)

    def __post_init__(self) -> None:
        self.con = facts.connect(self.content)
        closing = self.content.site.get("calendar", {}).get("closing_day", 31)
        self.fiscal = Year(int(self.content.site.get("fiscal_year_start", 1)), int(closing))
        if listed := self.content.site.get("calendar", {}).get("dataset"):
            columns = "period, first, last, quarter, half_year, CAST(year AS VARCHAR)"
            sql = f"SELECT {columns} FROM {quoted('d_' + listed)} ORDER BY first"
            self.fiscal = Listed(tuple(self.con.execute(sql).fetchall()))
        for name in ("first_of_dataset", "daily", "standing"):
            setattr(self, name, cache(getattr(self, name)))
        declared = self.content.site.get("data_through")
        self.through = date.fromisoformat(declared) if declared else self.last_closed_month()

    # What there is

    def last_closed_month(self) -> date:
        """Return the end of the last month that is over on the day of the latest fact."""
        latest = date.min
        for name, dataset in self.content.datasets.items():
            if dataset.get("time"):
                when = f"CAST({quoted(dataset['time'])} AS DATE)"
                sql = (
                    f"SELECT max({when}) FROM {quoted('d_' + name)} WHERE {when} <= '{self.today}'"
                )
                latest = max(latest, facts.scalar(self.con, sql) or date.min)
        month = containing(latest, "month", self.fiscal)
        return month.last if latest == month.last else month.first - timedelta(days=1)

    def holidays(self) -> dict[date, str] | None:
        """Return the kind of each day that the site's dataset of holidays tells."""
        name = self.content.site.get("calendar", {}).get("holidays")
        if name is None:
            return None
        return dict(self.con.execute(f"SELECT day, kind FROM {quoted('d_' + name)}").fetchall())

    def first_of_dataset(self, name: str, fallback: str | None) -> date | None:
        """Return the day of the first row, by the dataset's own time (or else ``fallback``).

        Facts after ``data_through`` are ignored, so they begin nothing.
        """
        column = self.content.datasets[name].get("time") or fallback
        assert column is not None, name
        sql = f"SELECT min({quoted(column)}) FROM {quoted('d_' + name)}"
        first = facts.day(facts.scalar(self.con, sql))
        return first if first is not None and first <= self.through else None

    def first_of_term(self, term: Json) -> date | None:
        return self.first_of_dataset(term["from"], term.get("since") or term.get("time"))

    def members(self, term: Json, dimension: str) -> set[str]:
        """Return the members among the term's rows up to ``data_through``."""
        sql = (
            f"SELECT DISTINCT {self.member(term, dimension)} FROM {self.rows(term)} r"
            f" WHERE CAST({quoted(self.time(term))} AS DATE) <= '{self.through}'"
        )
        if "until" in term:  # rows that are never alive bring no member
            since, until = (f"CAST({quoted(term[k])} AS DATE)" for k in ("since", "until"))
            sql += f" AND ({until} IS NULL OR {until} > {since})"
        return {row[0] for row in self.con.execute(sql).fetchall()}

    # Rows of a term

    def time(self, term: Json) -> str:
        """Return the column that puts a row into time: the term's own or the dataset's."""
        name = term.get("since") or term.get("time")
        return str(name or self.content.datasets[term["from"]]["time"])

    def rows(self, term: Json) -> str:
        where = f"({term['where']})" if term.get("where") else "true"
        return f"(SELECT * FROM {quoted('d_' + term['from'])} WHERE {where})"

    def has_column(self, term: Json, dimension: str) -> bool:
        """Tell whether the term's dataset, or the parent that is named, has the column."""
        dataset = self.content.datasets[term["from"]]
        if dimension in columns(dataset):
            return True
        parent, _, column = dimension.partition(".")
        keys = dataset["schema"].get("foreignKeys", [])
        named = [k["reference"]["resource"] for k in keys]
        return parent in named and column in columns(self.content.datasets[parent])

    def member(self, term: Json, dimension: str) -> str:
        """Return the SQL of a row's member: a column, or a parent's column; null is ''."""
        if not dimension:
            return "''"
        column = quoted(dimension)
        if "." in dimension and dimension not in columns(self.content.datasets[term["from"]]):
            column = ".".join(quoted(part) for part in dimension.split("."))
        return f"COALESCE(CAST({column} AS VARCHAR), '')"

    def span(self, term: Json, period: P) -> tuple[date, date]:
        """Return the first and last day that the term looks at in ``period``."""
        # A running period ends, for now, with the last day that counts.
        first, last = period.first, min(period.last, self.through)
        if "window" in term:
            first = back_of(last + timedelta(days=1), term["window"], "", self.fiscal)
        if "to_date" in term:
            unit = around(last, term["to_date"], self.fiscal)
            first = last if unit is None else unit.first
        return first, last

    def days(self, term: Json, period: P) -> tuple[date, date]:
        """Return the days between which rows count; a stock or balance has one alone."""
        if term.get("at") == "start":
            before = period.first - timedelta(days=1)
            return before, before
        return self.span(term, period)

    def counts(self, term: Json, unit: str, periods: Sequence[P], dimension: str) -> Counted:
        """Return rows and aggregates by period's first day and member, where there are rows.

        Durations come in ``unit``, in hours if it is none of time.
        """
        if not periods:
            return {}
        if term.get("at") == "average":
            return self.means(term, unit, periods, dimension)
        return self.on_days(
            term, unit, [(p.first, *self.days(term, p)) for p in periods], dimension
        )

    def means(self, term: Json, unit: str, periods: Sequence[P], dimension: str) -> Counted:
        """Return the mean of the term over the days of each period, and the most rows of a day.

        Day after day, by what stands on it; days before the dataset's first row do not count.
        """
        begun = self.first_of_term(term)
        assert begun is not None
        days = {p.first: [d for d in self.averaged(term, p) if d >= begun] for p in periods}
        every = sorted({day for found in days.values() for day in found})
        arithmetic, aggregates = sqltext.split(term["value"])
        stood = self.standing(json.dumps(term), unit, dimension)
        empty: list[arith.Outcome] = [
            Fraction(0) if a.kind in {"COUNT", "SUM"} else "no_data" for a in aggregates
        ]
        found: Counted = {}
        for member in {m for _, m in stood}:
            levels = {}
            for day in every:
                n, outcomes = stood.get((day, member), (0, None if "since" not in term else empty))
                if outcomes is not None:
                    given = {f"a{i}": outcome for i, outcome in enumerate(outcomes)}
                    levels[day] = (n, arith.evaluate(arithmetic, given))
            for first, counted in days.items():
                met = [levels[day] for day in counted if day in levels]
                numbers = [value for _, value in met if isinstance(value, Fraction)]
                mean = sum(numbers) / Fraction(len(numbers)) if numbers else None
                rest = met[-1][1] if met else "no_data"
                found[first, member] = (
                    max((n for n, _ in met), default=0),
                    [rest if mean is None else mean],
                )
        return found

    def standing(self, term: str, unit: str, dimension: str) -> Counted:
        """Return what stood on each day since the first row, by the term written as JSON."""
        read: Json = json.loads(term)
        begun = self.first_of_term(read)
        assert begun is not None
        days = [begun + timedelta(days=i) for i in range((self.through - begun).days + 1)]
        return self.on_days(read, unit, [(day, day, day) for day in days], dimension)

    def averaged(self, term: Json, period: P) -> list[date]:
        """Return the days over which the term is averaged in ``period``."""
        last = min(period.last, self.through)
        days = [period.first + timedelta(days=i) for i in range((last - period.first).days + 1)]
        if term.get("average") != "month_ends":
            return days
        ends = [d for d in days if containing(d, "month", self.fiscal).last == d]
        whole = containing(period.first, period.grain, self.fiscal)
        return ends if ends and last == whole.last else sorted({*ends, *days[-1:]})

    def on_days(
        self, term: Json, unit: str, spans_of: Sequence[tuple[date, date, date]], dimension: str
    ) -> Counted:
        """Return rows and aggregates between two days, by a day as key and by member."""
        values = ", ".join(
            f"({i}, DATE '{low}', DATE '{high}')" for i, (_, low, high) in enumerate(spans_of)
        )
        spans = f"(VALUES {values}) s(__i, __low, __high)"
        member = "__k" if "last_per" in term else self.member(term, dimension)
        aggregates = [self.aggregate(term, a) for a in sqltext.split(term["value"])[1]]
        counted = f"COUNT(*){self.filtered(term)}"
        selected = ", ".join(["__i", f"{member} AS __m", counted, *(a.sql for a in aggregates)])
        alive = self.alive(term, spans, self.member(term, dimension))
        found = self.con.execute(f"SELECT {selected} FROM {alive} GROUP BY 1, 2").fetchall()
        size = MICROSECONDS.get(unit, MICROSECONDS["hours"])
        return {
            (spans_of[i][0], m): (n, _read(aggregates, cells, size)) for i, m, n, *cells in found
        }

    def alive(self, term: Json, spans: str, member: str) -> str:
        """Return the SQL that puts rows beside the periods in which they count."""
        when = f"CAST({quoted(self.time(term))} AS DATE)"
        rows = self.rows(term)
        if "since" in term:
            sql = f"{spans}, {rows} r WHERE {when} <= __high"
            if "until" in term:
                until = f"CAST({quoted(term['until'])} AS DATE)"
                sql += f" AND ({until} IS NULL OR ({until} > __high AND {until} > {when}))"
            return sql
        if "last_per" in term:
            return self.last_of_each(term, spans, member)
        if self.is_balance(
            term
        ):  # the last time is that of all rows; ``filtered`` chooses among them
            exact, rows = quoted(self.time(term)), quoted("d_" + term["from"])
            return (
                f"(SELECT __i AS __i, {member} AS __g, max({exact}) AS __t FROM {spans}, {rows} r"
                f" WHERE {when} <= __high GROUP BY 1, 2) l JOIN {rows} r"
                f" ON {exact} = __t AND {member} = __g"
            )
        return f"{spans}, {rows} r WHERE {when} BETWEEN __low AND __high"

    def last_of_each(self, term: Json, spans: str, member: str) -> str:
        """Return the SQL of each entity's rows of its last time on or before the day.

        A member that had a row before has a row of nulls beside it, which no filter lets through.
        """
        exact, rows = quoted(self.time(term)), quoted("d_" + term["from"])
        when, entity = f"CAST({exact} AS DATE)", quoted(term["last_per"])
        last = (
            f"(SELECT __i, {entity} AS __e, max({exact}) AS __t FROM {spans}, {rows} r"
            f" WHERE {when} <= __high GROUP BY 1, 2)"
        )
        known = (
            f"(SELECT DISTINCT __i, {member} AS __k FROM {spans}, {rows} r WHERE {when} <= __high)"
        )
        live = (
            f"(SELECT l.__i AS __j, true AS __live, {member} AS __g, r.* FROM {last} l"
            f" JOIN {rows} r ON {exact} = __t AND {entity} IS NOT DISTINCT FROM __e)"
        )
        return f"{known} k LEFT JOIN {live} v ON k.__i = v.__j AND k.__k = v.__g"

    def aggregate(self, term: Json, a: sqltext.Aggregate) -> _Aggregate:
        """Return the SQL of an aggregate and of the number of rows that it sees."""
        filtered = self.filtered(term, a.where)
        kind = "" if a.argument == "*" else self.type_of(term, a.argument)
        argument = f"epoch_us({a.argument})" if kind == "INTERVAL" else a.argument
        if kind.startswith("DECIMAL") and a.kind in {"MEDIAN", "QUANTILE_CONT"}:
            argument = f"CAST({argument} AS DOUBLE)"  # DuckDB would round to the column's scale
        distinct = "DISTINCT " if a.distinct else ""
        rest = f", {a.rest}" if a.rest else ""
        sql = f"{a.kind}({distinct}{argument}{rest}){filtered}, COUNT(*){filtered}"
        return _Aggregate(a.kind, sql, kind == "INTERVAL" and a.kind != "COUNT")

    def is_balance(self, term: Json) -> bool:
        return ("at" in term or "last_per" in term) and "since" not in term

    def filtered(self, term: Json, where: str | None = None) -> str:
        """Return the filter of an aggregate; a balance's own ``where`` stands there too."""
        balance = self.is_balance(term)
        live = "__live" if "last_per" in term else None
        own = term.get("where") if balance else None
        conditions = [f"({c})" for c in (where, own, live) if c]
        return f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""

    def type_of(self, term: Json, argument: str) -> str:
        sql = f"DESCRIBE SELECT {argument} AS v FROM {quoted('d_' + term['from'])}"
        return str(self.con.execute(sql).fetchall()[0][1])

    # Rows that are expected

    def daily(self, name: str) -> tuple[list[date], list[int]]:
        """Return the days on which a dataset has rows, and the rows up to each."""
        when = f"CAST({quoted(self.content.datasets[name]['time'])} AS DATE)"
        found = self.con.execute(
            f"SELECT {when} AS d, COUNT(*) FROM {quoted('d_' + name)}"
            f" WHERE {when} <= '{self.through}' GROUP BY 1 ORDER BY 1"
        ).fetchall()
        return [row[0] for row in found], [0, *accumulate(row[1] for row in found)]

    def rows_between(self, name: str, low: date, high: date) -> int:
        days, total = self.daily(name)
        return total[bisect_right(days, high)] - total[bisect_left(days, low)] if low <= high else 0

    def expected(self, term: Json, period: P) -> str | None:
        """Return what ``expect`` makes of the term in ``period``: a state, or None for fine."""
        end = min(period.last, self.through)
        if "to_date" in term and around(end, term["to_date"], self.fiscal) is None:
            return "no_data"
        expect = self.content.datasets[term["from"]].get("expect")
        if not expect:
            return None
        low, high = self.span(term, period)
        units = run(low, high, expect["every"], self.fiscal) if low <= high else []
        counts = [self.rows_between(term["from"], u.first, u.last) for u in units]
        if isinstance(self.fiscal, Listed):
            counts += [0] if low < self.fiscal.lines[0][1] else []
            if not counts:
                return None  # a day that is in none of the units is promised by none
        if not any(counts):
            return "no_data"
        least = min(counts)
        return "provisional" if least < expect.get("min_rows", 1) else None


class _Aggregate(NamedTuple):
    kind: str
    sql: str
    duration: bool


def _read(aggregates: list[_Aggregate], cells: list[Any], unit: int) -> list[arith.Outcome]:
    """Return what DuckDB computed as fractions; nulls become 0 or ``no_data``.

    Rules: specification.md#aggregates.
    """
    found: list[arith.Outcome] = []
    for aggregate, value, rows in zip(aggregates, cells[::2], cells[1::2], strict=True):
        if value is not None:
            number = _number(value)
            found.append(number / unit if aggregate.duration else number)
        else:
            found.append(Fraction(0) if aggregate.kind == "SUM" and rows == 0 else "no_data")
    return found


def _number(value: Any) -> Fraction:
    if isinstance(value, date):
        return Fraction(value.toordinal())
    return Fraction(Decimal(repr(value))) if isinstance(value, float) else Fraction(value)
