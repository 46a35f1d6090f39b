"""Counting rows with Polars: given a dataset and grouped aggregates, small frames come back.

Nothing here knows cards or periods of reports; ``kpi_site.compute`` asks, and turns the
answers into results.
"""
