"""The language server: the protocol's requests, answered by what knows texts and offsets."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from kpi_site import __version__
from kpi_site.authoring.refusal import Refusal
from kpi_site.content import find_root
from kpi_site.content.yaml_source import Node, parse_yaml
from kpi_site.editor import protocol
from kpi_site.editor.completion import complete
from kpi_site.editor.hover import meaning
from kpi_site.editor.lines import Lines, Units
from kpi_site.editor.navigation import (
    Renaming,
    definition,
    references,
    renamable,
    renamed_to,
    symbols,
)
from kpi_site.editor.session import Session
from kpi_site.editor.view import View
from kpi_site.problems import Location, Message, Problem

_UNITS: Final[dict[str, Units]] = {"utf-8": "utf-8", "utf-32": "utf-32"}
_BY_COMMAND: Final = Message(
    "这个编辑器不能改文件名：请用 kpi-site rename",
    "this editor renames no files: use kpi-site rename",
)


class _Unexpected(logging.Filter):
    """Lets pass what is worth a line in an editor's log: not that a request was refused."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether ``record`` is anything but a refusal."""
        return not (record.exc_info and isinstance(record.exc_info[1], JsonRpcInvalidParams))


class KpiServer(LanguageServer):
    """A server for every site that the editor opens a file of.

    ``language`` is that of what it tells; None for each site's own first one. ``root`` is the
    one site that it serves, if it is not any that it meets.
    """

    def __init__(
        self, language: str | None, clock: Callable[[], date], root: Path | None = None
    ) -> None:
        super().__init__(
            "kpi-site", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full
        )
        self.asked_language = language
        self._clock = clock
        self._root = root
        self._sessions: dict[Path, Session] = {}

    @property
    def units(self) -> Units:
        """The units in which the editor counts within a line."""
        return _UNITS.get(str(self.server_capabilities.position_encoding), "utf-16")

    def found(self, uri: str) -> tuple[Session, str] | None:
        """Return the site that ``uri`` is content of, and its path there; None for any other."""
        path = Path(to_fs_path(uri) or "").resolve()
        root = self._root or (find_root(path.parent) if path.parent.is_dir() else None)
        if root is None:
            return None
        if root not in self._sessions:
            self._sessions[root] = Session(root, self._clock, self.publish)
            self._sessions[root].saved()
        session = self._sessions[root]
        file = session.site.relative(path)
        return None if file is None else (session, file)

    def publish(self, session: Session) -> None:
        """Tell the editor the problems of a site, file by file; those that are gone, too."""
        by_file: dict[str, list[Problem]] = defaultdict(list)
        for problem in session.problems:
            by_file[problem.where.file].append(problem)
        language = self.asked_language or session.language
        for file in sorted(by_file.keys() | session.published | session.uris.keys()):
            lines = Lines(session.text(file) if protocol.is_text(file) else "", self.units)
            told = [protocol.diagnostic(problem, lines, language) for problem in by_file[file]]
            self.text_document_publish_diagnostics(
                lsp.PublishDiagnosticsParams(session.uri(file), told)
            )
        session.published = {file for file, problems in by_file.items() if problems}


@dataclass(frozen=True, slots=True)
class _At:
    """The place that a request is about."""

    server: KpiServer
    session: Session
    view: View
    file: str
    lines: Lines
    offset: int

    @property
    def tree(self) -> Node | None:
        return parse_yaml(self.lines.text.encode("utf-8", "surrogatepass"), self.file)[0]

    @property
    def language(self) -> str:
        return self.server.asked_language or self.session.language

    def other(self, file: str) -> Lines:
        """Return the lines of another file of the site."""
        return Lines(self.session.text(file), self.lines.units)

    def location(self, where: Location) -> lsp.Location:
        place = protocol.place_of(where, self.other(where.file))
        return lsp.Location(self.session.uri(where.file), place)


async def _at(
    ls: KpiServer, uri: str, place: lsp.Position | None = None, *, fresh: bool = False
) -> _At | None:
    found = ls.found(uri)
    if found is None:
        return None
    session, file = found
    view = await session.view(fresh=fresh)
    lines = Lines(session.text(file), ls.units)
    offset = 0 if place is None else lines.offset(place.line, place.character)
    return _At(ls, session, view, file, lines, offset)


def did_open(ls: KpiServer, params: lsp.DidOpenTextDocumentParams) -> None:
    """Take the text of a file from the editor from now on."""
    document = params.text_document
    if (found := ls.found(document.uri)) is not None:
        session, file = found
        session.uris[file] = document.uri
        session.write(file, document.text)


def did_change(ls: KpiServer, params: lsp.DidChangeTextDocumentParams) -> None:
    """Note the text as it is now."""
    uri = params.text_document.uri
    if (found := ls.found(uri)) is not None:
        found[0].write(found[1], ls.workspace.get_text_document(uri).source)


def did_close(ls: KpiServer, params: lsp.DidCloseTextDocumentParams) -> None:
    """Take the file's text from disk again."""
    if (found := ls.found(params.text_document.uri)) is not None:
        found[0].write(found[1], None)


def did_save(ls: KpiServer, params: lsp.DidSaveTextDocumentParams) -> None:
    """Compute the figures of what is saved."""
    if (found := ls.found(params.text_document.uri)) is not None:
        found[0].saved()


async def on_completion(ls: KpiServer, params: lsp.CompletionParams) -> lsp.CompletionList | None:
    """Answer what may be written here."""
    at = await _at(ls, params.text_document.uri, params.position)
    if at is None:
        return None
    offers = complete(at.view, at.file, at.lines.text, at.offset, at.language)
    place = protocol.span(at.lines, offers.start, at.offset)
    items = [protocol.item(offer, place, n) for n, offer in enumerate(offers.offers)]
    return lsp.CompletionList(is_incomplete=False, items=items)


async def on_hover(ls: KpiServer, params: lsp.HoverParams) -> lsp.Hover | None:
    """Answer what the word here means."""
    at = await _at(ls, params.text_document.uri, params.position)
    told = meaning(at.view, at.file, at.tree, at.offset, at.language) if at else None
    if at is None or told is None:
        return None
    content = lsp.MarkupContent(lsp.MarkupKind.Markdown, told.markdown)
    return lsp.Hover(content, protocol.span(at.lines, told.start, told.end))


async def on_definition(ls: KpiServer, params: lsp.DefinitionParams) -> lsp.Location | None:
    """Answer where the name here is defined."""
    at = await _at(ls, params.text_document.uri, params.position, fresh=True)
    where = definition(at.view, at.file, at.tree, at.offset) if at else None
    return None if at is None or where is None else at.location(where)


async def on_references(ls: KpiServer, params: lsp.ReferenceParams) -> list[lsp.Location] | None:
    """Answer every place that names the same."""
    at = await _at(ls, params.text_document.uri, params.position, fresh=True)
    if at is None:
        return None
    also = params.context.include_declaration
    places = references(at.view, at.file, at.tree, at.offset, also_definition=also)
    return [
        lsp.Location(at.session.uri(p.file), protocol.span(at.other(p.file), p.start, p.end))
        for p in places
    ]


async def on_prepare_rename(ls: KpiServer, params: lsp.PrepareRenameParams) -> lsp.Range | None:
    """Answer which characters a new name takes the place of."""
    at = await _at(ls, params.text_document.uri, params.position, fresh=True)
    word = renamable(at.view, at.file, at.tree, at.offset) if at else None
    return None if at is None or word is None else protocol.span(at.lines, word.start, word.end)


async def on_rename(ls: KpiServer, params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
    """Answer what another id for the card here changes, its file's name among it."""
    at = await _at(ls, params.text_document.uri, params.position, fresh=True)
    if at is None:
        return None
    found = renamed_to(at.view, at.file, at.tree, at.offset, params.new_name)
    if isinstance(found, Refusal):
        raise JsonRpcInvalidParams(found.message.get(at.language))
    if not _moves_files(ls):
        raise JsonRpcInvalidParams(_BY_COMMAND.get(at.language))
    return _workspace_edit(at, found)


def _moves_files(ls: KpiServer) -> bool:
    workspace = ls.client_capabilities.workspace
    edits = workspace.workspace_edit if workspace else None
    kinds = edits.resource_operations if edits else None
    return bool(
        edits and edits.document_changes and lsp.ResourceOperationKind.Rename in (kinds or ())
    )


def _workspace_edit(at: _At, found: Renaming) -> lsp.WorkspaceEdit:
    changes: list[lsp.TextDocumentEdit | lsp.CreateFile | lsp.RenameFile | lsp.DeleteFile] = []
    for file, edits in found.edits:
        uri = at.session.uri(file)
        version = (
            at.server.workspace.get_text_document(uri).version if file in at.session.uris else None
        )
        document = lsp.OptionalVersionedTextDocumentIdentifier(uri, version)
        changes.append(lsp.TextDocumentEdit(document, protocol.text_edits(edits, at.other(file))))
    old, new = found.moved
    changes.append(lsp.RenameFile(at.session.uri(old), (at.session.root / new).as_uri()))
    return lsp.WorkspaceEdit(document_changes=changes)


async def on_symbols(
    ls: KpiServer, params: lsp.DocumentSymbolParams
) -> list[lsp.DocumentSymbol] | None:
    """Answer the keys of a file."""
    at = await _at(ls, params.text_document.uri)
    return None if at is None else [protocol.symbol(one, at.lines) for one in symbols(at.tree)]


def make_server(
    language: str | None, clock: Callable[[], date], root: Path | None = None
) -> KpiServer:
    """Return a server that answers; ``clock`` tells the day, ``root`` the one site, if any."""
    server = KpiServer(language, clock, root)
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_Unexpected())
    server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)(did_save)
    triggers = lsp.CompletionOptions(trigger_characters=[" ", ".", "(", "[", "{", ",", "'", '"'])
    server.feature(lsp.TEXT_DOCUMENT_COMPLETION, triggers)(on_completion)
    server.feature(lsp.TEXT_DOCUMENT_HOVER)(on_hover)
    server.feature(lsp.TEXT_DOCUMENT_DEFINITION)(on_definition)
    server.feature(lsp.TEXT_DOCUMENT_REFERENCES)(on_references)
    server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)(on_prepare_rename)
    server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))(on_rename)
    server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(on_symbols)
    return server
