"""Why figures and totals moved, in words: sentences worked out by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import pytest

from kpi_site.figures import Figures
from kpi_site.options import Options
from kpi_site.periods import Period
from kpi_site.stages import figures
from kpi_site.story.teller import Teller, make_teller
from kpi_site.story.why import WhyStory, tell_reason, tell_why
from tests.docs.fenced import DOCS
from tests.figures.small import SITE, problems, write
from tests.oracle.product import TODAY

CALLS = """\
id: calls
path: data/calls.csv
time: day
schema:
  fields:
    - {name: day, type: date}
    - name: channel
      type: string
      title: {zh: 渠道, en: channel}
      categories: {phone: {zh: 电话, en: phone}, chat: {zh: 在线, en: chat}}
    - {name: solved, type: integer}
"""
CARD = """\
id: {id}
name: {{zh: {id}, en: {id}}}
definition: {{zh: {id}。, en: {id}.}}
formula: {formula}
terms:
  done: {{label: {{zh: 已解决, en: solved}}, from: calls, value: SUM(solved)}}
  asked: {{label: {{zh: 来电, en: asked}}, from: calls, value: COUNT(*)}}
unit: {unit}
decimals: {decimals}
direction: {direction}
cycle: month
{more}"""


def told(
    tmp_path: Path,
    days: Iterable[tuple[str, int]],
    language: str = "en",
    *,
    formula: str = "done / asked",
    unit: str = "percent",
    decimals: int = 1,
    direction: str = "higher",
    more: str = "dimensions: [channel]\n",
) -> tuple[Teller, str]:
    """Return a site with one card over ``days``: (day,channel,solved) and how often."""
    rows = "".join(f"{row}\n" * times for row, times in days)
    text = CARD.format(
        id="solved", formula=formula, unit=unit, decimals=decimals, direction=direction, more=more
    )
    files = {
        "content/site.yml": SITE,
        "content/datasets/calls.yml": CALLS,
        "content/indicators/main/solved.yml": text,
        "data/calls.csv": "day,channel,solved\n" + rows,
    }
    root = write(tmp_path, files)
    assert [p.text() for p in problems(root) if p.severity == "error"] == []
    found, _ = figures(Options(root=root, today=TODAY))
    assert isinstance(found, Figures)
    return make_teller(found, language), "solved"


def month(teller: Teller, label: str) -> Period:
    found = teller.catalog.site.calendar.parse(label)
    assert found is not None
    return found


def why(teller: Teller, name: str, label: str = "2026-03") -> tuple[WhyStory, ...]:
    return tell_why(teller, teller.catalog.indicators[name], month(teller, label))


SIMPSON = (
    ("2026-02-01,phone,1", 90), ("2026-02-01,phone,0", 10),
    ("2026-02-01,chat,1", 20), ("2026-02-01,chat,0", 30),
    ("2026-03-01,phone,1", 28), ("2026-03-01,phone,0", 2),
    ("2026-03-01,chat,1", 60), ("2026-03-01,chat,0", 60),
)  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_example_of_the_handbook_is_what_the_card_says(tmp_path: Path, language: str) -> None:
    """The handbook's sentence, to the letter; its numbers are worked out in the test below."""
    text = (DOCS / language / "handbook/why-it-moved.md").read_text(encoding="utf-8")
    (sentence,) = re.findall(r"^> (.*)$", text, re.MULTILINE)
    teller, name = told(tmp_path, SIMPSON, language)
    (story,) = why(teller, name)
    said = story.first.sentence.replace("\u00a0", " ")
    assert said == sentence
    assert tell_reason(teller, teller.catalog.indicators[name], month(teller, "2026-03")) == (
        story.first.sentence
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_numbers_of_the_handbook_are_right(language: str) -> None:
    """Every row of its tables, worked out anew from the counts that it names."""
    text = (DOCS / language / "handbook/why-it-moved.md").read_text(encoding="utf-8")
    counts, parts = [
        [[c.strip() for c in line.strip("|").split("|")] for line in block.splitlines()[2:]]
        for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)[:2]
    ]

    def pair(cell: str) -> tuple[int, int]:
        """Return how many of how many; their order is the language's."""
        low, high = sorted(map(int, re.findall(r"\d+", cell.partition("=")[0])))
        assert cell.endswith(f"= {float(Fraction(low, high)) * 100:.1f}%"), cell
        return low, high

    before, after = ([pair(cell) for cell in row[1:]] for row in counts)
    for phone, chat, whole in (before, after):
        assert (phone[0] + chat[0], phone[1] + chat[1]) == whole
    (r0, w0), (r1, w1) = (
        ([Fraction(*p) for p in month], [Fraction(p[1], month[2][1]) for p in month])
        for month in (before, after)
    )
    half = Fraction(1, 2)
    rate = [(r1[i] - r0[i]) * (w0[i] + w1[i]) * half for i in (0, 1)]
    mix = [(w1[i] - w0[i]) * ((r0[i] + r1[i]) - (r0[2] + r1[2])) * half for i in (0, 1)]
    wanted = [*rate, *mix, r1[2] - r0[2]]
    assert sum(wanted[:4]) == wanted[4]
    for row, value in zip(parts, wanted, strict=True):
        number = re.match(r"([+−])([\d.]+)", row[2])
        assert number, row
        assert number[1] + number[2] == f"{float(value) * 100:+.1f}".replace("-", "−"), row
        for share in re.findall(r"[\d.]+(?=%)", row[1]):
            known = [f"{float(n) * 100:.1f}" for n in (*r0, *r1, *w0, *w1)]
            assert share in known, row


def test_a_sum_names_three_members_and_the_rest(tmp_path: Path) -> None:
    """Counts: a 1 → 9, b 5 → 1, c 2 → 5, d 0 → 1, e 3 → 2: 11 → 18."""
    before = {"a": 1, "b": 5, "c": 2, "e": 3}
    after = {"a": 9, "b": 1, "c": 5, "d": 1, "e": 2}
    days = [
        *((f"2026-02-01,{key},1", n) for key, n in before.items()),
        *((f"2026-03-01,{key},1", n) for key, n in after.items()),
    ]
    teller, name = told(tmp_path, days, formula="asked", unit="count", decimals=0)
    (story,) = why(teller, name)
    # what d and e did together is nothing, and not told
    assert story.first.sentence == "+7 (+63.6%) from Feb 2026, by channel: a +8, b −4, c +3."
    assert [(p.name, p.text, p.tone) for p in story.first.steps] == [
        ("a", "+8", "good"), ("b", "−4", "bad"), ("c", "+3", "good"), ("d", "+1", "good"),
        ("e", "−1", "bad"),
    ]  # fmt: skip


def test_of_many_members_the_picture_has_eight_and_the_rest(tmp_path: Path) -> None:
    """Eleven members go from 1 to 2, 3 … 12: 11 → 77; the three smallest add 1 + 2 + 3."""
    names = "abcdefghijk"
    days = [(f"2026-02-01,{key},1", 1) for key in names]
    days += [(f"2026-03-01,{key},1", n) for n, key in enumerate(names, 2)]
    teller, name = told(tmp_path, days, formula="asked", unit="count", decimals=0)
    (story,) = why(teller, name)
    *eight, rest = story.first.steps
    assert [p.text for p in eight] == [f"+{n}" for n in range(11, 3, -1)]
    assert (rest.name, rest.text, rest.tone) == ("3 others together", "+6", "good")
    assert "k +11, j +10, i +9, 8 others together +36." in story.first.sentence


def test_by_term_where_no_dimension_comes_apart(tmp_path: Path) -> None:
    """10 of 20, then 12 of 30: −10.0 pp; solved +8.3 (1/12), asked −18.3 (−11/60)."""
    days = [
        ("2026-02-01,phone,1", 10), ("2026-02-01,phone,0", 10),
        ("2026-03-01,phone,1", 12), ("2026-03-01,phone,0", 18),
    ]  # fmt: skip
    teller, name = told(tmp_path, days, more="")
    (story,) = why(teller, name)
    assert story.first.sentence.replace("\u00a0", " ") == (
        "−10.0 pp from Feb 2026, by term of the formula: asked −18.3 pp, solved +8.3 pp."
    )
    assert story.first.title == "by term of the formula"
    assert not story.first.mixed


def test_one_term_alone_explains_nothing(tmp_path: Path) -> None:
    """The card is its one term: that it changed by its own change is no news."""
    days = [("2026-02-01,phone,1", 1), ("2026-03-01,phone,1", 5)]
    teller, name = told(tmp_path, days, formula="asked", unit="count", decimals=0, more="")
    assert why(teller, name) == ()
    assert tell_reason(teller, teller.catalog.indicators[name], month(teller, "2026-03")) == ""


def test_small_parts_get_more_places_or_are_not_told(tmp_path: Path) -> None:
    """50 of 1000, then 51 of 1000: 0.1 pp are nothing in whole percents, and then 0.1."""
    few = [("2026-02-01,phone,1", 50), ("2026-02-01,phone,0", 950)]
    more = [("2026-03-01,phone,1", 51), ("2026-03-01,phone,0", 949)]
    teller, name = told(tmp_path, [*few, *more], decimals=0)
    (story,) = why(teller, name)
    assert [p.text.replace("\u00a0", " ") for p in story.first.parts] == ["+0.1 pp"]
    same = [("2026-03-01,phone,1", 50), ("2026-03-01,phone,0", 950)]
    teller, name = told(tmp_path, [*few, *same], decimals=0)
    assert why(teller, name) == ()


def test_parts_that_are_not_whole_have_a_place(tmp_path: Path) -> None:
    """1 of 2 is 50 points, 2 of 3 is 67, in a card without places: parts of 41 2/3 and -25."""
    days = [
        ("2026-02-01,phone,1", 1), ("2026-02-01,phone,0", 1),
        ("2026-03-01,phone,1", 2), ("2026-03-01,phone,0", 1),
    ]  # fmt: skip
    teller, name = told(tmp_path, days, formula="100 * done / asked", unit="points", decimals=0,
                        more="")  # fmt: skip
    (story,) = why(teller, name)
    # done first: +50, asked -33.3; asked first: -16.7, then +33.3
    assert [p.text.replace("\u00a0", " ") for p in story.first.parts] == [
        "+41.7 points", "−25.0 points",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("direction", "tones"),
    [("higher", {"good"}), ("lower", {"bad"}), ("none", {"even"}), ("within", {"even"})],
)
def test_a_part_is_good_by_the_direction(tmp_path: Path, direction: str, tones: set[str]) -> None:
    days = [("2026-02-01,phone,1", 1), ("2026-03-01,phone,1", 5), ("2026-03-01,chat,1", 1)]
    more = "dimensions: [channel]\n" + ("centre: 3\n" if direction == "within" else "")
    teller, name = told(
        tmp_path, days, formula="asked", unit="count", decimals=0, direction=direction, more=more
    )
    (story,) = why(teller, name)
    assert {part.tone for part in story.first.parts} == tones
