"""``content/actions/<id>.yml`` (specification.md#action)."""

from __future__ import annotations

from datetime import date

from kpi_site.catalog import Action, Step, Text, Update
from kpi_site.content.record import key, record
from kpi_site.content.scalars import DATE, IDENTIFIER, choice, name_of
from kpi_site.content.shapes import Shape, distinct, list_of
from kpi_site.content.texts import TEXT

_STEP = record(
    Step, key("what", TEXT, required=True), key("due", DATE), key("done", DATE), name="step"
)
_UPDATE = record(
    Update, key("on", DATE, required=True), key("note", TEXT, required=True), name="update"
)

ACTION: Shape[Action] = record(
    Action,
    key("id", IDENTIFIER, required=True, stand_in=""),
    key("title", TEXT, required=True, stand_in=Text("")),
    key("indicators", distinct(list_of(name_of("indicator"), least=1)), required=True, stand_in=()),
    key("owner", TEXT, required=True, stand_in=Text("")),
    key("start", DATE, required=True, stand_in=date.min),
    key("due", DATE, required=True, stand_in=date.max),
    key("status", choice("open", "done", "cancelled")),
    key("steps", list_of(_STEP)),
    key("updates", list_of(_UPDATE)),
    key("closed", DATE),
    name="action",
    placed=True,
    top=True,
)
