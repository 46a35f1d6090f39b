"""Datasets whose rows stay in their database: checked there, and asked what the cards need.

Only ``kpi-site fetch`` does so; builds take the answers that it kept.
Rules: specification.md#push.
"""
