"""An editor as the server sees one: JSON-RPC over the standard streams, written by hand."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

_WAIT = 60  # seconds until a test gives up; no test asserts a time
UTF16: dict[str, Any] = {
    "workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["rename"]}},
}


class Client:
    """Starts ``kpi-site lsp`` and speaks with it."""

    def __init__(self, root: Path, *arguments: str, capabilities: Any = UTF16) -> None:
        self.root = root
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the client
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kpi_site", "lsp", *arguments],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._number = 0
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self.problems: dict[str, list[Any]] = {}
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        asked = {"processId": None, "rootUri": root.as_uri(), "capabilities": capabilities}
        self.can = self.ask("initialize", asked)["capabilities"]
        self.tell("initialized", {})

    def uri(self, file: str) -> str:
        return (self.root / file).as_uri()

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any = None) -> Any:
        """Return the result of a request; raises ``ValueError`` with the error's message."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == self._number and "method" not in message:
                if "error" in message:
                    raise ValueError(message["error"]["message"])
                return message["result"]

    def open(self, file: str, text: str | None = None) -> str:
        """Open a file, with its own text or another; return that."""
        text = (self.root / file).read_text("utf-8") if text is None else text
        document = {"uri": self.uri(file), "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return text

    def change(self, file: str, text: str) -> None:
        document = {"uri": self.uri(file), "version": 2}
        changes = [{"text": text}]
        params = {"textDocument": document, "contentChanges": changes}
        self.tell("textDocument/didChange", params)

    def at(self, method: str, file: str, text: str, mark: str, **more: Any) -> Any:
        """Ask about the place in ``text`` just behind the only ``mark``."""
        assert text.count(mark) == 1, mark
        line, units = place(text, text.index(mark) + len(mark))
        document = {"uri": self.uri(file)}
        position = {"line": line, "character": units}
        return self.ask(
            f"textDocument/{method}", {"textDocument": document, "position": position, **more}
        )

    def told(self, file: str, codes: set[str]) -> list[Any]:
        """Wait until the problems of ``file`` are just of ``codes``, and return them."""
        while file not in self.problems or {p["code"] for p in self.problems[file]} != codes:
            self._next()
        return self.problems[file]

    def end(self) -> int:
        """Shut the server down, and return its exit code."""
        self.ask("shutdown")
        self.tell("exit", None)
        code = self._process.wait(_WAIT)
        self._errors.seek(0)
        errors = self._errors.read().decode()
        self.close()
        assert "Traceback" not in errors, errors
        return code

    def close(self) -> None:
        """End the server, if it has not ended, and let go of its streams."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                stream.close()

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self._process.stdin.flush()

    def _next(self) -> dict[str, Any]:
        message = self._messages.get(timeout=_WAIT)
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            file = params["uri"].removeprefix(self.root.as_uri()).lstrip("/")
            self.problems[file] = params["diagnostics"]
        return message

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := stream.readline():
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
                while stream.readline().strip():
                    pass
                self._messages.put(json.loads(stream.read(length)))


def place(text: str, offset: int) -> tuple[int, int]:
    """Return the line from 0, and the UTF-16 units before the character at ``offset``."""
    before = text[:offset]
    line = before.count("\n")
    units = len(before[before.rfind("\n") + 1 :].encode("utf-16-le")) // 2
    return line, units


def shown(text: str, found: dict[str, Any]) -> str:
    """Return the characters of a range on one line."""
    start, end = found["start"], found["end"]
    assert start["line"] == end["line"]
    line = text.split("\n")[start["line"]].encode("utf-16-le")
    return str(line[2 * start["character"] : 2 * end["character"]], "utf-16-le")


def edited(text: str, edits: list[Any]) -> str:
    """Return ``text`` with the edits of a file made."""
    lines = text.split("\n")

    def offset(at: dict[str, int]) -> int:
        units = (
            lines[at["line"]].encode("utf-16-le")[: 2 * at["character"]]
            if at["line"] < len(lines)
            else b""
        )
        return sum(len(line) + 1 for line in lines[: at["line"]]) + len(units.decode("utf-16-le"))

    found = [(offset(e["range"]["start"]), offset(e["range"]["end"]), e["newText"]) for e in edits]
    for start, end, new in sorted(found, reverse=True):
        text = text[:start] + new + text[end:]
    return text
