"""The files that draw charts in a browser, all served by the site itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

import vl_convert

from kpi_site.kept import read_sealed, write_sealed
from kpi_site.words import LANGUAGES, word

STATIC: Final = Path(__file__).parent / "static"
BUNDLE: Final = "vega.js"  # charts.js imports it from beside itself
_PLACE: Final = b"const WORDS = {};"
_TAKEN: Final = ("png", "svg", "csv", "link", "copied", "failed")
_EXPORTS: Final = "export { vegaEmbed };"


def static_files(cache: Path) -> Mapping[str, bytes]:
    """Return ``charts.css``, ``charts.js`` and the bundle by name, to be put in one folder.

    The words of the scripts are put into ``charts.js``, in all languages: no page holds them.
    """
    own = {p.name: p.read_bytes() for p in sorted(STATIC.iterdir()) if p.is_file()}
    words = json.dumps({x: _words(x) for x in LANGUAGES}, ensure_ascii=False)
    own["charts.js"] = own["charts.js"].replace(_PLACE, f"const WORDS = {words};".encode())
    return {**own, BUNDLE: chart_bundle(cache)}


def _words(language: str) -> Mapping[str, str]:
    ways = {name: word(f"take.{name}", language) for name in _TAKEN}
    return {"explore": word("explore", language), "name": word("take", language), **ways}


def chart_bundle(cache: Path) -> bytes:
    """Return vega-embed with Vega and Vega-Lite as one JavaScript module (about 0.9 MB).

    Making it takes a second, so it is kept in the folder ``cache``, by the versions in it.
    As a module it adds no global names to the page.
    """
    versions = (
        version("vl-convert-python"),
        vl_convert.get_vegalite_versions()[-1],
        vl_convert.get_vega_version(),
    )
    path = cache / f"vega-{'-'.join(versions)}.js"
    kept = read_sealed(path)
    if kept is not None:
        return kept
    bundle: bytes = vl_convert.javascript_bundle(_EXPORTS, versions[1]).encode()
    write_sealed(path, bundle)
    return bundle
