"""The handbook's page on problems, made from the registry.

``python -m kpi_site.codes.page docs`` writes it into a folder of hand-written pages.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from kpi_site.codes.explain import MEND, RIGHT, WRONG
from kpi_site.codes.registry import AREAS, Code, Sample, known_codes
from kpi_site.problems import Message

PAGE = "handbook/problems.md"

_TITLE = Message("问题代码", "Problems and their codes")
_INTRO = Message(
    "`kpi-site check` 列出的每个问题都带一个代码，这里逐个说明：是什么意思，怎样改正，"
    "错误和正确的写法。例子都是同一个小公司的文件，没有写出的键都没有问题。"
    "在终端里用 `kpi-site check --explain 代码` 看同样的说明。这一页由程序生成，"
    "每个例子都经过测试：错误的一个恰好得到这个代码，正确的一个没有问题。",
    "Every problem that `kpi-site check` lists bears a code. Here each is explained: what it means,"
    " how to mend it, what is wrong and what is right. The examples are files of one little"
    " company; the keys that they leave out are sound. In a terminal `kpi-site check --explain"
    " CODE` says the same. The page is made by the program, and every example is tested: the"
    " wrong one comes to exactly this code, and the right one to no problem.",
)
_LANGUAGES = {".csv": "text", ".yml": "yaml", ".yaml": "yaml"}


def problems_page(language: str) -> str:
    """Return the page in ``language``: a chapter for each area, an anchor for each code."""
    head = f"---\norder: 46\n---\n\n# {_TITLE.get(language)}\n\n{_INTRO.get(language)}\n"
    chapters = (_chapter(area, title.get(language), language) for area, title in AREAS.items())
    return head + "".join(text for chapter in chapters for text in chapter)


def _chapter(area: str, title: str, language: str) -> Iterator[str]:
    yield f"\n## {title} {{#area-{area}}}\n"
    for code in known_codes().values():
        if code.area == area:
            yield from _section(code, language)


def _section(code: Code, language: str) -> Iterator[str]:
    yield f"\n### {code.title.get(language)} `{code.code}` {{#{code.code}}}\n"
    mend = f"**{MEND.get(language).strip()}**"
    gap = "" if language == "zh" else " "
    yield f"\n{_prose(code.meaning, language)}\n\n{mend}{gap}{_prose(code.mend, language)}\n"
    for heading, samples in ((WRONG, code.wrong), (RIGHT, code.right)):
        for sample in samples:
            yield _sample(heading.get(language), sample, language)


def _prose(message: Message, language: str) -> str:
    """Escape what Markdown would read as its own."""
    text = message.get(language)
    parts = text.split("`")
    for position in range(0, len(parts), 2):
        for sign in "\\*_<[":
            parts[position] = parts[position].replace(sign, f"\\{sign}")
    return "`".join(parts)


def _sample(heading: str, sample: Sample, language: str) -> str:
    colon = "：" if language == "zh" else ":"
    kind = _LANGUAGES.get(Path(sample.file).suffix, "text")
    text = sample.visible.rstrip("\n")
    return f"\n{heading}{colon} `{sample.file}`\n\n```{kind}\n{text}\n```\n"


def main(docs: Path) -> None:
    """Write the page of every language below ``docs``."""
    for language in ("zh", "en"):
        path = docs / language / PAGE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(problems_page(language), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
