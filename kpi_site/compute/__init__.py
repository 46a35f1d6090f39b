"""Tables become results: every card, at every grain, for the whole and each member."""

from kpi_site.compute.answers import check_answers
from kpi_site.compute.beyond import check_days
from kpi_site.compute.engines import check_engine
from kpi_site.compute.room import check_room
from kpi_site.compute.run import compute
from kpi_site.compute.through import settle_through

__all__ = [
    "check_answers",
    "check_days",
    "check_engine",
    "check_room",
    "compute",
    "settle_through",
]
