"""Built pages, kept from build to build: of a changed card MkDocs makes the pages that it touched.

A page is known by its Markdown, the whole configuration, this program and whatever is installed
beside it, and by which files were found where its links lead; what the theme puts around it,
by the navigation besides. Where something that a page looks at is not known, it is not kept.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, get_toc

from kpi_site.files import being_written
from kpi_site.kept import read_sealed, write_sealed
from kpi_site.known import Unread

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure import StructureItem
    from mkdocs.structure.nav import Navigation

STANDING: Final = "standing.html"
"""The template of a page that stands as it was: it has nothing to say."""

_NOT_SHOWN: Final = frozenset({"description", "edit_path"})  # by other pages' navigation


class TracedFiles(Files):
    """The files of a build; which of them were there when asked for is noted.

    ``docs`` is the folder of those that are ours.
    """

    noted: dict[str, bool]

    def __init__(self, files: Iterable[File], docs: str = "") -> None:
        super().__init__(files)
        self.noted = {}
        self._docs = os.path.join(docs, "")  # noqa: PTH118 - ends in a separator

    def copy_static_files(
        self,
        dirty: bool = False,
        *,
        inclusion: Callable[[InclusionLevel], bool] = InclusionLevel.is_included,
    ) -> None:
        """Give our files that are no pages a second name in what is built: most are charts.

        Whoever changes one of them writes it anew and never into it, so the built site stays as
        it is. The theme's own are copied, and all where the disk has no second names.
        """
        made: set[str] = set()
        for file in self:
            if file.is_documentation_page() or not inclusion(file.inclusion):
                continue
            folder = os.path.dirname(file.abs_dest_path)  # noqa: PTH120 - many thousands
            if folder not in made:
                Path(folder).mkdir(parents=True, exist_ok=True)
                made.add(folder)
            if not self._linked(file):
                file.copy_file(dirty)

    def _linked(self, file: File) -> bool:
        source = file.abs_src_path
        if source is None or not source.startswith(self._docs):
            return False
        try:
            os.link(source, file.abs_dest_path)
        except OSError:  # another disk, or one without such names
            return False
        return True

    def get_file_from_path(self, path: str) -> File | None:
        """Return the file at ``path``, if there is one, and note that."""
        found = super().get_file_from_path(path)
        self.noted[path] = found is not None
        return found


class KeptPage(Page):
    """A page whose article is as it was: ``path`` keeps it, and what was made of it then.

    Only its ``head`` is looked at before either is asked for.
    """

    def __init__(self, file: File, config: MkDocsConfig, head: Mapping[str, Any], path: Path):
        super().__init__(None, file, config)
        self.head = head
        self._path = path

    @property
    def article(self) -> str:
        """The article as it was rendered."""
        return _text(self._path)[: self.head["article"]].decode()

    @property
    def output(self) -> str:
        """The whole page as it was built."""
        return _text(self._path)[self.head["article"] :].decode()

    def read_source(self, config: MkDocsConfig) -> None:
        """Take what stood before the article; the article itself is rendered already."""
        self.markdown, self.meta = "", dict(self.head["meta"])

    def render(self, config: MkDocsConfig, files: Files) -> None:
        """Take all that MkDocs knows of the article; it is read where the page is built anew."""
        self.content = ""
        self.toc = get_toc(self.head["toc"])
        self.title = self.head["title"]
        self.present_anchor_ids = set(self.head["anchors"])
        found = {files.get_file_from_path(to): links for to, links in self.head["links"].items()}
        self.links_to_anchors = {file: links for file, links in found.items() if file is not None}


class Warned(logging.Handler):
    """Counts what MkDocs warns of: a page that was warned of is made, and warned of, again."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count one more."""
        self.count += 1


@dataclass(frozen=True, slots=True)
class _Known:
    """What a server knows of files from one build to the next: heads of pages, digests."""

    heads: Unread[dict[str, Any] | None] = field(default_factory=Unread)
    sources: Unread[str] = field(default_factory=Unread)


_KNOWN: Final[dict[Path, _Known]] = {}


@dataclass(slots=True)
class KeptPages:
    """The ``folder`` of kept pages; ``of`` is the digest of all that they have in common."""

    folder: Path
    of: str
    _files: TracedFiles = field(default_factory=lambda: TracedFiles(()))
    _made: dict[str, dict[str, Any]] = field(default_factory=dict)
    _around: str = ""
    _warned: Warned = field(default_factory=Warned)
    _before: int = 0

    def taken(self, files: Files, config: MkDocsConfig) -> Files:
        """Return ``files``, in which the pages stand that are kept and as they were."""
        made = Path(config.config_file_path or "").read_bytes()
        self.of = _digest(self.of, hashlib.sha256(made).hexdigest(), config.site_url)
        self._files = TracedFiles(files, config.docs_dir)
        self._known.heads.again()
        self._known.sources.again()
        logging.getLogger("mkdocs").addHandler(self._warned)
        for file in self._files.documentation_pages():
            self._take(file, config)
        return self._files

    def _take(self, file: File, config: MkDocsConfig) -> None:
        path = self._path(file)
        try:
            head = self._known.heads.of(str(path), lambda: _head(path))
        except OSError:
            return
        if head is None or head["of"] != self._of(file):
            return
        there = self._files.src_uris
        if all((path in there) == found for path, found in head["looked"].items()):
            KeptPage(file, config, head, path)

    def begin(self) -> None:
        """Begin to note what the next page looks at."""
        self._files.noted.clear()
        self._before = self._warned.count

    def rendered(self, page: Page) -> None:
        """Note a page whose article was made in this build, with all that it looked at."""
        if isinstance(page, KeptPage) or page.links_to_anchors is None:
            return
        plain = json.loads(json.dumps(page.meta, default=str))
        if self._warned.count > self._before or plain != page.meta:
            return
        self._made[page.file.src_uri] = {
            "of": self._of(page.file),
            "looked": dict(self._files.noted),
            "meta": plain,
            "title": page.title,
            "toc": [_token(one) for one in page.toc],
            "anchors": sorted(page.present_anchor_ids or ()),
            "links": {to.src_uri: links for to, links in page.links_to_anchors.items()},
        }

    def surround(self, nav: Navigation) -> None:
        """Take the navigation as it is when every title is known."""
        self._around = _digest([_shown(item) for item in nav.items])

    def stands(self, page: Page, *told: object) -> bool:
        """Tell whether all of ``page`` is as it was; ``told`` is what else it shows.

        If only the article is, the page has it now.
        """
        if not isinstance(page, KeptPage):
            return False
        if page.head["around"] == self._whole(page, told):
            return True
        page.content = page.article
        return False

    def keep(self, page: Page, output: str, *told: object) -> None:
        """Keep what was made of ``page``."""
        head = page.head if isinstance(page, KeptPage) else self._made.pop(page.file.src_uri, None)
        if head is None or page.file.inclusion.is_excluded():
            return
        data = output.encode("utf-8", "xmlcharrefreplace")
        content = (page.content or "").encode()
        told_head = {**head, "around": self._whole(page, told), "article": len(content)}
        kept = json.dumps(told_head).encode() + b"\n" + content + data
        write_sealed(self._path(page.file), kept)

    def finish(self) -> None:
        """Forget the pages that are no more."""
        self.give_up()
        wanted = {self._path(file).name for file in self._files.documentation_pages()}
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name not in wanted and not being_written(path):
                path.unlink(missing_ok=True)

    def give_up(self) -> None:
        """Listen no longer to what is warned of."""
        logging.getLogger("mkdocs").removeHandler(self._warned)

    def _of(self, file: File) -> str:
        def read() -> str:
            return hashlib.sha256(file.content_bytes).hexdigest()

        source = file.abs_src_path
        own = read() if source is None else self._known.sources.of(source, read)
        return _digest(self.of, file.src_uri, own)

    @property
    def _known(self) -> _Known:
        return _KNOWN.setdefault(self.folder, _Known())

    def _whole(self, page: Page, told: object) -> str:
        above = [item.title for item in page.ancestors]
        return _digest(self._around, above, page.title, told)

    def _path(self, file: File) -> Path:
        return self.folder / hashlib.sha256(file.src_uri.encode()).hexdigest()[:32]


def _head(path: Path) -> dict[str, Any] | None:
    """Return what is told of a kept page before its texts; None if it is damaged."""
    sealed = read_sealed(path)
    return None if sealed is None else json.loads(sealed.partition(b"\n")[0])


def _text(path: Path) -> bytes:
    """Return a kept page's article and all that was built of it: what its head stands before."""
    return path.read_bytes().split(b"\n", 2)[2]


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _token(link: AnchorLink) -> dict[str, Any]:
    """Return a heading as MkDocs' ``get_toc`` takes it."""
    children = [_token(child) for child in link.children]
    return {"name": link.title, "id": link.id, "level": link.level, "children": children}


def _shown(item: StructureItem) -> tuple[object, ...]:
    """Return all of ``item`` that the navigation of other pages shows."""
    children = tuple(_shown(child) for child in getattr(item, "children", None) or ())
    if not isinstance(item, Page):
        return (type(item).__name__, item.title, getattr(item, "url", None), children)
    meta = sorted((k, v) for k, v in item.meta.items() if k not in _NOT_SHOWN)
    return (item.title, item.url, item.canonical_url, meta)
