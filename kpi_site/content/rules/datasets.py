"""Datasets agree with themselves and with each other (specification.md#dataset)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kpi_site.catalog import Dataset, ForeignKey, Layout, with_sheet
from kpi_site.content.draft import Draft, Entry
from kpi_site.problems import Message, Name, Problem, unknown
from kpi_site.schema import brought_columns, own_columns
from kpi_site.sql.types import SqlType, field_type, infer

_COLUMN = Message("列", "column")


def naming(dataset: Dataset, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Say in which dataset a column is unknown."""
    for found in problems:
        said = found.message
        inside = Message(f"数据集 {dataset.id} 中{said.zh}", f"{said.en} in {dataset.id}")
        yield replace(found, message=inside) if found.code == "unknown-column" else found


def keys_name_columns(draft: Draft) -> Iterator[Problem]:
    """Report columns of keys (primary, foreign, of persons) that do not exist."""
    for _, dataset in _datasets(draft):
        declared = [field.name for field in dataset.fields]
        yield from _unknown(draft, dataset, dataset.primary_key, declared)
        own = [name for key in dataset.foreign_keys for name in key.fields]
        own += [dataset.people_key] if dataset.people_key else []
        yield from _unknown(draft, dataset, own, [*declared, *(d.name for d in dataset.derived)])
        for key in dataset.foreign_keys:
            parent = draft.catalog.datasets.get(key.dataset)
            if parent is not None:
                names = [field.name for field in parent.fields]
                yield from _unknown(draft, parent, key.reference, names)


def _unknown(
    draft: Draft, dataset: Dataset, names: list[Name] | tuple[Name, ...], known: list[Name]
) -> Iterator[Problem]:
    for name in names:
        if name not in known and not draft.doubts(dataset, name):
            yield _unknown_column(dataset, name, known)


def _unknown_column(dataset: Dataset, name: Name, known: Iterable[str]) -> Problem:
    found = unknown(name.where, "unknown-column", _COLUMN, name, known)
    return next(naming(dataset, (found,)))


def foreign_keys_fit(draft: Draft) -> Iterator[Problem]:
    """Report foreign keys whose columns have another type than those they refer to."""
    for _, dataset in _datasets(draft):
        for key in dataset.foreign_keys:
            parent = draft.catalog.datasets.get(key.dataset)
            if parent is not None:
                yield from _types_differ(dataset, parent, key)


def _types_differ(dataset: Dataset, parent: Dataset, key: ForeignKey) -> Iterator[Problem]:
    types = own_columns(dataset)
    for here, there in zip(key.fields, key.reference, strict=True):
        own, other = types.get(here), parent.field(there)
        if own is not None and other is not None and own.kind not in {other.type, "null"}:
            yield Problem(
                here.where,
                "foreign-key-type",
                Message(
                    f"列“{here}”（{own.kind}）与 {parent.id}.{there}（{other.type}）类型不同",
                    f"the column '{here}' ({own.kind}) and {parent.id}.{there} ({other.type}) "
                    "have different types",
                ),
            )


def validities_are_times(draft: Draft) -> Iterator[Problem]:
    """Report what says when a parent's row holds and is no time, and children without one."""
    for entry, dataset in _datasets(draft):
        for key in dataset.foreign_keys:
            parent = draft.catalog.datasets.get(key.dataset)
            if key.valid is None or parent is None:
                continue
            for name in (key.valid.since, key.valid.until):
                if name is not None:
                    yield from _declared_time(draft, parent, name)
            if dataset.time is None and "time" not in entry.damaged:
                yield Problem(
                    key.valid.since.where,
                    "no-time-column",
                    Message("有 valid，却没有 time 列", "'valid' needs a 'time' column"),
                )


def _declared_time(draft: Draft, parent: Dataset, name: Name) -> Iterator[Problem]:
    declared = [field.name for field in parent.fields]
    if name in declared:
        yield from time_column(draft, parent, name)
    else:
        yield from _unknown(draft, parent, [name], declared)


def time_is_a_time(draft: Draft) -> Iterator[Problem]:
    """Report a dataset's ``time`` that is no date, and what needs a time where there is none."""
    for entry, dataset in _datasets(draft):
        if dataset.time is not None:
            yield from time_column(draft, dataset, dataset.time)
            continue
        for name in ("expect", "undated"):
            if getattr(dataset, name) is not None and "time" not in entry.damaged:
                yield Problem(
                    entry.place(name),
                    "no-time-column",
                    Message(f"有 {name}，却没有 time 列", f"'{name}' needs a 'time' column"),
                )


def any_column(draft: Draft, dataset: Dataset, name: Name) -> Iterator[Problem]:
    """Report ``name`` if it is no column of ``dataset`` or of its parents."""
    schema = draft.schemas[str(dataset.id)]
    if name not in schema and not draft.doubts(dataset, name):
        yield _unknown_column(dataset, name, schema)


def time_column(draft: Draft, dataset: Dataset, name: Name) -> Iterator[Problem]:
    """Report ``name`` if it is no column of ``dataset``, or none of dates or times."""
    if draft.doubts(dataset, name):
        return
    schema = draft.schemas[str(dataset.id)]
    if name not in schema:
        yield _unknown_column(dataset, name, schema)
    elif not schema[name].temporal:
        yield Problem(
            name.where,
            "not-a-time",
            Message(
                f"列“{name}”的类型是 {schema[name]}，不是日期或日期时间",
                f"the column '{name}' is of type {schema[name]}, not a date or datetime",
            ),
        )


def derived_columns_have_types(draft: Draft) -> Iterator[Problem]:
    """Report derived columns that name unknown columns, mix types, or hide a declared column."""
    for entry, dataset in _datasets(draft):
        schema: dict[str, SqlType] = {f.name: field_type(f) for f in dataset.fields}
        schema |= brought_columns(dataset)
        for column in dataset.derived:
            if dataset.field(column.name) is not None:
                yield Problem(
                    column.name.where,
                    "duplicate-column",
                    Message(f"列“{column.name}”重复", f"column '{column.name}' is declared twice"),
                )
            found, problems = infer(column.value, schema)
            if found is not None:
                schema.setdefault(column.name, found)
            if "derived" not in entry.damaged and not draft.doubts_expression(
                dataset, column.value
            ):
                yield from naming(dataset, problems)


def rules_are_conditions(draft: Draft) -> Iterator[Problem]:
    """Report rules that name unknown columns, mix types, or are neither true nor false."""
    for _, dataset in _datasets(draft):
        schema = own_columns(dataset)
        for rule in dataset.rules:
            if draft.doubts_expression(dataset, rule.rule):
                continue
            found, problems = infer(rule.rule, schema)
            yield from naming(dataset, problems)
            if found is not None and found.kind not in {"boolean", "null"}:
                yield Problem(
                    rule.rule.code.locate(0),
                    "not-a-condition",
                    Message(
                        f"规则应为真或假，实为 {found}",
                        f"a rule is true or false, but this is of type {found}",
                    ),
                )


def totals_are_told(draft: Draft) -> Iterator[Problem]:
    """Report a condition of totals that is none, and columns that are none of numbers."""
    for entry, dataset in _datasets(draft):
        totals = dataset.totals
        if totals is None or "schema" in entry.damaged:
            continue
        declared = {str(field.name): field_type(field) for field in dataset.fields}
        found, problems = infer(totals.where, declared)
        yield from naming(dataset, problems)
        if found is not None and found.kind not in {"boolean", "null"}:
            yield Problem(
                totals.where.code.locate(0),
                "not-a-condition",
                Message(
                    f"where 应为真或假，实为 {found}",
                    f"'where' is true or false, but this is of type {found}",
                ),
            )
        yield from _unknown(draft, dataset, totals.columns, [f.name for f in dataset.fields])
        for name in totals.columns:
            field = dataset.field(name)
            if field is not None and field.type not in {"integer", "number"}:
                message = Message(f"列“{name}”不是数", f"the column '{name}' holds no numbers")
                yield Problem(name.where, "key-does-not-fit", message)


def layouts_fit(draft: Draft) -> Iterator[Problem]:
    """Report layouts that the files cannot have, and columns of theirs that do not exist."""
    for entry, dataset in _datasets(draft):
        if dataset.database is not None or dataset.layout == Layout():
            continue
        if {"schema", "dialect", "rows", "unpivot"} & entry.damaged:
            continue
        kinds = {with_sheet(path)[0].lower().rpartition(".")[2] for path in dataset.paths}
        filled = dataset.layout.fill_merged and len(dataset.layout.header_rows) < 2
        if (filled or dataset.layout.range is not None) and "xlsx" not in kinds:
            yield _does_not_fit(entry, "range / fillMerged", ".xlsx")
        elif kinds == {"parquet"}:
            yield _does_not_fit(entry, "dialect / rows / unpivot", ".csv .xlsx")
        yield from _unpivot_fits(draft, dataset)
        yield from _end_is_known(draft, dataset)


def file_names_fit(draft: Draft) -> Iterator[Problem]:
    """Report a column for the names of files that is none of the file's, or the only one."""
    for entry, dataset in _datasets(draft):
        name = dataset.file_to
        if name is None or {"schema", "path"} & entry.damaged:
            continue
        if dataset.database is not None:
            message = Message("file_to 只用于 path", "'file_to' goes with 'path' only")
            yield Problem(entry.place("file_to"), "key-does-not-fit", message)
        declared = [field.name for field in dataset.fields]
        if name not in declared:
            yield from _unknown(draft, dataset, [name], declared)
        elif len(declared) == 1:
            message = Message(
                "除 file_to 的列外，文件应有别的列",
                "the files must have columns besides that of 'file_to'",
            )
            yield Problem(name.where, "key-does-not-fit", message)


def _does_not_fit(entry: Entry[Dataset], keys: str, kinds: str) -> Problem:
    where = next(
        (entry.place(n) for n in ("dialect", "rows", "unpivot") if entry.mapping.get(n)),
        entry.place("path"),
    )
    message = Message(f"{keys} 只用于 {kinds}", f"{keys}: for {kinds} only")
    return Problem(where, "key-does-not-fit", message)


def _unpivot_fits(draft: Draft, dataset: Dataset) -> Iterator[Problem]:
    unpivot = dataset.layout.unpivot
    if unpivot is None:
        return
    declared = [field.name for field in dataset.fields]
    yield from _unknown(draft, dataset, (*unpivot.names_to, unpivot.values_to), declared)
    size = len(unpivot.names_to)
    if size > 1 and len(dataset.layout.header_rows) != size:
        message = Message(
            f"names_to 有 {size} 列，每列取一个列名行的文字：headerRows 也要有 {size} 行",
            f"names_to has {size} columns, each for one line of the head:"
            f" headerRows needs {size} lines too",
        )
        yield Problem(unpivot.names_to[1].where, "key-does-not-fit", message)
    if unpivot.names_format and len(unpivot.names_format) != size:
        message = Message(
            f"names_format 要和 names_to 一样有 {size} 个",
            f"names_format needs as many as names_to: {size}",
        )
        yield Problem(unpivot.names_to[0].where, "key-does-not-fit", message)
    for name in unpivot.columns:
        if name in declared:
            message = Message(
                f"列“{name}”横排在文件里，变成行后就没有了：请从 schema 删去",
                f"the column '{name}' lies across and becomes rows: leave it out of the schema",
            )
            yield Problem(name.where, "duplicate-column", message)


def _end_is_known(draft: Draft, dataset: Dataset) -> Iterator[Problem]:
    until, unpivot = dataset.layout.until, dataset.layout.unpivot
    if until is None or (unpivot is not None and unpivot.matches):
        return  # the file's own head tells which columns match
    known = [field.name for field in dataset.fields]
    if unpivot is not None:
        known = [n for n in known if n not in {*unpivot.names_to, unpivot.values_to}]
        known += unpivot.columns
    yield from _unknown(draft, dataset, (until.column,), known)


def _datasets(draft: Draft) -> Iterator[tuple[Entry[Dataset], Dataset]]:
    return ((entry, entry.value) for entry in draft.datasets if entry.value is not None)
