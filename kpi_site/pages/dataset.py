"""Datasets: what they are, how fresh, their columns and rules, and which cards use them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from markupsafe import Markup

from kpi_site import links
from kpi_site.catalog import Dataset, Field
from kpi_site.compute.through import rhythm
from kpi_site.disclosure.rows import tells_files
from kpi_site.files import File
from kpi_site.pages.batches import Batch
from kpi_site.pages.context import Context
from kpi_site.pages.parts import Fact, Link, indicator_link
from kpi_site.pages.template import alone, leaf, page
from kpi_site.periods import Grain
from kpi_site.tables.model import Table
from kpi_site.tables.numerals import sample
from kpi_site.wording.dates import format_date
from kpi_site.wording.numbers import format_count
from kpi_site.wording.words import grain_word

INDEX = "datasets/index.md"


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of facts as it was read."""

    path: str
    rows: str
    size: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A declared column."""

    name: str
    title: Markup
    type: Markup
    unit: str
    constraints: tuple[Markup, ...]
    categories: tuple[tuple[str, str], ...]
    nulls: str
    description: Markup


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule on rows and how many broke it."""

    sql: str
    message: Markup
    severity: Markup
    broken: str


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """A dataset in the list."""

    link: Link
    owner: str
    rows: str
    first: str
    last: str
    stale: str
    broken: str
    users: int


@dataclass(frozen=True, slots=True)
class DatasetView:
    """Everything that a dataset's page prints."""

    title: Markup
    crumbs: tuple[Link, ...]
    description: Markup
    facts: tuple[Fact, ...]
    stale: str
    files: tuple[FileView, ...]
    columns: tuple[ColumnView, ...]
    has_nulls: bool
    derived: tuple[tuple[str, str], ...]
    rules: tuple[RuleView, ...]
    relations: tuple[tuple[str, Link, str], ...]
    users: tuple[Link, ...]
    query: tuple[str, ...]  # by line
    dataset_file: str


def batches(ctx: Context) -> Iterator[Batch]:
    """Yield the list of datasets and a page for each; nothing where there are none."""
    listed = ctx.catalog.listed_datasets
    if listed:
        yield Batch("datasets", partial(_list, ctx))
    for dataset in listed:
        yield Batch(f"dataset {dataset.id}", partial(_page, ctx, str(dataset.id)))


def _list(ctx: Context) -> Iterator[File]:
    entries = tuple(_entry(ctx, d) for d in ctx.catalog.listed_datasets)
    yield page(INDEX, "datasets.md.j2", ctx.language, entries, alone(str(ctx.t("datasets"))))


def _page(ctx: Context, name: str) -> Iterator[File]:
    dataset, path = ctx.catalog.datasets[name], links.dataset(name)
    front = leaf(ctx.name(dataset.title), dataset.where.file)
    yield page(path, "dataset.md.j2", ctx.language, _view(ctx, dataset, path), front)


def _entry(ctx: Context, dataset: Dataset) -> DatasetEntry:
    table = ctx.tables.get(dataset.id)
    return DatasetEntry(
        link=Link(ctx.name(dataset.title), links.url(INDEX, links.dataset(dataset.id))),
        owner=ctx.department(dataset.owner) if dataset.owner else "",
        rows=_rows(ctx, table),
        first=_day(ctx, table.first if table else None),
        last=_day(ctx, table.last if table else None),
        stale=_stale(ctx, dataset, table),
        broken=format_count(_broken(table), ctx.language) if _broken(table) else "",
        users=len(ctx.users_of.get(dataset.id, ())),
    )


def _rows(ctx: Context, table: Table | None) -> str:
    return format_count(table.rows, ctx.language) if table and table.told else ""


def _broken(table: Table | None) -> int:
    return sum(b.rows for b in table.broken_rules) if table and table.told else 0


def _day(ctx: Context, day: object) -> str:
    return format_date(day, ctx.language) if day else ""  # type: ignore[arg-type]


def _stale(ctx: Context, dataset: Dataset, table: Table | None) -> str:
    """Say by how many days the facts fall short of the day up to which the site reports.

    Facts that reach into the newest period in which rows are expected are fresh.
    """
    if table is None or table.last is None or ctx.data_through is None:
        return ""
    grain = dataset.expect.every if dataset.expect else Grain.MONTH
    unit = ctx.catalog.site.calendar.containing(ctx.data_through, grain)
    if table.last >= (ctx.data_through if unit is None else unit.first):
        return ""
    return format_count((ctx.data_through - table.last).days, ctx.language)


def _files(ctx: Context, table: Table) -> tuple[FileView, ...]:
    told = tells_files(ctx.catalog, table)
    return tuple(
        FileView(
            f.path,
            format_count(f.rows, ctx.language) if told else "",
            format_count((f.bytes + 1023) // 1024, ctx.language) if told else "",
            f.sha256[:12],
        )
        for f in table.files
    )


def _view(ctx: Context, dataset: Dataset, path: str) -> DatasetView:
    table = ctx.tables.get(dataset.id)
    return DatasetView(
        title=ctx.inline(dataset.title),
        crumbs=(Link(str(ctx.t("datasets")), links.url(path, INDEX)),),
        description=ctx.block(dataset.description),
        facts=_facts(ctx, dataset, table, path),
        stale=_stale(ctx, dataset, table),
        files=_files(ctx, table) if table else (),
        columns=tuple(_column(ctx, dataset, f, table) for f in dataset.fields),
        has_nulls=bool(table and table.told and table.null_counts),
        derived=tuple((str(d.name), d.value.code.text) for d in dataset.derived),
        rules=tuple(_rules(ctx, dataset, table)),
        relations=tuple(_relations(ctx, dataset, path)),
        users=tuple(indicator_link(ctx, path, i.id) for i in ctx.users_of.get(dataset.id, ())),
        query=_query(dataset),
        dataset_file=dataset.where.file,
    )


def _facts(ctx: Context, dataset: Dataset, table: Table | None, path: str) -> tuple[Fact, ...]:
    owner = None
    if dataset.owner and any(u.id == dataset.owner for u in ctx.catalog.site.departments):
        used = f"department {dataset.owner}" in ctx.cards_of
        name = ctx.department(dataset.owner)
        owner = Link(name, links.url(path, links.department(dataset.owner)) if used else Markup())
    expected = ""
    if dataset.expect is not None:
        grain = grain_word(dataset.expect.every, ctx.language)
        expected = ctx.t("expect_rows", grain, dataset.expect.min_rows)
    days = [_day(ctx, d) for d in (table.first, table.last)] if table else []
    span = " – ".join(dict.fromkeys(d for d in days if d))
    entries: tuple[tuple[str, Markup | str, Link | None], ...] = (
        ("owner", "", owner),
        ("source", ctx.inline(dataset.source), None),
        ("rows", _rows(ctx, table), None),
        ("covers", span, None),
        ("time_column", str(dataset.time or ""), None),
        ("undated_rows", _undated(ctx, dataset, table), None),
        ("primary_key", ", ".join(dataset.primary_key), None),
        ("from_database", _database(ctx, dataset), None),
        ("fetched", _fetched(ctx, table), None),
        ("encoding", "" if dataset.database else str(dataset.encoding or "utf-8"), None),
        ("rhythm", _rhythm(ctx, table), None),
        ("laid_out", Markup("; ").join(_layout(ctx, dataset)), None),
        ("expected", expected, None),
        ("people_rows", ctx.t("yes") if dataset.people else "", None),
    )
    return tuple(
        Fact(ctx.t(key), _inert(value), link) for key, value, link in entries if value or link
    )


def _query(dataset: Dataset) -> tuple[str, ...]:
    """Return the lines of a dataset's query, if it has one."""
    source = dataset.database
    if source is None or source.query is None:
        return ()
    return tuple(source.query.text.strip().splitlines())


def _database(ctx: Context, dataset: Dataset) -> str:
    """Say which table of which connection, or that it is a query."""
    source = dataset.database
    if source is None:
        return ""
    if source.table is not None:
        told = ctx.t("database_table", source.connection, source.table)
    else:
        told = ctx.t("database_query", source.connection)
    return ctx.t("rows_stay", told) if source.push else told


def _fetched(ctx: Context, table: Table | None) -> str:
    """Say when the snapshot was fetched, by the site's clock, and from what server."""
    source = None if table is None else table.pushed or table.snapshot
    if source is None:
        return ""
    moment = source.moment.astimezone(ZoneInfo(ctx.catalog.site.timezone))
    day = format_date(moment.date(), ctx.language)
    return ctx.t("fetched_from", f"{day} {moment:%H:%M}", source.server)


def _undated(ctx: Context, dataset: Dataset, table: Table | None) -> str:
    """Say how many rows have no date and count in no period, where that is allowed."""
    if dataset.undated is None or dataset.time is None or table is None or not table.told:
        return ""
    return format_count((table.null_counts or {}).get(dataset.time, 0), ctx.language)


def _rhythm(ctx: Context, table: Table | None) -> str:
    """Say that the facts have one date for each year, quarter, month or week."""
    found = rhythm(table, ctx.catalog.site.calendar) if table is not None else None
    return "" if found is None else ctx.t("rhythm_of", grain_word(found, ctx.language))


def _layout(ctx: Context, dataset: Dataset) -> Iterator[Markup]:
    """Say where the rows stand in the file, where not from the first line to the last."""
    layout = dataset.layout
    if dataset.sheet is not None:
        yield ctx.t("laid.sheet", dataset.sheet)
    if layout.range is not None:
        yield ctx.t("laid.range", layout.range)
    if layout.header_rows:
        yield ctx.t("laid.header_rows", ", ".join(map(str, layout.header_rows)))
    if layout.comment is not None:
        yield ctx.t("laid.comment", layout.comment)
    if dataset.file_to is not None:
        yield ctx.t("laid.file_to", dataset.file_to)
    for name in ("fill_merged", "trim", "skip_blank"):
        if getattr(layout, name):
            yield ctx.t(f"laid.{name}")
    if layout.until is not None:
        yield ctx.t("laid.until", layout.until.column, layout.until.matches)
    if layout.unpivot is not None:
        across = layout.unpivot.matches or ", ".join(layout.unpivot.columns)
        names = ", ".join(layout.unpivot.names_to)
        yield ctx.t("laid.unpivot", across, names, layout.unpivot.values_to)


def _inert(value: Markup | str) -> Markup:
    return Markup.escape(value)


def _column(ctx: Context, dataset: Dataset, field: Field, table: Table | None) -> ColumnView:
    nulls = (table.null_counts or {}).get(field.name) if table and table.told else None
    return ColumnView(
        name=field.name,
        title=ctx.inline(field.title),
        type=ctx.t(f"type.{field.type}"),
        unit=field.unit or "",
        constraints=tuple(_constraints(ctx, dataset, field)),
        categories=tuple((key, ctx.name(text)) for key, text in field.categories.items()),
        nulls="" if nulls is None else format_count(nulls, ctx.language),
        description=ctx.inline(field.description),
    )


def _constraints(ctx: Context, dataset: Dataset, field: Field) -> Iterator[Markup]:
    if field.name in dataset.primary_key:
        yield ctx.t("is_key")
    if field.required:
        yield ctx.t("is_required")
    if field.unique:
        yield ctx.t("is_unique")
    if field.type == "number":
        yield ctx.t("most_decimals", field.decimals)
    if field.minimum is not None:
        yield ctx.t("at_least", field.minimum)
    if field.maximum is not None:
        yield ctx.t("at_most", field.maximum)
    if field.pattern is not None:
        yield ctx.t("matches", field.pattern)
    yield from _written(ctx, field)
    if field.enum:
        yield ctx.t("one_of", ", ".join(field.enum))


def _written(ctx: Context, field: Field) -> Iterator[Markup]:
    """Say how the cells are written, where not in the ordinary way."""
    if field.format is not None:
        yield ctx.t("written_as", field.format)
    if field.notation is not None:
        yield ctx.t("written_as", sample(field.notation))
        if field.notation.multiplier != 1:
            yield ctx.t("times", format(field.notation.multiplier, "f"))


def _rules(ctx: Context, dataset: Dataset, table: Table | None) -> Iterator[RuleView]:
    broken = {b.rule: b.rows for b in table.broken_rules} if table else {}
    for rule in dataset.rules:
        sql = rule.rule.code.text
        rows = broken.get(sql, 0)
        yield RuleView(
            sql=sql,
            message=ctx.inline(rule.message),
            severity=ctx.t(f"severity.{rule.severity}"),
            broken=format_count(rows, ctx.language) if table and table.told else "",
        )


def _relations(ctx: Context, dataset: Dataset, path: str) -> Iterator[tuple[str, Link, str]]:
    """Yield (own columns, the other dataset, its columns): outgoing references."""
    for key in dataset.foreign_keys:
        other = ctx.catalog.datasets.get(key.dataset)
        if other is not None and not other.listed:
            continue
        name = ctx.name(other.title) if other else str(key.dataset)
        link = Link(name, links.url(path, links.dataset(key.dataset)))
        yield ", ".join(key.fields), link, ", ".join(key.reference)
