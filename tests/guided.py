"""One law of the tests, its draws guided by which code they reach: ``python -m tests.guided``.

Atheris, where it is installed, changes draws that reach new lines of ours and forgets the others;
Hypothesis makes inputs of its bytes. ``tests.fuzz`` runs this for each of ``LAWS`` in turn.
"""

from __future__ import annotations

import importlib
import random
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

LAWS: Final = {
    "YAML": "tests.content.test_yaml_source:"
    "test_law_any_bytes_are_read_or_refused_at_a_place_in_them",
    "CSV": "tests.tables.test_csv_laws:test_the_fast_reader_reads_as_the_careful_one_or_doubts",
    "SQL": "tests.sql.test_mistakes:test_any_text_is_read_or_refused_at_a_place_in_it",
    "formulas": "tests.formula.test_mathml:test_a_line_of_text_means_the_same",
    "Markdown": "tests.wording.test_markdown:test_prose_of_any_mixture_runs_nothing",
    "cells": "tests.wording.test_markdown:test_cell_never_alters_any_text",
    "Typst": "tests.exports.test_code:test_nothing_breaks_out_of_a_text",
}


def available() -> bool:
    """Tell whether Atheris is installed."""
    return find_spec("atheris") is not None


def main() -> None:
    """Try the law that the first word names, for as many seconds as the second says."""
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

    name, seconds = sys.argv[1:]
    module, _, law = LAWS[name].partition(":")
    with atheris.instrument_imports(include=["kpi_site"]):
        found = getattr(importlib.import_module(module), law)
    with tempfile.TemporaryDirectory() as folder:
        options = [f"-max_total_time={seconds}", "-timeout=60", "-rss_limit_mb=4096"]
        options += [f"-artifact_prefix={folder}/", "-len_control=0", "-verbosity=0"]
        for number in range(16):  # to begin with: an empty one gives Hypothesis nothing to draw
            Path(folder, f"{number}").write_bytes(random.randbytes(1024))
        atheris.Setup([sys.argv[0], *options, folder], found.hypothesis.fuzz_one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
