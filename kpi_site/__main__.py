"""``python -m kpi_site`` is ``kpi-site``."""

from kpi_site.cli import main

main()
