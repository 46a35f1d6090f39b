"""Meanings of the keys of a dataset whose rows come from a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kpi_site.content.meanings.meaning import Meaning, means

OF_DATABASE: Final[Mapping[str, Meaning]] = {
    "connection": means(
        "数据来自数据库：`site.yml` 中 `connections` 的名称，代替 `path`；再写 `table` 或 "
        "`query`。由 `kpi-site fetch` 读取。",
        "The rows come from a database: a name of `connections` in `site.yml`, in place of"
        " `path`, with a `table` or a `query`. `kpi-site fetch` reads it.",
        "erp",
    ),
    "table": means(
        "数据库的表或视图，可带模式名；只读 `schema` 里声明的列。",
        "A table or view of the database, with its schema's name where it needs one; only the"
        " columns that `schema` declares are read.",
        "sales.shipments",
    ),
    "query": means(
        "代替 `table` 的 SQL 查询，用数据库自己的 SQL；其中须有 `schema` 里声明的列。",
        "In place of `table` a query, in the database's own SQL; it has the columns that"
        " `schema` declares.",
        "SELECT id, shipped_on, amount FROM shipments WHERE NOT test",
    ),
    "partition": means(
        "快照按 `time` 分成几部分，每月、每季或每年一份；再次读取时只取最新的部分。",
        "Parts of the snapshot by `time`, one for each month, quarter or year; only the newest"
        " parts are fetched again.",
        "month",
    ),
    "refetch": means(
        "每次重新读取已有的最新几份，用于补录和更正；更早的更正用 `kpi-site fetch --all`。",
        "How many of the newest parts that are there are fetched again each time, for late rows"
        " and corrections; for older ones there is `kpi-site fetch --all`.",
        2,
        default=1,
    ),
    "push": means(
        "数据留在数据库里，由它来数：`kpi-site fetch` 只保存回答，不保存数据。"
        "目前只用于 PostgreSQL。",
        "The rows stay in the database, which counts them: `kpi-site fetch` keeps its answers"
        " alone. For PostgreSQL so far.",
        True,
        default=False,
    ),
}
