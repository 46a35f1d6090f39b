"""A disk that refuses rows: what Polars says of it is an error of the disk, with the file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

from kpi_site.files import named

_OS_ERROR: Final = re.compile(r"\(os error (\d+)\)")


@contextmanager
def disk_named(target: Path) -> Iterator[None]:
    """Raise what a disk that refuses says, by Polars too, as an OSError that names ``target``."""
    try:
        yield
    except (OSError, pl.exceptions.ComputeError) as error:
        code = _OS_ERROR.search(str(error))
        if code is not None:
            number = int(code[1])
            raise OSError(number, os.strerror(number), str(target)) from error
        if isinstance(error, OSError):
            raise named(error, target) from error
        raise
