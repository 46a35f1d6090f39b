"""All that the cards ask of the databases, answered there and kept, together or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from kpi_site.catalog import Catalog, Dataset
from kpi_site.changes import Change, alone, carry_out, settle
from kpi_site.compute import check_days, check_engine, check_room, settle_through
from kpi_site.compute.run import questions
from kpi_site.content import read_catalog
from kpi_site.databases.connect import connect
from kpi_site.databases.fetching import (
    LOCK,
    WAIT,
    Fetching,
    closing,
    stamp,
    swept,
    under_way,
    without,
)
from kpi_site.databases.postgresql import PostgreSQL
from kpi_site.databases.server import RefusedError, Server
from kpi_site.databases.taking import CannotTakeError, refused_by
from kpi_site.engine.choose import choose_engine
from kpi_site.engine.kept_answers import Kept, answers, dataset_of, keep
from kpi_site.engine.seam import Request
from kpi_site.locks import locked
from kpi_site.problems import Message, Problem, has_errors, in_order, problem
from kpi_site.pushing.live_engine import LiveEngine
from kpi_site.pushing.survey import Survey
from kpi_site.tables.collector import Collector
from kpi_site.tables.model import Pushed, Table
from kpi_site.tables.pushed import answers_path, text_of
from kpi_site.tables.read import different_types, read_tables, referenced_of
from kpi_site.tables.snapshots import DESCRIPTION

_LIMIT = 50  # problems of a dataset that are described
Problems = tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """A dataset whose rows stayed, with the answers that were kept, and its warnings."""

    table: Table
    warnings: Problems = ()


def ask(asked: Fetching) -> tuple[tuple[Answered, ...], Problems]:
    """Check the datasets that stay in their databases, and keep what those answer.

    All of a connection are asked together, at one moment. Nothing is kept when there is an
    error. OSError from a disk that refuses.
    """
    root = asked.options.root
    catalog, problems = read_catalog(root, today=asked.options.today)
    chosen = () if catalog is None else _chosen(catalog, asked.ids)
    if catalog is None or has_errors(problems) or not chosen:
        return (), in_order(problems) if chosen or catalog is None else ()
    with locked(root / LOCK, WAIT) as mine:
        if not mine:
            return (), (under_way(),)
        told = settle(root)
        found, problems = ((), ()) if has_errors(told) else _answered(asked, catalog, chosen)
        problems = in_order((*told, *problems))
        if has_errors(problems):
            return (), problems
        names = [str(one.table.dataset.id) for one in found]
        with swept(root, names), alone(root) as more:
            if has_errors(more):
                return (), (*more, *problems)
            listed = ", ".join(names)
            what = Message(f"数据库对 {listed} 的回答", f"the database's answers about {listed}")
            changes = [_change(catalog, one) for one in found]
            carry_out(root, what, [*changes, *without(root, names, DESCRIPTION)])
        return found, (*more, *problems)


def _chosen(catalog: Catalog, ids: Sequence[str]) -> tuple[Dataset, ...]:
    """Return the pushed datasets of all connections that ``ids`` (none: all) come from."""
    pushed = [dataset for dataset in catalog.datasets.values() if dataset.pushed]
    names = {_connection(d) for d in pushed if not ids or d.id in ids}
    return tuple(dataset for dataset in pushed if _connection(dataset) in names)


def _connection(dataset: Dataset) -> str:
    assert dataset.database is not None
    return str(dataset.database.connection)


def _change(catalog: Catalog, one: Answered) -> Change:
    root = catalog.site.root
    path = answers_path(root, str(one.table.dataset.id)).relative_to(root).as_posix()
    return Change(path, text_of(catalog, one.table, one.warnings))


def _answered(
    asked: Fetching, catalog: Catalog, chosen: Sequence[Dataset]
) -> tuple[tuple[Answered, ...], Problems]:
    names = {str(dataset.id) for dataset in chosen}
    rest = catalog.datasets.keys() - names
    _, problems = read_tables(catalog, asked.options.cache, only=rest, progress=asked.progress)
    if has_errors(problems):
        return (), problems
    with ExitStack() as stack:
        surveys: dict[str, Survey] = {}
        problems = ()
        for name in dict.fromkeys(map(_connection, chosen)):
            own = [dataset for dataset in chosen if _connection(dataset) == name]
            found = _surveyed(asked, catalog, own, stack)
            if isinstance(found, tuple):
                problems = (*problems, *found)
            else:
                surveys |= found
        if not problems:
            problems = tuple(_foreign_keys(surveys))
        told = {name: survey.found.result() for name, survey in surveys.items()}
        problems = (*problems, *chain.from_iterable(told.values()))
        if has_errors(problems):
            return (), problems
        tables, more = _questioned(asked, catalog, surveys)
        return tuple(Answered(t, told[name]) for name, t in tables.items()), (*problems, *more)


def _surveyed(
    asked: Fetching, catalog: Catalog, own: Sequence[Dataset], stack: ExitStack
) -> dict[str, Survey] | Problems:
    """Look at the datasets of one connection, which stays open as long as the ``stack``."""
    first = own[0].database
    assert first is not None
    server = connect(catalog.site, first.connection, asked.environment, first.connection.where)
    if isinstance(server, Problem):
        return (server,)
    stack.enter_context(closing(server))
    if not isinstance(server, PostgreSQL):
        return tuple(_cannot_push(dataset, server) for dataset in own)
    surveys: dict[str, Survey] = {}
    problems: list[Problem] = []
    for dataset in own:
        asked.progress(str(dataset.id))
        survey = Survey(dataset, server, catalog.site.timezone, Collector(str(dataset.id), _LIMIT))
        try:
            survey.ask(referenced_of(catalog, dataset))
        except CannotTakeError as error:
            problems += error.problems
        surveys[str(dataset.id)] = survey
    return tuple(problems) or surveys


def _foreign_keys(surveys: Mapping[str, Survey]) -> Iterator[Problem]:
    for survey in surveys.values():
        for key in survey.dataset.foreign_keys:
            parent = surveys[str(key.dataset)]
            if not (survey.found.sound and parent.found.sound):
                continue
            different = different_types(survey.dataset, parent.dataset, key)
            if different is not None:
                yield different
            else:
                survey.check_foreign_key(key, parent)


def _table(catalog: Catalog, survey: Survey, asked: Fetching) -> Table:
    dataset, days = survey.dataset, survey.days
    return Table(
        dataset,
        answers_path(catalog.site.root, str(dataset.id)),
        "",
        survey.count,
        date.fromisoformat(min(days)) if days else None,
        date.fromisoformat(max(days)) if days else None,
        (),
        tuple(survey.broken),
        survey.nulls,
        days,
        survey.ranges,
        pushed=Pushed(survey.server.version, stamp(asked.now), survey.spans, {}),
    )


def _questioned(
    asked: Fetching, catalog: Catalog, surveys: Mapping[str, Survey]
) -> tuple[Mapping[str, Table], Problems]:
    """Return the tables with the answers to all questions of the cards, up to each day."""
    surveyed = {name: _table(catalog, survey, asked) for name, survey in surveys.items()}
    tables, problems = read_tables(
        catalog, asked.options.cache, pushed=surveyed, progress=asked.progress
    )
    if not has_errors(problems):
        engine = choose_engine(catalog, asked.options.engine)
        rooms = (*check_room(catalog, tables), *check_days(catalog, tables))
        problems = (*rooms, *check_engine(catalog, tables, engine))
    if has_errors(problems):
        return {}, problems
    rows = {surveyed[name].parquet: survey.rows for name, survey in surveys.items()}
    kept: dict[str, Kept] = {name: {} for name in surveyed}
    settled = settle_through(catalog, tables, asked.options.today)
    for day in _days(settled):
        requests, schemas = questions(settled.through(day), tables)
        for name, own in _by_dataset(requests, surveyed).items():
            asked.progress(f"{name} {day}")
            new = [one for one in own if not answers(kept[name], one, day)]
            engine = LiveEngine(surveys[name].server, rows)
            try:
                found = engine.answer(tables, new, day, schemas)
            except RefusedError as error:
                return {}, (refused_by(surveys[name].source, "", error),)
            kept[name] = keep(found, day, kept[name])
    return {name: _with(table, kept[name]) for name, table in surveyed.items()}, ()


def _with(table: Table, answers: Kept) -> Table:
    assert table.pushed is not None
    return replace(table, pushed=replace(table.pushed, answers=answers))


def _by_dataset(
    requests: Sequence[Request], pushed: Mapping[str, Table]
) -> Mapping[str, list[Request]]:
    found: dict[str, list[Request]] = {}
    for request in requests:
        if (name := dataset_of(request)) in pushed:
            found.setdefault(name, []).append(request)
    return found


def _days(settled: Catalog) -> Iterator[date]:
    """Yield the days up to which facts count somewhere: the site's, and those of its reports."""
    through = settled.site.data_through
    assert through is not None
    yield through
    ends = {report.period.last for report in settled.reports.values()}
    yield from sorted(day for day in ends if day < through)


def _cannot_push(dataset: Dataset, server: Server) -> Problem:
    assert dataset.database is not None
    return problem(
        dataset.database.where,
        "cannot-push",
        zh=f"push 目前只用于 PostgreSQL，这里是 {server.version}",
        en=f"'push' is for PostgreSQL alone so far, and this is {server.version}",
        hint_zh="请去掉 push，读取成快照。",
        hint_en="Leave 'push' out: the rows are fetched into a snapshot.",
    )
