"""A site's facts moved into PostgreSQL: a table for each dataset, and its file says so.

What a site with files does to become one over a database: make the tables with the types that
the schemas declare, load the rows, and write ``connection`` and ``table`` in place of ``path``.
Run it for a site of your own with a URL whose user may create tables:
``python -m tests.databases.moving SITE NEW_SITE postgresql://…`` prints the SQL to load.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import polars as pl

from kpi_site.catalog import Catalog, Dataset, Field
from kpi_site.content import read_catalog
from kpi_site.sql.kinds import offset_name
from kpi_site.tables.derive import is_row_local
from kpi_site.tables.model import Table
from kpi_site.tables.read import read_tables

_TYPES = {"string": "text", "integer": "bigint", "boolean": "boolean", "date": "date"}
_OF_FILES = ("path", "encoding", "dialect", "sheet", "rows", "unpivot")
CONNECTIONS = "connections: {erp: {url_env: KPI_ERP_URL}}\n"


def moved(site: Path, target: Path, cache: Path, today: date) -> str:
    """Copy the content of ``site`` to ``target``, over a database; return the script for it.

    The facts themselves are not copied.
    """
    catalog, problems = read_catalog(site, today=today)
    assert catalog is not None, [p.text() for p in problems]
    tables, found = read_tables(catalog, cache)
    assert tables.keys() == catalog.datasets.keys(), [p.text() for p in found]
    for name in ("content", "docs"):
        if (site / name).is_dir():
            shutil.copytree(site / name, target / name)
    settings = target / "content" / "site.yml"
    settings.write_text(settings.read_text("utf-8") + CONNECTIONS, encoding="utf-8")
    for dataset in catalog.datasets.values():
        path = target / dataset.where.file
        path.write_text(_over_the_database(path.read_text("utf-8")), encoding="utf-8")
    return "".join(part for table in tables.values() for part in _script(table))


def pushed(target: Path, catalog: Catalog) -> set[str]:
    """Let the rows of a moved site stay in the database, of every dataset that can.

    Return their names.
    """
    names = {str(d.id) for d in catalog.datasets.values() if _can_stay(catalog, d)}
    keys = [(str(d.id), str(k.dataset)) for d in catalog.datasets.values() for k in d.foreign_keys]
    while lost := {name for pair in keys if len(names & {*pair}) == 1 for name in pair} & names:
        names -= lost
    for name in names:
        path = target / catalog.datasets[name].where.file
        path.write_text(path.read_text("utf-8") + "push: true\n", encoding="utf-8")
    return names


def _can_stay(catalog: Catalog, dataset: Dataset) -> bool:
    site = catalog.site
    listed = dataset.id in {site.periods, site.holidays}
    valid = any(key.valid for key in dataset.foreign_keys)
    notations = any(field.notation for field in dataset.fields)
    needed = dataset.people or dataset.totals or dataset.brought or notations or valid or listed
    return not needed and is_row_local(dataset)


def _over_the_database(text: str) -> str:
    """Return a dataset's file with a table of its own name in place of its files."""
    blocks = re.split(r"^(?=[^\s#\-}\]])", text, flags=re.MULTILINE)
    kept = [block for block in blocks if block.partition(":")[0] not in _OF_FILES]
    (name,) = re.findall(r"^id: (\w+)", text, flags=re.MULTILINE)
    return "".join(kept) + f"connection: erp\ntable: {name}\n"


def _script(table: Table) -> Iterator[str]:
    dataset = table.dataset
    columns = ", ".join(f'"{f.name}" {_type(f, table)}' for f in dataset.fields)
    yield f'CREATE TABLE "{dataset.id}" ({columns});\n'
    yield f'COPY "{dataset.id}" FROM STDIN WITH (FORMAT csv);\n'
    rows = StringIO()
    _rows(dataset, table).write_csv(rows, include_header=False, quote_style="necessary")
    yield rows.getvalue()
    yield "\\.\n"


def _type(field: Field, table: Table) -> str:
    if field.type == "number":
        return f"numeric(38, {field.decimals})"
    if field.type == "datetime":
        return "timestamptz" if _zoned(field, table) else "timestamp"
    return _TYPES[field.type]


def _zoned(field: Field, table: Table) -> bool:
    name = offset_name(field.name)
    frame = pl.scan_parquet(table.parquet)
    if name not in frame.collect_schema():
        return False
    return bool(frame.select(pl.col(name).is_not_null().any()).collect().item())


def _rows(dataset: Dataset, table: Table) -> pl.DataFrame:
    frame = pl.read_parquet(table.parquet)
    for field in dataset.fields:
        if field.type == "datetime" and _zoned(field, table):
            ahead = pl.duration(seconds=pl.col(offset_name(field.name)))
            utc = (pl.col(field.name) - ahead).dt.to_string("%Y-%m-%d %H:%M:%S%.f") + "Z"
            frame = frame.with_columns(utc.alias(field.name))
    return frame.select(str(field.name) for field in dataset.fields)


if __name__ == "__main__":
    _site, _target = Path(sys.argv[1]), Path(sys.argv[2])
    sys.stdout.write(moved(_site, _target, _target / "build" / "moving", date.today()))  # noqa: DTZ011
