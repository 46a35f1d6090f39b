"""``kpi-site publish``: freeze an edition, or say why not and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from kpi_site.catalog import Report, RevisionKind, Signoff, Text
from kpi_site.changes import alone
from kpi_site.editions.frozen import frozen_figures
from kpi_site.editions.model import LOOKS, Edition
from kpi_site.editions.signing import Signature, figures_digest, signatures
from kpi_site.editions.store import write_edition
from kpi_site.editions.two_roles import signed_twice
from kpi_site.exports.edition_files import pdf_of
from kpi_site.figures import Figures
from kpi_site.options import Options
from kpi_site.problems import Location, Problem, has_errors, in_order, problem
from kpi_site.publishing.freeze import edition
from kpi_site.publishing.wanted import wanted_report
from kpi_site.reporting import missing_comments, unsettled
from kpi_site.stages import Problems, Progress, as_of, doubtful, quiet, widest


def publish(
    options: Options,
    label: str,
    *,
    on: date,
    kind: RevisionKind | None = None,
    reason: Text | None = None,
    progress: Progress = quiet,
) -> tuple[Edition | None, Problems]:
    """Freeze the report of the period ``label``; with ``kind`` and ``reason`` its next edition.

    Everything that stands against it comes back at once; nothing is written then. What is
    frozen is computed from the facts, whatever was kept. While it runs no other command
    writes in the site's content.
    """
    with alone(options.root) as told, _from_facts(options) as afresh:
        if has_errors(told):
            return None, told
        made, problems = _published(
            afresh, label, on=on, kind=kind, reason=reason, progress=progress
        )
    return made, (*told, *problems)


@contextmanager
def _from_facts(options: Options) -> Iterator[Options]:
    """Give options with which nothing is found that was kept, and nothing stays."""
    folder = options.cache / "publish"
    shutil.rmtree(folder, ignore_errors=True)  # of one that was killed
    try:
        yield replace(options, audience=None, kept=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _published(
    options: Options,
    label: str,
    *,
    on: date,
    kind: RevisionKind | None,
    reason: Text | None,
    progress: Progress,
) -> tuple[Edition | None, Problems]:
    computed, problems = widest(options, progress=progress)
    if computed is None:
        return None, problems
    problems = in_order((*problems, *doubtful(computed)))
    report, found = wanted_report(computed.catalog, label)
    if report is None:
        return None, found
    computed = as_of(options, computed, report.period.last)
    frozen = tuple(frozen_figures(computed, report))
    signed = signatures(report.signoffs, figures_digest(frozen))
    refused = in_order(_refusals(computed, report, signed, revise=kind is not None))
    if refused:
        return None, refused
    published = computed.told.editions.get(label, ())
    made = edition(
        computed,
        report,
        frozen,
        number=len(published) + 1,
        on=on,
        signoffs=tuple(s.signoff for s in signed if s.signoff),
        kind=kind,
        reason=reason,
        previous=_previous(computed, label),
    )
    if published and _same(published[-1], made):
        return None, (_unchanged(report),)
    unprintable = _unprintable(made)
    if unprintable:
        return None, unprintable
    write_edition(options.root, made, computed.entries)
    return made, (*(p for p in problems if not has_errors((p,))), *unsettled(computed, report))


def _previous(computed: Figures, label: str) -> str:
    own = [entry.sha256 for entry in computed.entries if entry.period == label]
    return own[-1] if own else ""


def _refusals(
    computed: Figures, report: Report, signed: tuple[Signature, ...], *, revise: bool
) -> Iterator[Problem]:
    label = report.period.label
    through = computed.catalog.site.data_through
    if through is None or through < report.period.last:
        yield _not_over(report, through)
    published = computed.told.editions.get(label, ())
    if published and not revise:
        yield _already(report, published[-1])
    if revise and not published:
        yield _not_yet(report)
    for owed in missing_comments(computed, report):
        yield replace(owed, severity="error")
    yield from (_unsigned(report, s) for s in signed if s.signoff is None or s.stale)
    if computed.catalog.site.signed:
        yield from (
            _by_no_key(report, s.signoff)
            for s in signed
            if s.signoff is not None and not s.stale and s.signoff.signature is None
        )
        valid = [s.signoff for s in signed if s.signoff is not None and not s.stale]
        yield from signed_twice([one for one in valid if one.signature is not None])


def _unprintable(made: Edition) -> Problems:
    """Return why the edition's PDF could never be printed; a missing font is no such reason."""
    found = (pdf_of(made, language)[1] for language in made.manifest.languages)
    return tuple(p for p in found if p is not None and p.code != "no-chinese-font")


def _same(old: Edition, new: Edition) -> bool:
    """Tell whether two editions differ in nothing but number, day and signatures."""
    return _told(old) == _told(new)


def _told(edition: Edition) -> dict[str, str]:
    """Return the hashes of what an edition says; its prints name the edition itself."""
    files = edition.manifest.files
    prints = ("report.", "workbook.", f"{LOOKS}/")
    return {n: digest for n, digest in files.items() if not n.startswith(prints)}


def _not_over(report: Report, through: date | None) -> Problem:
    last = report.period.last.isoformat()
    return problem(
        report.where,
        "period-not-over",
        zh=f"期间尚未结束或数据不全：期末是 {last}，数据截至 {through}",
        en=f"the period is not over, or its data are not in: it ends {last}, "
        f"the data reach to {through}",
        hint_zh="补齐数据，并把 content/site.yml 的 data_through 改到期末之后再发布。",
        hint_en="Complete the data, and move data_through in content/site.yml to its end or later.",
    )


def _already(report: Report, latest: Edition) -> Problem:
    label, number = report.period.label, latest.number
    return problem(
        report.where,
        "already-published",
        zh=f"{label} 已发布第 {number} 版（{latest.manifest.published}）",
        en=f"{label} is published already: edition {number} of {latest.manifest.published}",
        hint_zh=f"要发布更正，请用：kpi-site publish {label} --revise --type … --reason …",
        hint_en=f"To publish a revision: kpi-site publish {label} --revise --type … --reason …",
    )


def _not_yet(report: Report) -> Problem:
    label = report.period.label
    return problem(
        report.where,
        "not-published-yet",
        zh=f"{label} 还没有发布过，谈不上修订",
        en=f"{label} was never published, so there is nothing to revise",
        hint_zh=f"请先发布：kpi-site publish {label}",
        hint_en=f"Publish it first: kpi-site publish {label}",
    )


def _unchanged(report: Report) -> Problem:
    return problem(
        report.where,
        "nothing-to-revise",
        zh="与已发布的最新一版没有任何不同",
        en="nothing differs from the newest published edition",
        hint_zh="不需要发布。",
        hint_en="There is no need to publish.",
    )


def _by_no_key(report: Report, signoff: Signoff) -> Problem:
    label, role = report.period.label, signoff.role
    return problem(
        signoff.where,
        "signature-missing",
        zh=f"“{role}”只是记录，没有用密钥签名",
        en=f"'{role}' is a note, and not signed with a key",
        hint_zh=f"请运行：kpi-site sign {label} --role {role} --by … --key FILE",
        hint_en=f"Run: kpi-site sign {label} --role {role} --by … --key FILE",
    )


def _unsigned(report: Report, signature: Signature) -> Problem:
    label, role = report.period.label, signature.role
    where = signature.signoff.where if signature.signoff else Location(report.where.file)
    again = f"kpi-site sign {label} --role {role} --by …"
    if signature.signoff is None:
        return problem(
            where,
            "signoff-missing",
            zh=f"缺少签字：{role}",
            en=f"the signature '{role}' is missing",
            hint_zh=f"核对数字后运行：{again}",
            hint_en=f"Look at the figures, then run: {again}",
        )
    return problem(
        where,
        "signoff-stale",
        zh=f"签字“{role}”已失效：签字之后数字有变",
        en=f"the signature '{role}' is stale: figures have changed since",
        hint_zh=f"重新核对后再签：{again}",
        hint_en=f"Look at the figures again, then run: {again}",
    )
