"""Editions: reports as they were published, what has changed since, and who signed.

Rules: specification.md#publishing.

``frozen`` makes the files, ``store`` writes and reads them, ``revisions`` compares them with
what is computed today, ``signing`` binds signatures to figures.
"""
