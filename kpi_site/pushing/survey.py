"""What a database says of a dataset's rows, and whether they keep to its declaration.

The checks are those of files, with the same codes, as far as they can be asked; a problem
names the row by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from kpi_site.catalog import Dataset, Derived, ForeignKey, RowRule, Source
from kpi_site.databases.server import RefusedError, Server
from kpi_site.databases.statements import source_text
from kpi_site.databases.taking import (
    CannotTakeError,
    missing_column,
    refused_by,
)
from kpi_site.engine.facts_sql import as_day
from kpi_site.problems import Location, Message, Problem, problem
from kpi_site.pushing.columns import DIALECT, Column
from kpi_site.pushing.rows import Rows, rows_of
from kpi_site.schema import own_columns
from kpi_site.sql.bounds import digits, wide
from kpi_site.sql.kinds import BOOLEAN, Bound, SqlType, offset_name
from kpi_site.sql.measured import measured
from kpi_site.sql.printing.operand import Refused
from kpi_site.sql.printing.printed import print_row
from kpi_site.sql.signatures import start
from kpi_site.sql.too_wide import TooWide, refused
from kpi_site.tables.bad_cells import bad_cell
from kpi_site.tables.batch import Cell, Row
from kpi_site.tables.collector import Collector
from kpi_site.tables.derive import broken_rule, broken_rule_count
from kpi_site.tables.keys import dangling_key, repeated_key, unique_keys
from kpi_site.tables.model import RuleCount
from kpi_site.tables.quoting import shown

_NAMED: Final = 3  # columns of a row without a key that tell which one it is
_MEASURED: Final = frozenset({"integer", "number", "date", "duration"})
_EPOCH: Final = date(1970, 1, 1)
Answer = TypeVar("Answer")


@dataclass(slots=True)
class Survey:
    """A dataset at its connection: what is known of its rows so far, and what is wrong."""

    dataset: Dataset
    server: Server
    zone: str
    found: Collector
    columns: tuple[Column, ...] = ()
    rows: Rows = field(default_factory=lambda: Rows("", {}))
    count: int = 0
    nulls: dict[str, int] = field(default_factory=dict)
    ranges: dict[str, Bound] = field(default_factory=dict)
    spans: dict[str, tuple[date, date]] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    broken: list[RuleCount] = field(default_factory=list)

    @property
    def source(self) -> Source:
        """The table or query."""
        assert self.dataset.database is not None
        return self.dataset.database

    @property
    def kinds(self) -> Mapping[str, SqlType]:
        """The types of all columns, with what is known of their bounds."""
        return measured(own_columns(self.dataset), self.ranges)

    def ask(self, referenced: Sequence[tuple[str, ...]]) -> None:
        """Find out all that is to be known. ``referenced``: columns that others' keys lead to.

        CannotTakeError where the columns are not there.
        """
        text = source_text(self.server, self.source)
        table = text if self.source.query is not None else f"{text} AS kpi_rows"
        self.columns = self._columns(text)
        self._check_cells(table)
        if not self.found.sound:
            return
        self.rows = rows_of(self.columns, table)
        self._measure([str(one.name) for one in self.dataset.fields])
        for derived in self.dataset.derived:
            self._derive(derived)
            if not self.found.sound:
                return
        self._count_days()
        for key in unique_keys(self.dataset, referenced):
            self._check_unique(key)
        self._check_rules()

    def _derive(self, derived: Derived) -> None:
        """Add a derived column, and measure it; a problem where it cannot be exact."""
        name, code = str(derived.name), derived.value.code
        what = Message(f"派生列“{name}”", f"the derived column '{name}'")
        try:
            self.rows = self.rows.with_derived(derived, self.kinds)
        except TooWide as wrong:
            self.found.add([refused(wrong, code, what)])
            return
        except Refused as wrong:
            self.found.add([_not_exact(code.locate(wrong.at), wrong)])
            return
        self._measure([name])
        bound = self.ranges.get(name, (0, 0))
        if own_columns(self.dataset)[name].kind == "integer" and wide(bound):
            beyond = TooWide(start(derived.value.node), "integer", digits(bound), kept=True)
            self.found.add([refused(beyond, code, what)])

    # --- columns and cells ---------------------------------------------------------------

    def _columns(self, text: str) -> tuple[Column, ...]:
        known = self._said(self.server.columns, text, f"SELECT * FROM {text}")
        by_name = {column.name: column for column in known}
        columns, problems = [], []
        for one in self.dataset.fields:
            served = by_name.get(str(one.name))
            if served is None:
                problems.append(missing_column(one.name.where, one.name, by_name))
                continue
            quoted = self.server.quoted(served.name)
            missing = self.dataset.missing_values
            columns.append(Column(one, quoted, served.type, missing, self.zone))
            if not columns[-1].fits:
                problems.append(_does_not_fit(columns[-1]))
        if problems:
            raise CannotTakeError(*problems)
        return tuple(columns)

    def _check_cells(self, table: str) -> None:
        keys = {str(name) for name in self.dataset.primary_key}
        bad = [(c, c.bad(key=str(c.field.name) in keys)) for c in self.columns]
        counts = [f"COUNT(*) FILTER (WHERE {test}) AS n{n}" for n, (_, test) in enumerate(bad)]
        (found,) = self._asked(f"SELECT {', '.join(counts)} FROM {table}")
        for (column, test), count in zip(bad, found, strict=True):
            if not count:
                continue
            texts = ", ".join(f"{one.text} AS t{n}" for n, one in enumerate(self.columns))
            cells = f"SELECT {texts} FROM {table} WHERE {test}"
            name, own = str(column.field.name), replace(column.field, format=None)
            missing = (*self.dataset.missing_values, "")
            self._tell(
                self._first(f"({cells}) AS r"),
                count,
                lambda row, n=name, f=own, m=missing: bad_cell(f, row[n], m, self.zone),  # type: ignore[misc]
            )

    # --- what is known -------------------------------------------------------------------

    def _measure(self, names: Sequence[str]) -> None:
        """Count the rows and those without a value, and find the ends of each column."""
        kinds, items = self.kinds, ["COUNT(*) AS n"]
        for n, name in enumerate(names):
            value = self.rows.names[name]
            ends = kinds[name].kind in _MEASURED or kinds[name].kind == "datetime"
            items.append(f"COUNT({value}) AS k{n}")
            items += [
                f"{end}({value})::TEXT AS {end.lower()}{n}" if ends else f"NULL AS {end.lower()}{n}"
                for end in ("MIN", "MAX")
            ]
        ((self.count, *found),) = self._asked(f"SELECT {', '.join(items)} FROM {self.rows.text} r")
        for n, name in enumerate(names):
            known, low, high = found[3 * n : 3 * n + 3]
            self.nulls[name] = self.count - known
            kind = kinds[name]
            if kind.kind in _MEASURED and self.count:
                self.ranges[name] = _step(low, kind), _step(high, kind)
            if kind.kind in {"date", "datetime"} and low is not None:
                self.spans[name] = _day(low), _day(high)

    def _count_days(self) -> None:
        time = self.dataset.time
        if time is None:
            return
        day = as_day(self.rows.names[time], self.kinds[time], DIALECT)
        found = self._asked(
            f"SELECT {day}::TEXT AS day, COUNT(*) AS n FROM {self.rows.text} r"
            f" WHERE {day} IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        self.days = dict(found)
        undated = self.nulls[time]
        if undated and self.dataset.undated != "ignore":
            none = f"{self.rows.names[time]} IS NULL"
            rows = self._first(f"{self.rows.text} AS r WHERE {none}", 1)
            self.found.add([_undated(self.dataset, undated, self._named(rows[0]))])

    # --- keys and rules ------------------------------------------------------------------

    def _check_unique(self, key: tuple[str, ...]) -> None:
        whole = [n for name in key for n in (name, offset_name(name)) if n in self.rows.names]
        grouped = ", ".join(self.rows.names[name] for name in whole)
        present = " AND ".join(f"{self.rows.names[name]} IS NOT NULL" for name in key)
        texts = [f"MIN({self.rows.names[name]}::TEXT) AS v{n}" for n, name in enumerate(key)]
        again = (
            f"SELECT {', '.join(texts)}, COUNT(*) AS n FROM {self.rows.text} AS r WHERE {present}"
            f" GROUP BY {grouped} HAVING COUNT(*) > 1"
        )
        ((more,),) = self._asked(f"SELECT COALESCE(SUM(n - 1), 0)::BIGINT AS n FROM ({again}) AS s")
        if not more:
            return
        listed = [f"v{n}" for n in range(len(key))]
        order = ", ".join(listed)
        for *values, count in self._asked(f"{again} ORDER BY {order} LIMIT {self.found.limit}"):
            row = dict(zip(key, (Cell(self.place, str(v)) for v in values), strict=True))
            told = repeated_key(key, row, row, self.dataset)
            hint = Message(f"共有 {count} 行。", f"There are {count} such rows.")
            self.found.add([replace(told, hint=hint)])
            more -= count - 1
        self.found.more += more

    def _check_rules(self) -> None:
        tests: list[tuple[RowRule, str]] = []
        for rule in self.dataset.rules:
            try:
                printed = print_row(rule.rule.node, self.kinds, self.rows.names, DIALECT)
                tests.append((rule, f"NOT ({DIALECT.convert(printed, BOOLEAN)})"))
            except TooWide as wrong:
                self.found.add([refused(wrong, rule.rule.code, Message("规则", "the rule"))])
            except Refused as wrong:
                self.found.add([_not_exact(rule.rule.code.locate(wrong.at), wrong)])
        if not tests:
            return
        counts = [f"COUNT(*) FILTER (WHERE {test}) AS n{n}" for n, (_, test) in enumerate(tests)]
        (found,) = self._asked(f"SELECT {', '.join(counts)} FROM {self.rows.text} AS r")
        for (rule, test), count in zip(tests, found, strict=True):
            if count:
                self._report(rule, count, test)

    def _report(self, rule: RowRule, count: int, test: str) -> None:
        warns = rule.severity == "warning"
        rows = self._first(f"{self.rows.text} AS r WHERE {test}", 1 if warns else None)
        if warns:
            self.broken.append(RuleCount(rule.rule.code.text, count))
            first = self._about(broken_rule(rule, rows[0], self.dataset), rows[0])
            self.found.add([broken_rule_count(first, count)])
        else:
            self._tell(rows, count, lambda row: broken_rule(rule, row, self.dataset))

    def check_foreign_key(self, key: ForeignKey, parent: Survey) -> None:
        """Look for rows whose key names no row of ``parent``."""
        own = [self.rows.names[str(name)] for name in key.fields]
        pairs = zip(own, (parent.rows.names[str(name)] for name in key.reference), strict=True)
        same = " AND ".join(f"p.{above} = r.{below}" for below, above in pairs)
        present = " AND ".join(f"r.{name} IS NOT NULL" for name in own)
        lost = (
            f"{self.rows.text} AS r WHERE {present}"
            f" AND NOT EXISTS (SELECT 1 FROM {parent.rows.text} AS p WHERE {same})"
        )
        ((count,),) = self._asked(f"SELECT COUNT(*) AS n FROM {lost}")
        if count:
            self._tell(self._first(lost), count, lambda row: dangling_key(key, row, self.dataset))

    # --- asking and telling --------------------------------------------------------------

    @property
    def place(self) -> Location:
        """What stands in the place of a file: rows have no lines there."""
        return Location(str(self.dataset.database_name))

    def _first(self, source: str, most: int | None = None) -> list[Row]:
        """Return the first rows of ``source`` by their key, as texts."""
        names = [str(one.name) for one in self.dataset.fields]
        texts = ", ".join(f"t{n}" for n in range(len(names)))
        keys = [f"t{names.index(name)}" for name in self._key]
        limit = most or self.found.limit
        statement = f"SELECT {texts} FROM {source} ORDER BY {', '.join(keys)} LIMIT {limit}"
        return [
            {name: Cell(self.place, text or "") for name, text in zip(names, row, strict=True)}
            for row in self._asked(statement)
        ]

    @property
    def _key(self) -> Sequence[str]:
        """The columns that tell which row it is."""
        unique = [str(one.name) for one in self.dataset.fields if one.unique]
        names = [str(name) for name in self.dataset.primary_key] or unique[:1]
        names = [name for name in names if self.dataset.field(name) is not None]
        return names or [str(one.name) for one in self.dataset.fields][:_NAMED]

    def _named(self, row: Row) -> str:
        return ", ".join(
            f"{name} = " + (f"'{shown(row[name].text)}'" if row[name].text else "NULL")
            for name in self._key
        )

    def _about(self, found: Problem, row: Row) -> Problem:
        key, said = self._named(row), found.message
        return replace(found, message=Message(f"{key}：{said.zh}", f"{key}: {said.en}"))

    def _tell(self, rows: Sequence[Row], count: int, told: Callable[[Row], Problem]) -> None:
        """Put down the problems of the first of ``count`` rows; the others are counted."""
        self.found.add(self._about(told(row), row) for row in rows)
        self.found.more += count - len(rows)

    def _asked(self, statement: str) -> list[tuple[Any, ...]]:
        return self._said(lambda text: self.server.rows(text).rows(), statement)

    def _said(self, ask: Callable[[str], Answer], text: str, statement: str = "") -> Answer:
        try:
            return ask(text)
        except RefusedError as error:
            raise CannotTakeError(refused_by(self.source, statement or text, error)) from None


def _step(text: str | None, kind: SqlType) -> int:
    """Return a value as a whole number of its type's smallest step; 0 for none."""
    if text is None:
        return 0
    if kind.kind == "date":
        return (_day(text) - _EPOCH).days
    return int(Decimal(text).scaleb(kind.scale if kind.kind == "number" else 0))


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def _does_not_fit(column: Column) -> Problem:
    name, kind = column.field.name, column.field.type
    return problem(
        name.where,
        "unsupported-column",
        zh=f"列“{name}”在数据库里是 {column.served}，不能直接当作 {kind} 在那里计算",
        en=f"column '{name}' is {column.served} there, and cannot be counted there as {kind}",
        hint_zh="请在 query 里用 CAST 转成相应的类型，或去掉 push。",
        hint_en="Cast it in a 'query' (to numeric, date, timestamp, text …), or leave 'push' out.",
    )


def _not_exact(where: Location, wrong: Refused) -> Problem:
    reason = wrong.reason
    return problem(
        where,
        "engine-refuses",
        zh=f"数据库不能精确计算：{reason.zh}",
        en=f"the database cannot compute it exactly: {reason.en}",
        hint_zh="请改写表达式，或去掉 push。",
        hint_en="Write it in another way, or leave 'push' out.",
    )


def _undated(dataset: Dataset, count: int, row: str) -> Problem:
    return problem(
        Location(str(dataset.database_name)),
        "undated-rows",
        zh=f"{count} 行的时间列 {dataset.time} 是空的，不属于任何期间（第一行：{row}）",
        en=f"{count:,} rows have no '{dataset.time}' and belong to no period (the first: {row})",
        hint_zh="请补上日期；若这些行本就不该计入，请在数据集写 undated: ignore。",
        hint_en="Give them a date, or write undated: ignore in the dataset, to leave them out.",
    )
