"""A new site: one dataset, three cards, a scorecard, a report, and everything around them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from kpi_site import __version__
from kpi_site.authoring import owners
from kpi_site.authoring.new_file import quoted
from kpi_site.authoring.packing import LOCK, WHEELS, bundled, lock_text, own_wheel
from kpi_site.authoring.refusal import Refusal, misused, refused
from kpi_site.authoring.upgrading import record_of
from kpi_site.catalog import Language
from kpi_site.content import read_catalog, schema_files
from kpi_site.content.formats import FORMAT
from kpi_site.content.scalars import is_id
from kpi_site.files import File, write_out
from kpi_site.periods import Grain, MonthCalendar, Period, add_months

GROUP: Final = "your-group"
"""The group in a new site's ``CODEOWNERS``, to be replaced by the real one."""

_CARDS: Final = ("sales_amount", "on_time_rate", "customer_rating")
_MONTHS: Final = 14
_ORDERS: Final = 8  # a month
_DOTTED: Final = (
    "github/", "gitlab/", "gitea/", "vscode/", "devcontainer/", "dockerignore",
    "gitlab-ci.yml", "gitignore",
    "gitattributes", "pre-commit-config.yaml",
)  # fmt: skip
_OWN: Final = (
    "README.md", "mkdocs.yml", "content/site.yml", "content/datasets/orders.yml",
    "content/scorecards/company.yml",
)  # fmt: skip
_PROGRAM: Final = (
    "gitignore", "gitattributes", "Makefile", "Containerfile", "dockerignore",
    "devcontainer/devcontainer.json",
    "github/workflows/audit.yml", "github/workflows/check.yml", "github/workflows/comment.yml",
    "github/workflows/publish.yml",
    "github/dependabot.yml", "github/pull_request_template.md",
    "github/ISSUE_TEMPLATE/figure.yml", "github/ISSUE_TEMPLATE/indicator.yml",
    "gitlab/merge_request_templates/Default.md", "gitlab-ci.yml",
    "gitea/workflows/check.yml", "gitea/workflows/publish.yml",
    "pre-commit-config.yaml", "vscode/settings.json", "vscode/extensions.json", "vscode/tasks.json",
)  # fmt: skip
"""What `upgrade` renews: it tells nothing of the company but its languages."""


@dataclass(frozen=True, slots=True)
class Named:
    """An id with its name in the languages that the site has."""

    id: str
    zh: str
    en: str

    def __str__(self) -> str:
        """Return the id."""
        return self.id


@dataclass(frozen=True, slots=True)
class Start:
    """What a new site is asked for; ``today`` decides which months its sample facts fill."""

    zh: str
    en: str
    languages: tuple[Language, ...]
    departments: tuple[Named, ...]
    today: date
    wheels: Path | None = None  # those of a bundle, to be the handbook's own


DEPARTMENTS: Final = (
    Named("sales", "销售部", "Sales"),
    Named("delivery", "交付部", "Delivery"),
    Named("service", "客户服务部", "Customer service"),
)
"""What stands in for departments where none are named."""


def department(written: str, languages: tuple[Language, ...]) -> Named | Refusal:
    """Read ``id=名称/Name``; with one language ``id=name``; without a name the id stands for it.

    Which of two names is the Chinese one is told by its characters, else by the languages' order.
    """
    name, _, names = written.partition("=")
    if not is_id(name):
        return misused(
            f"部门的写法是 编号=名称/英文名，编号用小写英文字母、数字和下划线，不是“{written}”",
            f"a department is written id=名称/Name with a lower-case id, not '{written}'",
        )
    first, _, second = names.partition("/")
    if languages == ("en",):
        return Named(name, first or name, second or first or name)
    if second and _is_chinese(first) == _is_chinese(second):
        turned = languages[0] == "en"
    else:
        turned = bool(second) and _is_chinese(second)
    zh, en = (second, first) if turned else (first, second)
    return Named(name, zh or name, en or zh or name)


def _is_chinese(text: str) -> bool:
    return re.search("[\u4e00-\u9fff]", text) is not None


def free_folder(folder: Path) -> Refusal | None:
    """Refuse a folder that holds anything (``.git`` aside), or that is none."""
    if folder.exists() and not folder.is_dir():
        return refused(f"{folder} 不是文件夹", f"{folder} is no folder")
    if folder.is_dir() and any(path.name != ".git" for path in folder.iterdir()):
        return refused(
            f"{folder} 不是空文件夹，不会改动", f"{folder} is not empty, and is left alone"
        )
    return None


def new_site(start: Start) -> Iterator[File]:
    """Yield every file of a new site; it builds as it is, without an error or a warning."""
    months = _months(start.today)
    words = _words(start, months[-1])
    for name in _OWN:
        yield File(name, _text(name, words))
    for language in start.languages:
        yield File(f"docs/{language}/about.md", _text(f"docs/{language}/about.md", words))
    for card, owner in zip(_CARDS, _owners(start), strict=True):
        yield File(
            f"content/indicators/{owner.id}/{card}.yml",
            _text(f"content/indicators/{card}.yml", words),
        )
    report = _text("content/reports/report.yml", words)
    yield File(f"content/reports/{months[-1].label}/report.yml", report)
    yield File("data/orders.csv", orders_csv(months))
    files = program_files(start.languages, offline=start.wheels is not None)
    yield from files
    yield record_of(files)


def program_files(languages: tuple[Language, ...], *, offline: bool) -> tuple[File, ...]:
    """Return the files that are the program's and not the company's."""
    return tuple(_program_files(languages, offline=offline))


def _program_files(languages: tuple[Language, ...], *, offline: bool) -> Iterator[File]:
    sample = Start("", "", languages, DEPARTMENTS, date(2000, 2, 1))
    words = _words(sample, _months(sample.today)[-1])
    for name in _PROGRAM:
        dot = "." if name.startswith(_DOTTED) else ""
        yield File(f"{dot}{name}", _text(name, words))
    for file in schema_files():
        yield File(f"schemas/{file.path}", file.content)
    wheel = own_wheel()
    yield wheel
    yield File(LOCK, lock_text(wheel, offline=offline))


def _months(today: date) -> tuple[Period, ...]:
    """Return the months before the one that ``today`` lies in, oldest first."""
    calendar = MonthCalendar()
    last = calendar.previous(calendar.containing(today, Grain.MONTH))
    return calendar.range(add_months(last.first, 1 - _MONTHS), last.last, Grain.MONTH)


def write_site(folder: Path, start: Start) -> int:
    """Write a new site into ``folder``, ``CODEOWNERS`` too; return how many files it has."""
    files = list(new_site(start))
    for file in files:
        write_out(folder / file.path, file.data)
    if start.wheels is not None:
        for path in bundled(start.wheels):
            shutil.copyfile(path, folder / WHEELS / path.name)
    catalog, _ = read_catalog(folder, today=start.today)
    if catalog is not None:
        write_out(folder / owners.FILE, owners.owners_text(catalog, GROUP).encode())
    return len(files) + 1


def orders_csv(months: tuple[Period, ...]) -> str:
    """Return the sample facts: the same number of orders each month, slowly growing.

    Every third month one of them comes late; one of each month has no rating.
    """
    head = "order_id,ordered_on,region,amount,promised_on,delivered_on,rating\n"
    rows = (_order(at, month, k) for at, month in enumerate(months) for k in range(_ORDERS))
    return head + "".join(rows)


def _order(at: int, month: Period, k: int) -> str:
    first = month.first
    late = at % 3 == 1 and k == 5
    ordered, promised = first.replace(day=2 * k + 1), first.replace(day=2 * k + 8)
    delivered = promised.replace(day=promised.day + 3 if late else promised.day - k % 3)
    region = ("north", "south")[k % 2]
    cents = 98_000 + 1_150 * at + 7_325 * k + (at * k * 37) % 900
    rating = "" if k == 3 else str((5, 4, 5, 0, 4, 3 if late else 4, 5, 4)[k])
    number = f"O{at * _ORDERS + k + 1:04d}"
    return f"{number},{ordered},{region},{cents / 100:.2f},{promised},{delivered},{rating}\n"


def _owners(start: Start) -> tuple[Named, ...]:
    """Return the department of each card in turn."""
    return tuple(start.departments[i % len(start.departments)] for i in range(len(_CARDS)))


def _words(start: Start, month: Period) -> Mapping[str, object]:
    both = len(start.languages) == 2
    first = start.languages[0]

    def pick(language: str, zh: str, en: str) -> str:
        return zh if language == "zh" else en

    def text(zh: str, en: str) -> str:
        if not both:
            return quoted(pick(first, zh, en))
        return "{" + ", ".join(f"{x}: {quoted(pick(x, zh, en))}" for x in start.languages) + "}"

    return {
        "t": text,
        "say": lambda zh, en: pick(first, zh, en),
        "both": lambda zh, en: f"{zh} / {en}" if both else pick(first, zh, en),
        "quoted": quoted,
        "name": {"zh": start.zh, "en": start.en},
        "languages": start.languages,
        "listed": f"[{', '.join(start.languages)}]",
        "departments": start.departments,
        "owner": _owners(start),
        "period": month.label,
        "through": month.last.isoformat(),
        "version": __version__,
        "format": FORMAT,
        "group": GROUP,
    }


def _text(name: str, words: Mapping[str, object]) -> str:
    text = _templates().get_template(f"{name}.j2").render(words)
    return re.sub(r"\A\n+", "", text)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("kpi_site.authoring", "scaffold"),
        autoescape=False,  # noqa: S701 - YAML and Markdown, not HTML
        variable_start_string="[[",  # workflow files are full of braces
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
