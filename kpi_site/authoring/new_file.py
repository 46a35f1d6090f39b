"""New files with marked blanks: a card, dataset, scorecard, report or action to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Final, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from kpi_site.authoring.refusal import Refusal, misused, refused
from kpi_site.catalog import Report, Text
from kpi_site.content.blanks import BLANK
from kpi_site.content.draft import Draft
from kpi_site.content.scalars import is_id
from kpi_site.files import File
from kpi_site.periods import Grain
from kpi_site.problems import Message, did_you_mean

FormKind = Literal["indicator", "dataset", "scorecard", "report", "action"]
KINDS: Final[tuple[FormKind, ...]] = ("indicator", "dataset", "scorecard", "report", "action")
_FOLDERS: Final = {"dataset": "datasets", "scorecard": "scorecards", "action": "actions"}
_LISTED = 12  # names listed in a comment


def modeline(kind: str, file: str) -> str:
    """Return the first line of ``file``, which leads editors to the JSON Schema of its kind."""
    return f"# yaml-language-server: $schema={'../' * file.count('/')}schemas/{kind}.json"


def place_of(
    draft: Draft, kind: FormKind, name: str, department: str | None = None
) -> str | Refusal:
    """Return the path that a new file called ``name`` would have, or why there can be none.

    A card's ``department`` must be one of the site's.
    """
    if kind == "report":
        period = draft.catalog.site.calendar.parse(name)
        if period is None or period.grain is Grain.DAY:
            return misused(
                f"报告的编号是期间，如 2026-10、2026-Q3、2026、2026-W05、2026-10-T1，不是“{name}”",
                "a report is called by its period, as 2026-10, 2026-Q3, 2026, 2026-W05 or "
                f"2026-10-T1, not '{name}'",
            )
        return _free(draft, f"content/reports/{period.label}/report.yml")
    if not is_id(name):
        return misused(
            f"编号“{name}”不合规：用小写英文字母、数字和下划线，以字母开头，"
            "也不能是 index、con 这样的保留词",
            f"'{name}' is no id: small English letters, digits and underscores, a letter first, "
            "and no reserved word such as index or con",
        )
    if kind != "indicator":
        return _free(draft, f"content/{_FOLDERS[kind]}/{name}.yml")
    return unknown_department(draft, department) or _free_card(draft, name, str(department))


def unknown_department(draft: Draft, department: str | None) -> Refusal | None:
    """Refuse a department that is not the site's, or none at all."""
    known = department_ids(draft)
    if department in known:
        return None
    hint = did_you_mean(department or "", known)
    if department is None:
        return misused("请用 --department 指定部门", "name the department with --department", hint)
    return misused(f"没有部门“{department}”", f"no department '{department}'", hint)


def _free_card(draft: Draft, name: str, department: str) -> str | Refusal:
    for entry in draft.indicators:
        former = entry.value.formerly if entry.value else ()
        if name == entry.name or name in former:
            zh = "曾用编号" if name in former else "编号"
            en = "was the id of" if name in former else "is the id of"
            return refused(
                f"“{name}”已是另一张卡的{zh}：{entry.file}", f"'{name}' {en} {entry.file}"
            )
    for entry in draft.unfinished:
        if name == entry.name:
            return refused(f"“{name}”已是草稿的编号：{entry.file}",
                           f"'{name}' is the id of the draft {entry.file}")  # fmt: skip
    return f"content/indicators/{department}/{name}.yml"


def _free(draft: Draft, file: str) -> str | Refusal:
    if not (draft.catalog.site.root / file).exists():
        return file
    return refused(f"{file} 已存在，不会覆盖", f"{file} exists already and is left alone")


def department_ids(draft: Draft) -> tuple[str, ...]:
    """Return the ids of the site's departments."""
    return tuple(str(unit.id) for unit in draft.catalog.site.departments)


def new_file(
    draft: Draft,
    kind: FormKind,
    name: str,
    *,
    today: date,
    language: str,
    department: str | None = None,
) -> File | Refusal:
    """Make the file of a new card, dataset, scorecard, report or action.

    Values that only its author knows are `BLANK`; comments are in ``language``. Refused where
    the id is no id or is taken, and where ``department`` is not the site's.
    """
    if department is not None and (wrong := unknown_department(draft, department)):
        return wrong
    file = place_of(draft, kind, name, department)
    if isinstance(file, Refusal):
        return file
    words = {
        **_common(draft, language),
        **(_report_words(draft, name) if kind == "report" else {}),
        "modeline": modeline(kind, file),
        "id": file.split("/")[2] if kind == "report" else name,
        "today": today.isoformat(),
        "department": department or BLANK,
        "owner": department,
        "assessed": _department_name(draft, department),
    }
    return File(file, _forms().get_template(f"{kind}.yml.j2").render(words))


@cache
def _forms() -> Environment:
    return Environment(
        loader=PackageLoader("kpi_site.authoring", "forms"),
        autoescape=False,  # noqa: S701 - YAML, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )


def _common(draft: Draft, language: str) -> Mapping[str, object]:
    site = draft.catalog.site
    both = len(site.languages) > 1

    def known(names: Iterable[str]) -> str:
        """Return what may stand here, for a comment."""
        found = list(names)
        more = " …" if len(found) > _LISTED else ""
        return f" ({', '.join(found[:_LISTED])}{more})" if found else ""

    long = "".join(f"\n  {each}: {BLANK}" for each in site.languages) if both else f" {BLANK}"
    return {
        "say": lambda zh, en: zh if language == "zh" else en,
        "known": known,
        "text": blank_text(draft),
        "long": long,
        "datasets": draft.dataset_names,
        "departments": department_ids(draft),
        "perspectives": [str(unit.id) for unit in site.perspectives],
        "audiences": site.audiences,
        "audience": site.audiences[0],
    }


def blank_text(draft: Draft) -> str:
    """Return a blank for a text in every language of the site."""
    languages = draft.catalog.site.languages
    return (
        "{" + ", ".join(f"{x}: {BLANK}" for x in languages) + "}" if len(languages) > 1 else BLANK
    )


def _department_name(draft: Draft, department: str | None) -> str:
    found = (u.name for u in draft.catalog.site.departments if u.id == department)
    name = next(found, None)
    languages = draft.catalog.site.languages
    if len(languages) == 1:
        return quoted(name.get(languages[0])) if name else BLANK
    return "{" + ", ".join(f"{x}: {_written(name, x)}" for x in languages) + "}"


def _written(name: Text | None, language: str) -> str:
    return BLANK if name is None or name.falls_back(language) else quoted(name.get(language))


def quoted(text: str) -> str:
    """Write ``text`` as a YAML scalar: as it is where that is safe, else in double quotes."""
    if re.fullmatch(r"[^\W\d_][\w ()·（）/.-]*", text) and not _MEANS_SOMETHING.fullmatch(text):
        return text.strip() if text == text.strip() else f'"{text}"'
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04X}", escaped) + '"'


def printable(text: str) -> str:
    """Return ``text`` on one line, fit for a comment."""
    return " ".join(_CONTROL.sub(" ", text).split())


_MEANS_SOMETHING = re.compile(r"(?i:true|false|null|y|n|yes|no|on|off)")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def _report_words(draft: Draft, label: str) -> Mapping[str, object]:
    """Return what the new report of ``label`` takes over from the newest one."""
    last = _newest(draft, label)
    scorecards = [str(x) for x in last.scorecards] if last else []
    highlights = [str(x) for x in last.highlights] if last else []
    said = Message(
        f"记分卡和重点指标取自 {last.period.label}。" if last else "",
        f" Scorecards and highlights are those of {last.period.label}." if last else "",
    )
    return {
        "scorecards": ", ".join(scorecards) or BLANK,
        "highlights": ", ".join(highlights) or BLANK,
        "all_scorecards": draft.scorecard_names,
        "taken": said,
    }


def _newest(draft: Draft, label: str) -> Report | None:
    """Return the newest report, of one as long as ``label`` if there is any."""
    reports, period = draft.catalog.reports.values(), draft.catalog.site.calendar.parse(label)
    grain = period.grain if period else None
    return max(reports, key=lambda r: (r.period.grain is grain, r.period.first), default=None)
