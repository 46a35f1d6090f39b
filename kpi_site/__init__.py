"""kpi-site: a KPI handbook and monthly report, kept as code."""

__version__ = "0.1.0"
