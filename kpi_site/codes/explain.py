"""A code's explanation as plain text, for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from kpi_site.codes.registry import Code, Sample
from kpi_site.problems import Message

MEND = Message("改正：", "To mend it: ")
WRONG = Message("错误", "Wrong")
RIGHT = Message("正确", "Right")


def explanation_lines(code: Code, language: str) -> Iterator[str]:
    """Yield title, meaning, remedy and the two examples of ``code``."""
    gap = "：" if language == "zh" else ": "
    yield f"{code.code}{gap}{code.title.get(language)}"
    yield ""
    yield code.meaning.get(language)
    yield f"{MEND.get(language)}{code.mend.get(language)}"
    for heading, samples in ((WRONG, code.wrong), (RIGHT, code.right)):
        for sample in samples:
            yield ""
            yield from _sample_lines(heading.get(language), sample, gap)


def _sample_lines(heading: str, sample: Sample, gap: str) -> Iterator[str]:
    yield f"{heading}{gap}{sample.file}"
    yield from textwrap.indent(sample.visible, "    ").splitlines()
