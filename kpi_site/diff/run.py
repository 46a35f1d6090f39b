"""The way from a name of a commit to a difference; the one place that touches git and disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from kpi_site.diff.checkout import Checkout, check_out
from kpi_site.diff.compare import Difference, Names, compare
from kpi_site.diff.git import Base, Repository, find_base, head_commit, repository
from kpi_site.diff.keeping import keep_only, lend_kept
from kpi_site.diff.sides import Side, read_side
from kpi_site.options import Options
from kpi_site.problems import Message

Progress = Callable[[str], None]
_KEPT = "diff"  # the folder of the cache for states that are not the work tree


@dataclass(frozen=True, slots=True)
class _State:
    """A state to be read: its options, files and notes; ``own`` if its cache is for it alone."""

    options: Options
    files: frozenset[str]
    notes: tuple[Message, ...]
    own: bool


def difference(
    options: Options, asked: str | None, *, head: bool = False, progress: Progress
) -> Difference:
    """Compare the work tree, or the checked-out commit, with the commit called ``asked``.

    Without a name, with the one where this branch left the default branch. Raises GitError
    with what to say where git cannot help, OSError when the disk refuses.
    """
    repo = repository(options.root)
    base = find_base(repo, asked)
    with TemporaryDirectory(prefix="kpi-site-") as name:
        folder = Path(name)
        progress(base.name)
        new = (
            _commit(repo, options, head_commit(repo), folder, "head")
            if head
            else _work(repo, options)
        )
        old = _commit(repo, options, base.commit, folder, "base")
        lend_kept(options.cache, old.options.cache)
        if new.own:
            lend_kept(options.cache, new.options.cache)
        after = _read(new, progress)
        lend_kept(new.options.cache, old.options.cache)
        before = _read(old, progress)
        return compare(_names(base, head), before, after)


def _work(repo: Repository, options: Options) -> _State:
    return _State(options, _written_by_people(repo.work_files(), options), (), own=False)


def _written_by_people(paths: Iterable[str], options: Options) -> frozenset[str]:
    """Return ``paths`` without what the program makes, whether git is told to ignore it or not."""
    made = tuple(f"{folder}/" for folder in _made_here(options))
    return frozenset(p for p in _printable(paths) if not p.startswith(made))


def _made_here(options: Options) -> Iterator[str]:
    """Yield the folders below the root that the program writes, from the root."""
    for folder in (options.docs.parent, options.cache, options.target):
        path = folder.resolve()
        if path != options.root.resolve() and path.is_relative_to(options.root.resolve()):
            yield path.relative_to(options.root.resolve()).as_posix()


def _printable(paths: Iterable[str]) -> frozenset[str]:
    """Return file names as text, whatever bytes they are made of."""
    return frozenset(p.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for p in paths)


def _commit(repo: Repository, options: Options, commit: str, folder: Path, name: str) -> _State:
    found: Checkout = check_out(repo, commit, folder / name)
    kept = options.cache / _KEPT / name
    own = replace(options, root=found.root, kept=kept, config=None)
    return _State(own, _written_by_people(found.files, options), found.notes, own=True)


def _read(state: _State, progress: Progress) -> Side:
    side = read_side(state.options, state.files, state.notes, progress=progress)
    if state.own and side.figures is not None and not side.partial:
        keep_only(state.options.cache, side.figures)
    return side


def _names(base: Base, head: bool) -> Names:
    short = base.commit[:9]
    old = Message(*(base.name if base.name == short else f"{base.name} · {short}",) * 2)
    if base.chosen:
        old = Message(f"{old.zh}（{base.chosen.zh}）", f"{old.en} ({base.chosen.en})")
    new = Message("HEAD", "HEAD") if head else Message("工作目录", "the work tree")
    return Names(old, new, base.name, base.commit, base.behind)
