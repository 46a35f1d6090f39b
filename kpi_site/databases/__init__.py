"""Databases: datasets over a connection are fetched into snapshots, which builds read.

Nothing here is needed to build: only ``kpi-site fetch`` and proposals for new datasets
connect. Rules: specification.md#databases.
"""
