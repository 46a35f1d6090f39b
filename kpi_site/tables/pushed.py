"""Datasets whose rows stay in their database: what it said of them, kept as one small file.

The file carries a digest of itself, and of the declaration that the rows were checked by.
Rules: specification.md#push.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final

from kpi_site.catalog import Catalog, Dataset
from kpi_site.problems import Problem
from kpi_site.tables.cache import problem_of, row_digest
from kpi_site.tables.model import Pushed, RuleCount, SourceFile, Table, asked_for
from kpi_site.tables.snapshots import damaged, folder_of, none_yet, outdated

ANSWERS: Final = "answers.json"
_FORMAT: Final = 1


def answers_path(root: Path, dataset: str) -> Path:
    """Return where the answers about a dataset lie."""
    return folder_of(root, dataset) / ANSWERS


def declared(catalog: Catalog, dataset: Dataset) -> str:
    """Return the digest of all that decides the rows, their checks and their parents' rows."""
    zone = catalog.site.timezone
    above = (catalog.datasets[key.dataset] for key in dataset.foreign_keys)
    keys = [(key.fields, key.dataset, key.reference) for key in dataset.foreign_keys]
    return _hash("\n".join((repr(keys), *(_rows(one, zone) for one in (dataset, *above)))))


def _rows(dataset: Dataset, zone: str) -> str:
    constraints = [
        (f.required, f.unique, f.enum, f.minimum, f.maximum, f.pattern) for f in dataset.fields
    ]
    rules = [(rule.rule.code.text, rule.severity) for rule in dataset.rules]
    keys = (dataset.primary_key, dataset.time, dataset.undated)
    told = (asked_for(dataset), row_digest(dataset, [], zone, {}), constraints, rules, keys)
    return repr(told)


def read_pushed(catalog: Catalog, dataset: Dataset) -> tuple[Table | None, tuple[Problem, ...]]:
    """Return what is kept of a dataset as its table, with its warnings; or why there is none."""
    root = catalog.site.root
    path = answers_path(root, str(dataset.id))
    name = path.relative_to(root).as_posix()
    try:
        data = path.read_bytes()
        told = json.loads(data)
        sound = told["format"] == _FORMAT and told["digest"] == _digest(told)
    except FileNotFoundError:
        return None, (none_yet(dataset),)
    except (OSError, ValueError, TypeError, KeyError):
        sound = False
    if not sound or told["dataset"] != dataset.id:
        return None, (damaged(name, str(dataset.id)),)
    if told["declared"] != declared(catalog, dataset):
        return None, (outdated(dataset),)
    file = SourceFile(name, told["rows"], len(data), hashlib.sha256(data).hexdigest())
    return _table(dataset, told, path, file), tuple(map(problem_of, told["warnings"]))


def _table(dataset: Dataset, told: Mapping[str, Any], path: Path, file: SourceFile) -> Table:
    return Table(
        dataset,
        path,
        told["digest"],
        told["rows"],
        _day(told["first"]),
        _day(told["last"]),
        (file,),
        tuple(RuleCount(**rule) for rule in told["broken_rules"]),
        told["null_counts"],
        told["days"],
        {name: (low, high) for name, (low, high) in told["ranges"].items()},
        pushed=Pushed(
            told["server"],
            told["fetched"],
            {
                name: (date.fromisoformat(first), date.fromisoformat(last))
                for name, (first, last) in told["spans"].items()
            },
            told["answers"],
        ),
    )


def text_of(catalog: Catalog, table: Table, warnings: Sequence[Problem]) -> bytes:
    """Return what is written of a pushed dataset: a line for each answer."""
    pushed, dataset = table.pushed, table.dataset
    assert pushed is not None
    assert dataset.database is not None
    told: dict[str, Any] = {
        "format": _FORMAT,
        "dataset": str(dataset.id),
        "connection": str(dataset.database.connection),
        "server": pushed.server,
        "fetched": pushed.fetched,
        "declared": declared(catalog, dataset),
        "rows": table.rows,
        "first": table.first and table.first.isoformat(),
        "last": table.last and table.last.isoformat(),
        "broken_rules": [asdict(rule) for rule in table.broken_rules],
        "null_counts": dict(table.null_counts or {}),
        "days": dict(table.days),
        "ranges": {name: list(bound) for name, bound in table.ranges.items()},
        "spans": {name: [day.isoformat() for day in days] for name, days in pushed.days.items()},
        "warnings": [asdict(warning) for warning in warnings],
        "answers": dict(sorted(pushed.answers.items())),
    }
    told = {"digest": _digest(told), **told}
    *head, _ = told.items()
    lines = [f"{json.dumps(name)}: {_json(value)}" for name, value in head]
    answers = [f"  {json.dumps(name)}: {_json(value)}" for name, value in told["answers"].items()]
    lines.append('"answers": {\n' + ",\n".join(answers) + "\n}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _digest(told: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in told.items() if name != "digest"}
    return _hash(json.dumps(rest, sort_keys=True))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
