"""``content/reports/<period>/report.yml`` (specification.md#report); editions are read apart."""

from __future__ import annotations

import re

from kpi_site.catalog import KINDS, ROLES, Report, RevisionNote, Signoff
from kpi_site.content.record import key, record
from kpi_site.content.scalars import DATE, INTEGER, PERIOD, STRING, choice, name_of
from kpi_site.content.shapes import FileReading, Invalid, Shape, checked, distinct, list_of, map_of
from kpi_site.content.texts import TEXT
from kpi_site.content.yaml_source import Node
from kpi_site.periods import Grain, Period
from kpi_site.problems import Message


def _not_a_day(period: Period, node: Node, reading: FileReading) -> Period | Invalid:
    if period.grain is not Grain.DAY:
        return period
    message = Message(
        "报告的期间是周、旬、月、季度、半年或年，不是一天",
        "a report covers a week, ten days, a month or longer, and not a day",
    )
    return reading.report(node.where, "bad-period", message)


def _digest(text: str, node: Node, reading: FileReading) -> str | Invalid:
    if re.fullmatch(r"sha256:[0-9a-f]{64}", text):
        return text
    message = Message(
        "摘要应为 sha256: 加 64 位十六进制数", "a digest is 'sha256:' and 64 hexadecimal digits"
    )
    return reading.report(node.where, "bad-digest", message)


def _whole(found: Signoff, node: Node, reading: FileReading) -> Signoff | Invalid:
    parts = (found.signer, found.signature, found.digest)
    if found.signature is None and found.signer is None:
        return found
    if None not in parts and str(found.signer).startswith(f"{found.role}@"):
        return found
    message = Message(
        f"签名要有 digest、signer（{found.role}@…）和 signature",
        f"a signature has a digest, a signer ({found.role}@…) and a signature",
    )
    return reading.report(node.where, "signature-incomplete", message)


_SIGNOFF = checked(
    record(
        Signoff,
        key("role", choice(*ROLES), required=True),
        key("by", TEXT, required=True),
        key("on", DATE, required=True),
        key("digest", checked(STRING, _digest)),
        key("signer", STRING),
        key("signature", STRING),
        name="signoff",
        placed=True,
    ),
    _whole,
)

_NOTE = record(
    RevisionNote,
    key("edition", INTEGER, required=True),
    key("indicator", name_of("indicator"), required=True),
    key("first_seen", DATE, required=True),
    key("type", choice(*KINDS)),
    key("reason", TEXT),
    name="revision",
    placed=True,
)

REPORT: Shape[Report] = record(
    Report,
    key("period", checked(PERIOD, _not_a_day), required=True),
    key("scorecards", distinct(list_of(name_of("scorecard")))),
    key("highlights", distinct(list_of(name_of("indicator")))),
    key("summary", TEXT),
    key("comments", map_of(TEXT, names="indicator")),
    key("signoffs", list_of(_SIGNOFF)),
    key("revisions", list_of(_NOTE)),
    name="report",
    placed=True,
    top=True,
)
