"""The index of the search: what stands in it, how large it is, and what it is made with."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kpi_site import pages
from kpi_site.catalog import Text
from kpi_site.figures import Figures, seen_by
from kpi_site.files import File
from kpi_site.kept import Keeping, Prints
from kpi_site.options import Options
from kpi_site.periods import MonthCalendar
from kpi_site.problems import Location, Name
from kpi_site.search import with_search
from kpi_site.search.characters import simplified, simplified_pairs
from kpi_site.search.found import Heading, written_page
from kpi_site.search.names import report_names, sound
from kpi_site.stages import figures

MINI = Path(__file__).parents[1] / "sites" / "mini"
VENDORED = Path(pages.__file__).parents[1] / "search" / "vendored"
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    root = Path(shutil.copytree(MINI, tmp_path_factory.mktemp("search") / "mini"))
    computed, problems = figures(Options(root, TODAY))
    assert computed is not None, problems
    return computed


def made(computed: Figures, language: str, *more: File) -> tuple[dict[str, File], dict[str, Any]]:
    """Return the files of a language by path, and the data of its index."""
    given = (*more, *pages.render(computed, language))
    files = {file.path: file for file in with_search(given, computed, language)}
    text = files["assets/search/index.js"].data.decode()
    call = re.fullmatch(r"kpiSearch\.take\((.*)\);\n", text, re.DOTALL)
    assert call is not None
    data: dict[str, Any] = json.loads(call[1])
    return files, data


def records(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {page["u"]: page for page in data["pages"]}


def test_a_card_has_its_names_its_figure_and_its_texts(mini: Figures) -> None:
    _, data = made(mini, "zh")
    nps = records(data)["indicators/nps/"]
    assert nps["n"] == "净推荐值"
    assert {"Net promoter score", "nps", "NPS"} <= set(nps["o"])
    assert "jing tui jian zhi" in nps["p"]
    assert data["units"][nps["d"]] == "服务部"
    assert data["kinds"][nps["k"]] == "指标"
    page = next(f for f in pages.render(mini, "zh") if f.path == "indicators/nps.md").data.decode()
    for shown in (nps["v"], nps["s"].split("、")[0], nps["w"]):
        assert shown in re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), page), shown


def test_records_that_are_kept_with_pages_are_those_of_the_pages(
    mini: Figures, tmp_path: Path
) -> None:
    files, _ = made(mini, "zh")
    for _ in range(2):  # as they are made, and as they were kept
        given = pages.render(mini, "zh", Keeping(tmp_path, Prints()), records=True)
        kept = {file.path: file.data for file in with_search(given, mini, "zh")}
        assert kept == {path: file.data for path, file in files.items()}


def test_a_page_written_by_hand_is_found_by_what_it_says(mini: Figures, tmp_path: Path) -> None:
    mine = File("indicators/nps.md", "# Mine\n")
    given = pages.render(mini, "en", Keeping(tmp_path, Prints()), records=True)
    others = (file for file in given if file.path != mine.path)
    files = {file.path: file for file in with_search((mine, *others), mini, "en")}
    index = files["assets/search/index.js"].data.decode()
    titles = {page["u"]: page["n"] for page in json.loads(index[index.index("{") : -3])["pages"]}
    assert titles["indicators/nps/"] == "Mine"
    assert titles["indicators/csat/"] != "Mine"


def test_each_page_has_one_record_and_no_file_is_lost(mini: Figures) -> None:
    files, data = made(mini, "en")
    plain = {file.path for file in pages.render(mini, "en")}
    assert plain <= set(files)
    addresses = [page["u"] for page in data["pages"]]
    assert len(addresses) == len(set(addresses))
    cards = {f"indicators/{name}/" for name in mini.catalog.indicators}
    assert cards <= set(addresses)
    assert "./" in addresses


def test_tables_and_charts_are_not_in_it(mini: Figures) -> None:
    """One number a card, the one that its page shows first."""
    _, data = made(mini, "en")
    card = records(data)["indicators/revenue/"]
    shown = json.dumps(card, ensure_ascii=False)
    page = next(f for f in pages.render(mini, "en") if f.path == "indicators/revenue.md")
    body = re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), page.data.decode())
    values = set(re.findall(r"<td>([\d.]+%?)</td>", body)) - {card["v"].rstrip("%")}
    assert len(values) > 5
    assert not {v for v in values if re.search(rf"(?<![\d.]){re.escape(v)}(?![\d.])", shown)}


def test_what_an_audience_may_not_see_is_not_in_its_index(mini: Figures) -> None:
    catalog = mini.catalog
    hidden = replace(
        catalog.indicators["nps"],
        audience=Name("leadership", Location("nps.yml")),
        name=Text(zh="秘密指标", en="Secret figure"),
    )
    secret = replace(
        mini, catalog=replace(catalog, indicators={**catalog.indicators, "nps": hidden})
    )
    _, wide = made(secret, "zh")
    assert "秘密指标" in json.dumps(wide, ensure_ascii=False)
    assert "mi mi zhi biao" in json.dumps(wide)
    _, narrow = made(seen_by(secret, "staff"), "zh")
    told = json.dumps(narrow, ensure_ascii=False)
    assert not {w for w in ("秘密", "Secret", "mi mi", "indicators/nps") if w in told}


def test_a_page_written_by_hand_is_found_by_title_headings_and_terms(mini: Figures) -> None:
    text = (
        "---\norder: 3\n---\n\n# 怎样 **读**卡\n\n## 从 `formula` 读起\n\n## 从 `formula` 读起\n\n"
        "### Named {#own-anchor}\n\n```yaml\n# no heading\n```\n\n"
        "| 中文 | 英文 |\n| --- | --- |\n| 挑战值 | challenge |\n"
    )
    _, data = made(
        mini,
        "zh",
        File("read.md", text),
        File("left.md", "---\nsearch: {exclude: true}\n---\n# x\n"),
    )
    page = records(data)["read/"]
    assert page["n"] == "怎样 读卡"
    assert page["h"] == [
        ["从 formula 读起", "从-formula-读起"],
        ["从 formula 读起", "从-formula-读起_1"],
        ["Named", "own-anchor"],
    ]
    assert page["x"] == "中文 / 英文 / 挑战值 / challenge"
    assert "left/" not in records(data)


@pytest.mark.parametrize(
    ("text", "title", "headings"),
    [
        ("", "a/b", ()),
        ("no heading at all\n", "a/b", ()),
        ("---\ntitle: 'A &amp; B'\n---\n# Other\n\n## C ##\n", "A & B", (Heading("C", "c"),)),
        ("\ufeff---\r\ntitle: T\r\n---\r\n# Other\r\n", "T", ()),
        ("---\n{bad: [\n---\n# After\n", "After", ()),
        ("## [Linked](x.md) words\n", "Linked words", (Heading("Linked words", "linked-words"),)),
        ("~~~~\n~~~\n# code\n~~~~\n# T\n", "T", ()),
    ],
)
def test_titles_and_headings(text: str, title: str, headings: tuple[Heading, ...]) -> None:
    page = written_page(File("a/b.md", text))
    assert page is not None
    assert (page.title, page.headings) == (title, headings)


@pytest.mark.parametrize(
    ("name", "syllables"),
    [
        ("客户满意度", "ke hu man yi du"),
        ("毛利率", "mao li lv"),
        ("重复购买率", "chong fu gou mai lv"),  # not zhong
        ("会计", "kuai ji"),  # not hui
        ("NPS", ""),
        ("30 分钟答复率", "30 fen zhong da fu lv"),
    ],
)
def test_names_by_sound(name: str, syllables: str) -> None:
    assert sound(name) == syllables


def test_reports_by_the_names_of_their_period() -> None:
    calendar = MonthCalendar(1)

    def names(label: str) -> tuple[str, ...]:
        period = calendar.parse(label)
        assert period is not None
        return report_names(period)

    assert {"2026年9月", "9月报告", "2026-09", "Sep 2026", "September 2026"} <= set(
        names("2026-09")
    )
    assert {"2026年第3季度", "3季度报告", "Q3 2026"} <= set(names("2026-Q3"))
    assert {"2025年", "年度报告", "annual report"} <= set(names("2025"))
    assert {"2026年上半年", "上半年报告"} <= set(names("2026-H1"))


def test_traditional_characters_only_as_far_as_the_words_need_them() -> None:
    table = simplified()
    assert [table[sign] for sign in "營業戶滿採購週臺"] == list("营业户满采购周台")
    assert "人" not in table
    pairs = simplified_pairs("营业")
    assert dict(zip(pairs[::2], pairs[1::2], strict=True)) == {"營": "营", "業": "业"}
    assert simplified_pairs("營") == "營营"  # a site in traditional characters
    assert simplified_pairs("abc") == ""


def rows() -> Iterator[tuple[str, str]]:
    for line in (VENDORED / "README.md").read_text("utf-8").splitlines():
        found = re.match(r"\| `([\w.]+)` \|.*\| `([0-9a-f]{64})` \|$", line)
        if found:
            yield found[1], found[2]


def test_files_of_others_are_unchanged_and_carry_their_licence(mini: Figures) -> None:
    told = dict(rows())
    assert set(told) == {"minisearch.js", "TSCharacters.txt"}
    for name, digest in told.items():
        assert hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() == digest, name
    files, _ = made(mini, "en")
    served = {path for path in files if path.startswith("assets/search/")}
    assert {
        "assets/search/minisearch.LICENSE.txt",
        "assets/search/TSCharacters.LICENSE.txt",
    } < served
    assert b"sourceMappingURL" not in files["assets/search/minisearch.js"].data


def test_no_script_runs_text_or_reaches_another_host(mini: Figures) -> None:
    """So that a strict content security policy may stand: script-src 'self'."""
    files, _ = made(mini, "zh")
    for path, file in files.items():
        if path.endswith(".js") and "index" not in path:
            text = re.sub(r"/\*.*?\*/|(?<!:)//.*", "", file.data.decode(), flags=re.DOTALL)
            assert not re.search(r"\beval\(|new Function\(|innerHTML|https?://", text), path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_index_is_small(mini: Figures, language: str) -> None:
    files, data = made(mini, language)
    size = len(gzip.compress(files["assets/search/index.js"].data))
    assert size < 1_000 * sum(page["k"] == "card" for page in data["pages"])
