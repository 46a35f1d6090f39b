"""Every operator and function of `kpi_site.sql.functions` as SQL, in words of a dialect.

What stands here and in the modules that it names is the same for all engines: in which types
operands meet, what is taken apart into smaller words, where a division by zero is NULL.
`Dialect` says each word.
"""

from __future__ import annotations

from collections.abc import Mapping

from kpi_site.sql.kinds import INTEGER, STRING
from kpi_site.sql.printing import numbers as ns
from kpi_site.sql.printing import texts_and_times as tt
from kpi_site.sql.printing.operand import Print

CALLS: Mapping[str, Print] = {
    **{sign: ns.comparison(sign) for sign in ("=", "<>", "<", "<=", ">", ">=")},
    "is_distinct": ns.distinct(differ=True),
    "is_not_distinct": ns.distinct(differ=False),
    "in": ns.is_in,
    "between": ns.between,
    "like": ns.like(ignore_case=False),
    "ilike": ns.like(ignore_case=True),
    "and": ns.connective("AND"),
    "or": ns.connective("OR"),
    "not": lambda dialect, parts, result: f"(NOT {dialect.convert(parts[0], result)})",
    "is_null": lambda _, parts, __: f"({parts[0].text} IS NULL)",
    "is_not_null": lambda _, parts, __: f"({parts[0].text} IS NOT NULL)",
    "+": ns.plus("+"),
    "-": ns.plus("-"),
    "date_add": ns.plus("+"),
    "*": ns.times,
    "/": ns.divided,
    "//": ns.whole,
    "%": ns.modulo,
    "neg": ns.negated,
    "abs": ns.absolute,
    "||": tt.joined,
    "cast": tt.cast,
    "try_cast": tt.cast,
    "add_months": tt.add_months,
    "coalesce": ns.coalesce,
    "nullif": ns.nullif,
    "least": ns.extreme("LEAST"),
    "greatest": ns.extreme("GREATEST"),
    "round": ns.rounded,
    "floor": ns.stepped("FLOOR"),
    "ceil": ns.stepped("CEIL"),
    "lower": tt.text(lambda dialect, text: dialect.lower(text)),
    "upper": tt.text(lambda dialect, text: dialect.upper(text)),
    "trim": tt.text(lambda dialect, text: dialect.trim(text)),
    "length": tt.text(lambda dialect, text: dialect.cast(dialect.length(text), INTEGER)),
    "substring": tt.substring,
    "left": lambda d, parts, _: d.head(d.convert(parts[0], STRING), tt.count(parts[1])),
    "right": lambda d, parts, _: d.tail(d.convert(parts[0], STRING), tt.count(parts[1])),
    "lpad": tt.padded(left=True),
    "rpad": tt.padded(left=False),
    "concat": lambda d, parts, _: d.concat([d.convert(part, STRING) for part in parts]),
    "replace": tt.replaced,
    "starts_with": tt.two_texts(lambda dialect, text, start: dialect.starts_with(text, start)),
    "contains": tt.two_texts(lambda dialect, text, part: dialect.contains(text, part)),
    "date_diff": tt.date_diff,
    "date_trunc": tt.date_trunc,
    "date_part": tt.date_part,
    "make_date": tt.make_date,
    "last_day": tt.last_day,
    "epoch": tt.epoch,
    "strftime": tt.strftime,
}
