"""``CODEOWNERS`` from the content: who reviews cards, datasets, scorecards, reports, settings.

GitHub and GitLab both read this file at the repository's root.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from kpi_site.catalog import Catalog, Dataset
from kpi_site.pades import CERTIFICATES
from kpi_site.ssh import SIGNERS_FILE

FILE: Final = "CODEOWNERS"
_GROUP: Final = re.compile(r"^# group: (\S+)$", re.MULTILINE)
_HEAD: Final = """\
# Made by `kpi-site owners --write` from content/: edit the cards, not this file.
# A department's team is @<group>/<department>. 每个部门的团队是 @<组>/<部门编号>。
# group: {group}
"""


def group_of(codeowners: str | None, repo_url: str | None) -> str | None:
    """Return the group (or organisation) whose teams are the departments, as far as it is known.

    It stands in the file itself, else it is the first part of the repository's address.
    """
    written = _GROUP.search(codeowners or "")
    if written:
        return written[1]
    parts = [part for part in urlsplit(repo_url or "").path.split("/") if part]
    return parts[0] if len(parts) > 1 else None


def owners_text(catalog: Catalog, group: str, folder: str = "") -> str:
    """Return the whole file; ``folder`` (``"sub/"``) is the site's place in the repository.

    First comes what the site's ``owner`` keeps, this file too, as far as there is one; then
    departments in the order of ``site.yml``; one that keeps nothing is left out. A later line
    counts more than an earlier one, so a dataset may lie in any folder.
    """
    lines = [*_of_the_whole(catalog, group, folder)]
    lines += [
        line
        for unit in catalog.site.departments
        for line in _of_department(catalog, str(unit.id), f"@{group}/{unit.id}", folder)
    ]
    width = max((len(path) for path, _ in lines), default=0)
    return _HEAD.format(group=group) + "".join(f"{p:<{width}} {team}\n" for p, team in lines)


OF_THE_WHOLE: Final = (
    "content/site.yml", SIGNERS_FILE, CERTIFICATES, "content/scorecards/", "content/reports/",
    "content/reports/ledger.csv", "mkdocs.yml",
)  # fmt: skip


def _of_the_whole(catalog: Catalog, group: str, folder: str) -> Iterator[tuple[str, str]]:
    """Yield what no card's department keeps: settings, scorecards, reports and the ledger."""
    if catalog.site.owner is None:
        return
    team = f"@{group}/{catalog.site.owner}"
    yield f"/{FILE}", team
    yield from ((f"/{folder}{path}", team) for path in OF_THE_WHOLE)


def differing_lines(there: str, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the rules that ``there`` lacks, and those that it has and ``text`` has not.

    Blanks, comments and the order of the lines do not matter: a rule added by hand is as good.
    """
    old, new = _rules(there), _rules(text)
    return tuple(r for r in new if r not in old), tuple(r for r in old if r not in new)


def _rules(text: str) -> tuple[str, ...]:
    lines = (line.strip() for line in text.splitlines())
    return tuple(re.sub(r"\s+(?=@)", " ", line) for line in lines if line and line[0] != "#")


def _of_department(
    catalog: Catalog, department: str, team: str, folder: str
) -> Iterator[tuple[str, str]]:
    if any(card.department == department for card in catalog.indicators.values()):
        yield f"/{folder}content/indicators/{department}/", team
    for scorecard in catalog.scorecards.values():
        if scorecard.owner == department:
            yield f"/{folder}{scorecard.where.file}", team
    for dataset in catalog.datasets.values():
        if dataset.owner == department:
            yield from ((f"/{folder}{path}", team) for path in _paths(dataset))


def _paths(dataset: Dataset) -> Iterable[str]:
    """Return the dataset's own file and its facts, with blanks as the file wants them."""
    facts = (str(path).replace(" ", "\\ ") for path in dataset.paths)
    return (dataset.where.file, *facts)
