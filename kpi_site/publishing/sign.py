"""``kpi-site sign``: write a signature that is bound to the figures as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpi_site import ssh
from kpi_site.catalog import Catalog, Report, Signoff, Site, Text, Unit
from kpi_site.changes import alone
from kpi_site.content.edits import scalar_yaml, text_yaml, with_entry
from kpi_site.editions.signing import bare, signed_line
from kpi_site.editions.two_roles import signed_twice, standing
from kpi_site.files import write_file
from kpi_site.options import Options
from kpi_site.problems import (
    Location,
    Message,
    Problem,
    closest,
    did_you_mean,
    has_errors,
    problem,
)
from kpi_site.publishing.freeze import report_digest
from kpi_site.publishing.wanted import wanted_report
from kpi_site.stages import Problems, Progress, as_of, quiet, widest


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that was written: the report's file, the digest, and who signed."""

    file: str
    digest: str
    by: Text


def sign(
    options: Options,
    label: str,
    role: str,
    by: Text,
    *,
    on: date,
    key: Path | None = None,
    progress: Progress = quiet,
) -> tuple[Signed | None, Problems]:
    """Add a sign-off of ``role`` by the department or post ``by`` to the report's file.

    A department's id, or its name in either language, is written as its name in both, and so
    are the ``titles`` of ``site.yml``; nobody else signs. With ``key``, a private key of
    OpenSSH, it is a signature, which ``content/signers`` must allow; else a note.
    """
    with alone(options.root) as told:
        if has_errors(told):
            return None, told
        return _signed(options, label, role, by, on=on, key=key, progress=progress)


def _signed(
    options: Options,
    label: str,
    role: str,
    by: Text,
    *,
    on: date,
    key: Path | None,
    progress: Progress,
) -> tuple[Signed | None, Problems]:
    computed, problems = widest(options, progress=progress)
    if computed is None:
        return None, problems
    report, found = wanted_report(computed.catalog, label)
    if report is None:
        return None, found
    who = signer_of(computed.catalog, by)
    if who is None:
        return None, (_unknown_signer(computed.catalog, by),)
    digest = report_digest(as_of(options, computed, report.period.last), report)
    signer = who.name
    entry = {"role": role, "by": text_yaml(signer), "on": on.isoformat(), "digest": digest}
    if key is not None:
        principal = f"{role}@{who.id}"
        line = signed_line(label, role, digest, on)
        made, refused = _by_key(computed.catalog.site, key, principal, line, on)
        if made is None:
            return None, refused
        entry |= {"signer": scalar_yaml(principal), "signature": made}
        if computed.catalog.site.signed:
            own = Signoff(report.where, role, signer, on, digest, principal, made)
            twice = tuple(signed_twice((*standing(report.signoffs, digest), own)))
            if twice:
                return None, twice
    elif computed.catalog.site.signed:
        return None, (_key_wanted(report),)
    refused = () if _is_there(report, entry) else append(options, report, "signoffs", (entry,))
    return (None, refused) if refused else (Signed(report.where.file, digest, signer), ())


def _is_there(report: Report, entry: Mapping[str, str]) -> bool:
    """Tell whether the last sign-off of the role is this one: of a command that was repeated."""
    own = [signoff for signoff in report.signoffs if signoff.role == entry["role"]]
    last = own[-1] if own else None
    return last is not None and entry == {
        "role": last.role,
        "by": text_yaml(last.by),
        "on": last.on.isoformat(),
        "digest": last.digest or "",
        **({"signer": scalar_yaml(last.signer)} if last.signer else {}),
        **({"signature": last.signature} if last.signature else {}),
    }


def signer_of(catalog: Catalog, by: Text) -> Unit | None:
    """Return the department or title that ``by`` means: by its id, or a name in any language."""
    said = {text for text in (by.plain, by.zh, by.en) if text}
    for unit in (*catalog.site.departments, *catalog.site.titles):
        if said & {str(unit.id), unit.name.get("zh"), unit.name.get("en")}:
            return unit
    return None


def _unknown_signer(catalog: Catalog, by: Text) -> Problem:
    known = [str(u.id) for u in (*catalog.site.departments, *catalog.site.titles)]
    name = by.get("zh")
    listed = ", ".join(known)
    return Problem(
        catalog.site.where,
        "unknown-signer",
        Message(
            f"“{name}”既不是部门，也不是 titles 中的岗位",
            f"'{name}' is neither a department nor one of the 'titles'",
        ),
        did_you_mean(name, known)
        if closest(name, known)
        else Message(
            f"请用部门的编号（{listed}），或把岗位加进 content/site.yml 的 titles。",
            f"Name a department by its id ({listed}), or add the post to 'titles' in "
            "content/site.yml.",
        ),
    )


def _by_key(
    site: Site, key: Path, principal: str, line: bytes, on: date
) -> tuple[str | None, tuple[Problem, ...]]:
    """Return the signature of ``line``, if the site's signers allow it."""
    try:
        made = ssh.sign(key, line)
        refused = ssh.verify(site.signers or b"", principal, line, made, on)
    except ssh.SshError as error:
        return None, (_no_signature(error),)
    if refused is not None:
        return None, (_not_allowed(principal, refused),)
    return bare(made), ()


def _no_signature(error: ssh.SshError) -> Problem:
    return problem(
        Location(ssh.SIGNERS_FILE),
        "signature-not-made",
        zh=f"签名没有做成：{error}",
        en=f"no signature was made: {error}",
        hint_zh="--key 是 OpenSSH 的私钥文件（或代理中密钥的公钥文件）；"
        "需要 ssh-keygen 8.9 或更新。",
        hint_en="--key is a private key of OpenSSH (or the public one of a key that the agent "
        "holds); ssh-keygen 8.9 or newer must be there.",
    )


def _not_allowed(principal: str, said: str) -> Problem:
    return problem(
        Location(ssh.SIGNERS_FILE),
        "signer-not-allowed",
        zh=f"这个密钥当天不能作为 {principal} 签字：{said}",
        en=f"on that day this key may not sign as {principal}: {said}",
        hint_zh=f"请请求把它加入 {ssh.SIGNERS_FILE}，例如：{principal} ssh-ed25519 AAAA…",
        hint_en=f"Ask for it to be added to {ssh.SIGNERS_FILE}, "
        f"such as: {principal} ssh-ed25519 AAAA…",
    )


def _key_wanted(report: Report) -> Problem:
    return problem(
        report.where,
        "signature-missing",
        zh="本站点要求用密钥签名",
        en="this site requires signatures by keys",
        hint_zh="请加上 --key FILE。",
        hint_en="Sign with --key FILE.",
    )


def append(
    options: Options, report: Report, key: str, entries: tuple[Mapping[str, str], ...]
) -> tuple[Problem, ...]:
    """Add ``entries`` to the list ``key`` of the report's file; the problem if it cannot be."""
    path = options.root / report.where.file
    text = path.read_bytes().decode("utf-8-sig")
    for entry in entries:
        changed = with_entry(text, key, entry)
        if changed is None:
            return (_not_a_list(report, key),)
        text = changed
    write_file(path, text.encode())
    return ()


def _not_a_list(report: Report, key: str) -> Problem:
    return problem(
        report.where,
        "list-not-in-block",
        zh=f"无法在“{key}”后面添加一项",
        en=f"no entry can be added to '{key}'",
        hint_zh=f"请删去空的“{key}: []”，或把列表写成每行一项（以 - 开头）。",
        hint_en=f"Remove an empty '{key}: []', or write the list with one entry a line ('- …').",
    )
