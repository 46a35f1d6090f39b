"""Row expressions give the same as DuckDB, row by row."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from kpi_site.sql.kinds import polars_type
from kpi_site.sql.parse import parse_row
from kpi_site.sql.to_polars import row_expr
from kpi_site.sql.types import infer
from tests.sql.facts import FRAME, SCHEMA, code, connect, same

EXPRESSIONS = """
n
"实际 金额" + 1
渠道 = '微信'
渠道 <> '微信' OR 渠道 IS NULL
"customers.tier" = 'gold'
i + j
i - j
i * j
i / j
i // j
i % j
i // 0
i % 0
i / 0
-i
+i
- -i
-(i + j)
i + 0.5
i * 1.25
i / 4
i - 1.0
0.5 + .25
1e3 + i
1.50
a + b
a - b
a * b
a * a
b * b
a * i
a * 0.001
a / b
a / 0
a / 0.0
a % b
a % 0.7
a % 0
-a
a + 1
1 - a
a + x
x * 2
x / j
x - 0.1
x + a * b
a * x
ABS(i)
ABS(a)
ABS(x)
ROUND(a)
ROUND(a, 1)
ROUND(a, 2)
ROUND(a, 5)
ROUND(a, -1)
ROUND(a, -3)
ROUND(b, 2)
ROUND(b, 3)
ROUND(x)
ROUND(x, 1)
ROUND(x, -2)
ROUND(i)
ROUND(i, -1)
ROUND(i, -2)
FLOOR(a)
FLOOR(b)
FLOOR(x)
CEIL(a)
CEIL(x)
CEILING(b)
i = j
i <> j
i != j
i == 7
i < j
i <= j
i > j
i >= j
i = 7.0
a = b
a < b
a > 0.25
a >= x
a = 0.25
i = NULL
i IS NULL
i IS NOT NULL
i IS DISTINCT FROM j
i IS NOT DISTINCT FROM j
a IS DISTINCT FROM b
f IS TRUE
f IS NOT TRUE
f IS FALSE
f IS NOT FALSE
f = h
f <> TRUE
f AND h
f OR h
NOT f
NOT f AND h
NOT (f AND h)
f AND h OR i > 0
f OR h AND i > 0
f AND NULL
f OR NULL
NOT NULL
NOT i = 1
NOT i IS NULL
i > 0 IS NULL
i IN (1, 7, 12)
i IN (1, NULL)
i NOT IN (1, 7)
i NOT IN (1, NULL)
i IN (j, 1)
i IN (NULL)
a IN (0.25, 2.5)
a IN (0, 2.5)
i IN (7.0, 12.0)
a NOT IN (0.25, 2.5)
s IN ('open', 'shipped')
s NOT IN ('open', '已发货')
d IN ('2026-01-31', '2026-01-01')
i BETWEEN 0 AND 10
i NOT BETWEEN 0 AND 10
i BETWEEN j AND 10
a BETWEEN 0 AND 2.5
a BETWEEN -1 AND 2.5 AND f
d BETWEEN '2026-01-01' AND '2026-03-31'
t BETWEEN '2026-01-01' AND '2026-03-31 10:10:10'
s LIKE 'open'
s LIKE '%open%'
s LIKE '_pen'
s LIKE '%'
s LIKE '50%'
s LIKE 'a.b%'
s LIKE '%*c'
s NOT LIKE '%open%'
s ILIKE 'shipped'
s ILIKE 'SHIP%'
s LIKE '已%'
s LIKE '__货'
s < 'b'
s = ''
CASE WHEN i > 0 THEN 'plus' WHEN i < 0 THEN 'minus' ELSE 'other' END
CASE WHEN i > 0 THEN a END
CASE WHEN f THEN 1 ELSE 2.5 END
CASE WHEN f THEN i ELSE a END
CASE WHEN f THEN d ELSE t END
CASE WHEN NULL THEN 1 ELSE 2 END
CASE WHEN f THEN NULL ELSE 2 END
CASE g WHEN 'p' THEN 1 WHEN 'q' THEN 2 ELSE 0 END
CASE g WHEN 'p' THEN 1 END
CASE i WHEN 1.0 THEN 'one' WHEN j THEN 'j' END
COALESCE(i, 0)
COALESCE(i, j, -1)
COALESCE(a, i)
COALESCE(a, 0.125)
COALESCE(NULL, s, 'none')
COALESCE(d, '2026-01-01')
IFNULL(x, 0)
NULLIF(i, 1)
NULLIF(i, j)
NULLIF(a, 0)
NULLIF(s, '')
NULLIF(i, NULL)
a / NULLIF(b, 0)
LEAST(i, j)
LEAST(i, j, 3)
GREATEST(i, j)
GREATEST(i, NULL)
GREATEST(a, b)
LEAST(a, i)
LEAST(s, g)
GREATEST(d, e)
LEAST(t, u)
GREATEST(d, t)
LOWER(s)
UPPER(s)
TRIM(s)
LENGTH(s)
LENGTH(渠道)
SUBSTRING(s, 2)
SUBSTRING(s, 1, 3)
SUBSTRING(s, 3, 2)
SUBSTRING(s, -3)
SUBSTRING(s, -3, 2)
SUBSTRING(s, -6, 3)
SUBSTR(s, 2, 0)
LEFT(s, 2)
LEFT(s, 0)
RIGHT(s, 2)
RIGHT(s, 0)
CONCAT(s, '-', g)
CONCAT(s, i)
CONCAT(a, s)
s || '-' || g
s || i
'#' || n + 1
REPLACE(s, 'open', 'shut')
REPLACE(s, '.', '')
REPLACE(s, '', 'x')
LPAD(s, 4, '0')
RPAD(s, 2, '·')
STARTS_WITH(s, 'sh')
STARTS_WITH(s, g)
CONTAINS(s, 'pp')
CONTAINS(s, '.')
CONTAINS(s, '')
d = '2026-01-31'
d >= '2026-01-01'
d < DATE '2026-01-01'
d <> e
t >= '2026-01-01'
t >= '2026-01-31 23:59:59'
t > TIMESTAMP '2026-01-05 00:00:00'
t >= '2026-01-31T23:59:59'
d = t
d < t
d - e
e - d
d - DATE '2026-01-01'
d + 1
d - 1
1 + d
d + i::INTEGER
d + INTERVAL 1 DAY
d - INTERVAL 36 HOURS
d + INTERVAL 1 MONTH
d - INTERVAL '1 month'
d + INTERVAL '1' YEAR
e - INTERVAL 2 QUARTERS
t + INTERVAL 90 MINUTES
t - INTERVAL '2 weeks'
t + INTERVAL 3 MONTHS
INTERVAL 1 DAY + d
t - u
u - t
t - d
d - t
u - t <= INTERVAL 24 HOURS
u - t > INTERVAL '1 day'
(u - t) * 2
2 * (u - t)
(u - t) / 2
(u - t) + INTERVAL 1 HOUR
-(u - t)
t + (u - t)
CASE WHEN u - t > INTERVAL 1 HOUR THEN u - t END
EPOCH(u - t)
EPOCH(u - t) / 3600
EPOCH(t)
DATE_DIFF('day', d, e)
DATE_DIFF('day', t, u)
DATE_DIFF('month', d, e)
DATE_DIFF('quarter', d, e)
DATE_DIFF('year', d, e)
DATE_DIFF('hour', t, u)
DATE_DIFF('minute', t, u)
DATE_DIFF('second', t, u)
DATE_DIFF('day', d, t)
DATE_DIFF('day', '2026-01-01', d)
DATEDIFF('days', d, e)
DATE_TRUNC('month', d)
DATE_TRUNC('quarter', d)
DATE_TRUNC('year', t)
DATE_TRUNC('week', t)
DATE_TRUNC('day', t)
DATE_TRUNC('hour', t)
DATE_TRUNC('minute', t)
DATE_TRUNC('month', d) = '2026-01-01'
DATE_PART('year', d)
DATE_PART('dow', d)
DATE_PART('isodow', d)
DATE_PART('doy', d)
DATE_PART('week', d)
EXTRACT(year FROM d)
EXTRACT(hour FROM t)
EXTRACT('minute' FROM t)
YEAR(d)
QUARTER(d)
MONTH(t)
DAY(t)
HOUR(t)
MINUTE(t)
SECOND(t)
DAYOFWEEK(d)
DAYOFYEAR(d)
DATE_ADD(d, INTERVAL 1 DAY)
DATE_ADD(t, INTERVAL 1 MONTH)
MAKE_DATE(YEAR(d), MONTH(d), 1)
MAKE_DATE(YEAR(t), 3 * QUARTER(t) - 2, DAY(t) // 2 + 1)
LAST_DAY(d)
LAST_DAY(t)
STRFTIME(d, '%Y-%m')
STRFTIME(t, '%Y/%m/%d %H:%M:%S')
CAST(i AS DOUBLE)
CAST(i AS VARCHAR)
CAST(i AS DECIMAL(10,2))
CAST(i AS BOOLEAN)
CAST(a AS INTEGER)
CAST(a AS BIGINT)
CAST(a AS DOUBLE)
CAST(a AS VARCHAR)
CAST(b AS DECIMAL(18,2))
CAST(a AS DECIMAL(18,4))
CAST(x AS INTEGER)
CAST(x AS DECIMAL(18,1))
CAST(f AS INTEGER)
CAST(d AS TIMESTAMP)
CAST(t AS DATE)
CAST(d AS VARCHAR)
CAST('2026-01-05' AS DATE)
CAST(f AS VARCHAR)
a::INTEGER
a::DOUBLE / 3
-a::INTEGER
t::DATE = d
TRY_CAST(s AS INTEGER)
TRY_CAST(' 12 ' AS INTEGER)
TRY_CAST('1.5' AS INTEGER)
TRY_CAST('1e3' AS INTEGER)
TRY_CAST('-1.005' AS DECIMAL(10,2))
TRY_CAST('1.005' AS DECIMAL(10,2))
TRY_CAST('.5' AS DOUBLE)
TRY_CAST('x' AS DECIMAL(10,2))
TRY_CAST('true' AS BOOLEAN)
TRY_CAST('perhaps' AS BOOLEAN)
TRY_CAST('2026-01-05' AS DATE)
TRY_CAST(s AS DATE)
TRY_CAST('2026-01-05 10:11' AS TIMESTAMP)
TRY_CAST('2026-01-05' AS TIMESTAMP)
2 + 3 * 4 - 5 % 3
(2 + 3) * 4
10 - 4 - 3
100 / 10 / 5
2 * -i
i - -1
NOT f = h
'it''s' || s
a -- the amount
a /* really */ + 1
(((((i)))))
TRUE
NULL
""".strip().splitlines()


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect()
    yield connection
    connection.close()


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_same_as_duckdb(duck: duckdb.DuckDBPyConnection, text: str) -> None:
    check(duck, text)


def check(duck: duckdb.DuckDBPyConnection, text: str, *, windows: bool = False) -> None:
    expression, problems = parse_row(code(text), windows=windows)
    assert expression is not None, problems
    found, problems = infer(expression, SCHEMA)
    assert found is not None, problems
    frame = FRAME.lazy().select("n", row_expr(expression.node, SCHEMA).alias("r")).collect()
    ours = dict(zip(frame["n"], frame["r"], strict=True))
    sql = text.replace("customers.tier", '"customers.tier"') if '"' not in text else text
    theirs = dict(duck.execute(f"SELECT n, (\n{sql}\n) FROM facts").fetchall())
    assert frame.schema["r"] == polars_type(found)
    bad = [(n, ours[n], theirs[n]) for n in theirs if not same(ours[n], theirs[n])]
    assert not bad, f"{text}: (row, ours, DuckDB) {bad}"


WINDOWS = """
SUM(a) OVER ()
SUM(i) OVER (PARTITION BY g)
COUNT(*) OVER (PARTITION BY g)
COUNT(i) OVER (PARTITION BY g)
AVG(i) OVER (PARTITION BY g)
AVG(a) OVER (PARTITION BY g, f)
MIN(d) OVER (PARTITION BY g)
MAX(s) OVER (PARTITION BY f)
SUM(j) OVER (PARTITION BY g ORDER BY i)
SUM(j) OVER (ORDER BY g)
SUM(a) OVER (ORDER BY g DESC)
SUM(a) OVER (ORDER BY f, n)
COUNT(*) OVER (ORDER BY g)
COUNT(i) OVER (PARTITION BY f ORDER BY g)
AVG(i) OVER (ORDER BY g)
MIN(i) OVER (ORDER BY n)
MAX(a) OVER (ORDER BY n DESC)
ROW_NUMBER() OVER (ORDER BY n)
ROW_NUMBER() OVER (PARTITION BY g ORDER BY n DESC)
ROW_NUMBER() OVER (ORDER BY i DESC, n)
RANK() OVER (ORDER BY g)
RANK() OVER (PARTITION BY f ORDER BY g DESC)
SUM(j) OVER (PARTITION BY f ORDER BY g DESC, i)
LAG(a) OVER (ORDER BY n)
LAG(a, 2) OVER (PARTITION BY g ORDER BY n)
LEAD(s) OVER (ORDER BY n DESC)
LEAD(d, 0) OVER (ORDER BY n)
FIRST_VALUE(a) OVER (PARTITION BY g ORDER BY n)
FIRST_VALUE(i) OVER (ORDER BY n DESC)
LAST_VALUE(a) OVER (PARTITION BY g ORDER BY n)
i - LAG(i) OVER (ORDER BY n)
a / SUM(a) OVER (PARTITION BY g)
CASE WHEN ROW_NUMBER() OVER (PARTITION BY g ORDER BY n) = 1 THEN a ELSE 0 END
DATE_DIFF('day', LAG(d) OVER (ORDER BY n), d)
""".strip().splitlines()


@pytest.mark.parametrize("text", WINDOWS)
def test_windows_are_the_same_as_duckdb(duck: duckdb.DuckDBPyConnection, text: str) -> None:
    check(duck, text, windows=True)
