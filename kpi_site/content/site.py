"""``content/site.yml`` (specification.md#site)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from kpi_site.catalog import Grade, Scoring, Site, Suppression, Text, Unit
from kpi_site.content.databases import CONNECTIONS, ENGINE
from kpi_site.content.formats import FIRST, FORMAT, too_new
from kpi_site.content.grades import GRADES
from kpi_site.content.record import key, record
from kpi_site.content.scalars import (
    BOOLEAN,
    DATE,
    IDENTIFIER,
    NAME,
    NUMBER,
    between,
    choice,
    name_of,
)
from kpi_site.content.shapes import FileReading, Invalid, Shape, checked, distinct, list_of
from kpi_site.content.signers import read_signers
from kpi_site.content.texts import TEXT
from kpi_site.content.units import COMMON_NAMES, CURRENCIES
from kpi_site.content.yaml_source import Mapping, Node, Scalar, Sequence
from kpi_site.periods import LAST_DAY, MonthCalendar
from kpi_site.problems import Location, Message, Name, Problem, unknown
from kpi_site.ssh import SIGNERS_FILE


def _timezone(name: Name, _node: Node, reading: FileReading) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        kind = Message("时区", "time zone")
        reading.problems.append(
            unknown(name.where, "unknown-timezone", kind, name, available_timezones())
        )
    return str(name)


def _currency(name: Name, _node: Node, reading: FileReading) -> str:
    if name not in CURRENCIES:
        reading.problems.append(_unknown_currency(name))
    return str(name)


def _unknown_currency(name: Name) -> Problem:
    kind = Message("货币代码", "currency code")
    found = unknown(name.where, "unknown-currency", kind, name, CURRENCIES)
    meant = COMMON_NAMES.get(name.upper())
    hint = Message(f"是不是想写“{meant}”？", f"Did you mean '{meant}'?")
    return replace(found, hint=hint) if meant else found


def _unique_ids(units: tuple[Unit, ...], _node: Node, reading: FileReading) -> tuple[Unit, ...]:
    seen: set[str] = set()
    for unit in units:
        if unit.id in seen:
            message = Message(f"标识“{unit.id}”重复", f"the id '{unit.id}' is used twice")
            reading.report(unit.id.where, "duplicate-id", message)
        seen.add(unit.id)
    return units


def _rising_points(scoring: Scoring, node: Node, reading: FileReading) -> Scoring:
    steps = {name: getattr(scoring, name) for name in ("baseline", "target", "challenge")}
    wrong = next((high for low, high in pairwise(steps) if not steps[low] < steps[high]), None)
    if wrong is not None:
        message = Message(
            "points 要按 baseline、target、challenge 由低到高",
            "points must rise from baseline to target to challenge",
        )
        reading.report(_place(node, "points", wrong), "points-order", message)
    if scoring.below_baseline > scoring.baseline:
        message = Message(
            "below_baseline 不能高于 baseline 的分数",
            "below_baseline must not be above the points of the baseline",
        )
        reading.report(_place(node, "below_baseline"), "points-order", message)
    return scoring


def _place(node: Node, *path: str) -> Location:
    """Return the place of the value at ``path``, or of what is nearest to it."""
    for step in path:
        below = node.get(step) if isinstance(node, Mapping) else None
        node = below or node
    return node.where


def _scoring(
    points: dict[str, Decimal] | None = None,
    below_baseline: Decimal = Decimal(0),
    grades: tuple[Grade, ...] = (),
) -> Scoring:
    return Scoring(**(points or {}), below_baseline=below_baseline, grades=grades)


_UNITS = checked(
    list_of(
        record(
            Unit,
            key("id", IDENTIFIER, required=True),
            key("name", TEXT, required=True),
            name="unit",
        )
    ),
    _unique_ids,
)
_POINTS = record(
    lambda **points: points,
    key("baseline", NUMBER),
    key("target", NUMBER),
    key("challenge", NUMBER),
    name="points",
)
_SCORING = checked(
    record(
        _scoring,
        key("points", _POINTS),
        key("below_baseline", NUMBER),
        key("grades", GRADES),
        name="scoring",
    ),
    _rising_points,
)
_COUNTED = record(
    Suppression,
    key("min_count", between(0, 1_000_000)),
    key("protection", between(1, 100)),
    key("numerators", BOOLEAN),
    name="suppression",
)
_OFF: Final = choice("off")


def _read_suppression(node: Node, reading: FileReading) -> Suppression | Invalid:
    """Read ``off`` as no least number of people, else the record."""
    if isinstance(node, Scalar):
        found = _OFF.read(node, reading)
        return found if isinstance(found, Invalid) else Suppression(min_count=0)
    return _COUNTED.read(node, reading)


_SUPPRESSION: Shape[Suppression] = Shape(
    _read_suppression, {"anyOf": [_OFF.schema, _COUNTED.schema]}
)


_CALENDAR = record(
    lambda **fields: fields,
    key("closing_day", between(1, LAST_DAY)),
    key("dataset", name_of("dataset"), to="periods"),
    key("holidays", name_of("dataset")),
    name="calendar",
)


def _known_format(number: int, node: Node, reading: FileReading) -> int:
    if number > FORMAT:
        reading.problems.append(too_new(node.where, number))
    return number


_NUMBERED: Final = checked(between(FIRST, 1_000_000), _known_format)
_FORMAT: Final = replace(_NUMBERED, schema={**_NUMBERED.schema, "maximum": FORMAT})

SITE: Shape[dict[str, Any]] = record(
    lambda **fields: fields,
    key("format", _FORMAT),
    key("organisation", TEXT, required=True, stand_in=Text("")),
    key("languages", distinct(list_of(choice("zh", "en"), least=1))),
    key("timezone", checked(NAME, _timezone)),
    key("fiscal_year_start", between(1, 12)),
    key("calendar", _CALENDAR),
    key("data_through", DATE),
    key("currency", checked(NAME, _currency)),
    key("departments", _UNITS),
    key("titles", _UNITS),
    key("owner", NAME),
    key("perspectives", _UNITS),
    key("scoring", _SCORING),
    key("audiences", distinct(list_of(NAME, least=1))),
    key("suppression", _SUPPRESSION),
    key("csv_limit", between(1, 10_000)),
    key("engine", ENGINE),
    key("connections", CONNECTIONS),
    key("signatures", choice("required")),
    name="site",
    top=True,
)


def read_site(node: Node, reading: FileReading, *, today: date) -> Site | Invalid:
    """Read ``site.yml``; a ``data_through`` that lies after ``today`` is a warning."""
    fields = SITE.read(node, reading)
    if isinstance(fields, Invalid):
        return fields
    own = fields.pop("calendar", {})
    if "periods" in own:
        _without_months(node, reading)
    months = MonthCalendar(fields.pop("fiscal_year_start", 1), own.pop("closing_day", LAST_DAY))
    signed = fields.pop("signatures", None) == "required"
    signers, wrong = read_signers(reading.root)
    reading.problems.extend(wrong)
    site = Site(
        reading.root, node.where, calendar=months, signers=signers, signed=signed, **own, **fields
    )
    if signed and signers is None:
        given = node.get("signatures") if isinstance(node, Mapping) else None
        message = Message(f"没有 {SIGNERS_FILE}", f"there is no {SIGNERS_FILE}")
        reading.report((given or node).where, "no-signers", message)
    if site.data_through is not None and site.data_through > today:
        given = node.get("data_through") if isinstance(node, Mapping) else None
        day = site.data_through
        message = Message(f"data_through（{day}）晚于今天", f"data_through ({day}) is after today")
        reading.report((given or node).where, "future-date", message, severity="warning")
    return site


def _without_months(node: Node, reading: FileReading) -> None:
    """Report what tells when months close or years begin, beside a dataset that lists both."""
    own = node.get("calendar") if isinstance(node, Mapping) else None
    closing = own.get("closing_day") if isinstance(own, Mapping) else None
    start = node.get("fiscal_year_start") if isinstance(node, Mapping) else None
    usual = isinstance(start, Scalar) and start.text == "1"
    for name, given in (("closing_day", closing), ("fiscal_year_start", None if usual else start)):
        if given is not None:
            message = Message(
                f"{name} 与 calendar 的 dataset 只能用一个",
                f"'{name}' and 'dataset' of the calendar exclude each other",
            )
            hint = Message(
                "数据集列出了每个期间的首日、末日和所属的年。",
                "The dataset lists the first and last day of each period, and its year.",
            )
            reading.report(given.where, "keys-exclude-each-other", message, hint)


def languages_of(node: Node) -> tuple[str, ...]:
    """Return the site's languages as far as they can be told before the file is read."""
    found = node.get("languages") if isinstance(node, Mapping) else None
    words = (
        [n.text for n in found.items if isinstance(n, Scalar)]
        if isinstance(found, Sequence)
        else []
    )
    return tuple(word for word in words if word in {"zh", "en"}) or ("zh", "en")
