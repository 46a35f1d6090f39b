"""What is asked of git: refs, the files of a commit, and those of the work tree.

Git runs as a program with its own words in English; nothing here changes the repository.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kpi_site.problems import Message

SUBMODULE: Final = "160000"
_OF_HOOKS: Final = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"}
)
_DEFAULTS: Final = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


class GitError(Exception):
    """Git cannot do what is asked: it is missing, there is no repository, or no such commit."""

    def __init__(self, message: Message) -> None:
        """Hold what to say, in both languages."""
        super().__init__(message.en)
        self.message = message


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file of a commit; ``path`` is relative to the site's folder."""

    path: str
    mode: str
    blob: str


@dataclass(frozen=True, slots=True)
class Base:
    """The commit to compare with: how it was named, its full hash, and why it was chosen.

    ``behind`` counts the commits of the base that the compared state does not have.
    """

    name: str
    commit: str
    chosen: Message | None = None
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with a site at ``prefix`` ("" or ``folder/``) below ``top``."""

    top: Path
    prefix: str

    @property
    def root(self) -> Path:
        """The site's folder."""
        return self.top / self.prefix

    def files(self, commit: str, folder: str = "") -> tuple[TreeFile, ...]:
        """Return the files of the site in ``commit``, links and submodules among them.

        With ``folder`` only those below it.
        """
        below = f"{self.prefix}{folder}"
        scope = ["--", below] if below else []
        listed = run(self.top, "ls-tree", "-r", "-z", "--full-tree", commit, *scope)
        found = []
        for line in filter(None, listed.split("\0")):
            head, _, path = line.partition("\t")
            mode, _, blob = head.split(" ")
            found.append(TreeFile(path.removeprefix(self.prefix), mode, blob))
        return tuple(found)

    def work_files(self) -> frozenset[str]:
        """Return the site's files in the work tree: tracked and there, or new and not ignored."""
        listed = run(self.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return frozenset(p for p in listed.split("\0") if p and (self.root / p).is_file())

    def differing(self, commit: str, folder: str) -> frozenset[str]:
        """Return the files below ``folder`` that the work tree has otherwise than ``commit``."""
        words = ("diff", "--name-only", "-z", "--no-renames", "--relative", commit, "--", folder)
        listed = run(self.root, *words)
        new = run(self.root, "ls-files", "-z", "--others", "--exclude-standard", "--", folder)
        return frozenset(filter(None, (*listed.split("\0"), *new.split("\0"))))

    def content(self, commit: str, path: str) -> bytes:
        """Return what the file ``path`` of the site says in ``commit``."""
        text = run(self.top, "show", f"{commit}:{self.prefix}{path}")
        return text.encode("utf-8", "surrogateescape")

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        """Return those of ``paths`` (from the site's folder) that git is told to ignore."""
        staged = run(self.root, "ls-files", "-z", "--stage").split("\0")
        modules = tuple(f"{s.partition(chr(9))[2]}/" for s in staged if s.startswith(SUBMODULE))
        asked = [path for path in paths if not path.startswith(modules)]
        if not asked:
            return frozenset()
        words = ("check-ignore", "-z", "--stdin")
        found = run(self.root, *words, given="\0".join((*asked, "")), good=(0, 1))
        return frozenset(filter(None, found.split("\0")))

    def large_file(self, digest: str) -> Path:
        """Return where Git LFS keeps the file with this SHA-256, if it was fetched."""
        store = self.top / run(self.top, "rev-parse", "--git-common-dir").strip()
        return store / "lfs" / "objects" / digest[:2] / digest[2:4] / digest

    def checkout(self, commit: str, paths: Sequence[str], folder: Path, index: Path) -> None:
        """Write ``paths`` of ``commit`` below ``folder``, as a checkout would.

        Line ends, encodings and filters are applied as the repository's attributes say. The
        repository's own index is left alone: ``index`` is a file for one of our own.
        """
        own = {"GIT_INDEX_FILE": str(index)}
        run(self.top, "read-tree", commit, environment=own)
        listed = "".join(f"{self.prefix}{path}\0" for path in paths)
        words = ("checkout-index", "--force", "-z", "--stdin", f"--prefix={folder.as_posix()}/")
        run(self.top, *words, given=listed, environment=own)


def repository(root: Path) -> Repository:
    """Return the repository that holds the site in ``root``; GitError where there is none."""
    try:
        top, prefix = run(root, "rev-parse", "--show-toplevel", "--show-prefix").split("\n")[:2]
    except GitError as error:
        if "not a git repository" not in error.message.en:
            raise
        raise GitError(
            Message(
                f"{root} 不在 git 版本库中，没有可比较的版本",
                f"{root} is not in a git repository: there is nothing to compare with",
            )
        ) from error
    return Repository(Path(top), prefix)


def find_base(repo: Repository, asked: str | None) -> Base:
    """Return the commit to compare with: ``asked``, else where this branch left the default one.

    A branch means the commit where the checked-out one left it, as in a pull request: what
    others added to it since is no part of the change. GitError for a name that is no commit.
    """
    head = head_commit(repo)
    if asked is not None:
        commit = _commit(repo, asked)
        if commit is None:
            raise GitError(_unknown(repo, asked))
        full = _try(repo, "rev-parse", "--symbolic-full-name", asked)
        branch = full.startswith(("refs/heads/", "refs/remotes/"))
        left = _left(repo, asked, commit) if branch else None
        return left or Base(asked, commit, behind=_behind(repo, commit))
    for name in _DEFAULTS:
        tip = _commit(repo, name)
        found = _left(repo, name, tip) if tip else None
        if found:
            return found
    return Base("HEAD", head, Message("最近一次提交", "the last commit"))


def _left(repo: Repository, name: str, tip: str) -> Base | None:
    """Return the commit where this branch left ``name``; None if they have nothing in common."""
    found = _try(repo, "merge-base", "HEAD", tip)
    if not found:
        return None
    chosen = Message(f"与 {name} 分开之处", f"where this branch left {name}")
    return Base(name if found == tip else found[:9], found, None if found == tip else chosen)


def head_commit(repo: Repository) -> str:
    """Return the commit that is checked out; GitError without any."""
    commit = _commit(repo, "HEAD")
    if commit is None:
        raise GitError(Message("版本库中还没有提交", "the repository has no commit yet"))
    return commit


def committed_file(root: Path, name: str, path: str) -> bytes:
    """Return the file ``path`` of the site at ``root`` as the branch or commit ``name`` has it.

    Empty where that one has no such file. GitError as for `find_base`.
    """
    repo = repository(root)
    commit = _commit(repo, name)
    if commit is None:
        raise GitError(_unknown(repo, name))
    there = _try(repo, "ls-tree", "--name-only", commit, f"{repo.prefix}{path}")
    if not there:
        return b""
    return repo.content(commit, path)


def _behind(repo: Repository, commit: str) -> int:
    found = _try(repo, "rev-list", "--count", f"HEAD..{commit}")
    return int(found) if found.isdecimal() else 0


def _commit(repo: Repository, name: str) -> str | None:
    if name.startswith("-"):
        return None
    return _try(repo, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") or None


def _unknown(repo: Repository, name: str) -> Message:
    shallow = _try(repo, "rev-parse", "--is-shallow-repository") == "true"
    zh = f"版本库中没有“{name}”这个分支或提交"
    en = f"the repository has no branch or commit '{name}'"
    if shallow:
        zh += "。这里只取了一部分历史：请取全（git fetch --unshallow；CI 中 fetch-depth: 0）"
        en += (
            ". Only part of the history is here: fetch all of it"
            " (git fetch --unshallow; fetch-depth: 0 in CI)"
        )
    elif "/" not in name and _commit(repo, f"origin/{name}"):
        zh, en = f"{zh}。是不是想写“origin/{name}”？", f"{en}. Did you mean 'origin/{name}'?"
    return Message(zh, en)


def _try(repo: Repository, *words: str) -> str:
    """Return the first line that git prints; "" where it fails."""
    try:
        return run(repo.top, *words).strip()
    except GitError:
        return ""


def _surroundings() -> dict[str, str]:
    """Return the environment without what a hook says of its own repository, in plain English.

    Large files stay pointers: nothing is fetched from another host.
    """
    kept = {name: text for name, text in os.environ.items() if name not in _OF_HOOKS}
    return {**kept, "LC_ALL": "C", "GIT_LFS_SKIP_SMUDGE": "1"}


def run(
    folder: Path,
    *words: str,
    given: str = "",
    environment: dict[str, str] | None = None,
    good: tuple[int, ...] = (0,),
) -> str:
    """Run ``git words`` in ``folder`` and return what it prints; GitError where it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - words are ours, refs are verified ones
            ["git", *words],  # noqa: S607 - the user's own git
            cwd=folder,
            env={**_surroundings(), **(environment or {})},
            input=given.encode("utf-8", "surrogateescape"),
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise GitError(
            Message("没有找到 git：请安装后再试", "git was not found: install it, then try again")
        ) from error
    if done.returncode not in good:
        told = done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
        raise GitError(Message(f"git {words[0]} 失败：{told}", f"git {words[0]} failed: {told}"))
    return done.stdout.decode("utf-8", "surrogateescape")
