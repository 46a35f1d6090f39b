"""The search of a site: an index of one language's pages, and the scripts that read it.

A record for each page, made from the catalog and the figures, not from HTML; the browser cuts
the words. Nothing of it is fetched before a reader turns to the search but the box's own small
script. Rules: specification.md#search.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from kpi_site.figures import Figures
from kpi_site.files import File
from kpi_site.search.characters import simplified_pairs
from kpi_site.search.found import written_page
from kpi_site.search.records import Record, Recorder
from kpi_site.story.teller import Teller, make_teller
from kpi_site.words import word

_HERE: Final = Path(__file__).parent
_LARGE: Final = "assets/search"  # a folder below assets/: its files are on no page by themselves
_MADE: Final = "\0records/"  # before the path of a page; no file of anybody's has such a name
_MAP: Final = re.compile(r"\n//# sourceMappingURL=\S*\s*$")
_WORDS: Final = ("found_none", "found_one", "found_some", "found_first", "found_as", "found_column")


def with_search(
    files: Iterable[File], figures: Figures, language: str, audience: str | None = None
) -> Iterator[File]:
    """Yield ``files``, those of one language's folder of Markdown, and then those of the search.

    Pages are found as they pass: what is not made is not in the index, and what the audience
    of ``figures`` may not see is in neither.
    """
    recorder = Recorder(make_teller(figures, language, audience, ending=True))
    records: dict[str, Record] = {}
    made: dict[str, Record | None] = {}
    for file in files:
        if file.path.startswith(_MADE):
            made[file.path.removeprefix(_MADE)] = json.loads(file.data)
            continue
        record = made[file.path] if file.path in made else _record(recorder, file)
        if record is not None:
            records[file.path] = record
        yield file
    yield from static_files()
    newest_first = [records[path] for path in sorted(records, reverse=True)]
    yield File(f"{_LARGE}/index.js", index(recorder, newest_first))


def with_records(files: Iterable[File], teller: Teller) -> Iterator[File]:
    """Yield ``files``, each page behind its record, which `with_search` takes out of them.

    So records are kept with their pages. ``teller`` is the site's.
    """
    recorder = Recorder(teller)
    for file in files:
        if file.path.endswith(".md"):
            record = json.dumps(_record(recorder, file), ensure_ascii=False)
            yield File(f"{_MADE}{file.path}", record)
        yield file


def _record(recorder: Recorder, file: File) -> Record | None:
    page = written_page(file)
    return recorder.record(page) if page else None


def static_files() -> Iterator[File]:
    """Yield the scripts and the style sheet: the box's on every page, the others on demand."""
    for name in ("search.css", "search.js"):
        yield File(f"assets/{name}", (_HERE / "static" / name).read_bytes())
    yield File(f"{_LARGE}/engine.js", (_HERE / "static" / "engine.js").read_bytes())
    engine = (_HERE / "vendored" / "minisearch.js").read_text(encoding="utf-8")
    yield File(f"{_LARGE}/minisearch.js", _MAP.sub("\n", engine))
    for name in ("minisearch.LICENSE.txt", "TSCharacters.LICENSE.txt"):
        yield File(f"{_LARGE}/{name}", (_HERE / "vendored" / name).read_bytes())


def index(recorder: Recorder, records: Sequence[Record]) -> str:
    """Return the index of the ``records`` as a script that hands it to the engine.

    A script can be had where ``fetch`` is refused: from a folder without a server.
    """
    teller = recorder.teller
    data: dict[str, Any] = {
        "kinds": recorder.kinds(records),
        "units": [teller.name(unit.name) for unit in teller.catalog.site.departments],
        "words": {key: word(key, teller.language) for key in _WORDS},
        "pages": records,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    data["simplified"] = simplified_pairs(text)
    return f"kpiSearch.take({json.dumps(data, ensure_ascii=False, separators=(',', ':'))});\n"


__all__ = ["index", "static_files", "with_records", "with_search"]
