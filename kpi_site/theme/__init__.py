"""How the site looks in MkDocs: its configuration, and the few pages beside it.

Plain text and values only; ``kpi_site.plugin`` alone knows MkDocs.
"""
