"""Random tables about few people, attacked by the reader of the tests in exact fractions."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import Ratio
from tests.disclosure.reader import fewest, look, recovered, short, too_few
from tests.disclosure.tables import AMOUNTS, KINDS, draw


def ratios(folder: Path, count: int) -> Iterator[Ratio]:
    """Publish ``count`` tables; count those that tell too much, and what is hidden too many.

    Besides an eighth as many with amounts, which hang together in more ways.
    """
    root = folder / "tables"
    telling: list[int] = []
    above: dict[int, float] = {}
    most, hidden = 0.0, 0
    drawn = [draw(number) for number in range(count)]
    drawn += [draw(number, AMOUNTS) for number in range(count // len(KINDS))]
    for number, table in enumerate(drawn):
        shutil.rmtree(root, ignore_errors=True)
        start = time.process_time()
        reader = look(table, root)
        most = max(most, time.process_time() - start)
        hidden += len(reader.hidden)
        small = {cell for cell in reader.cells if reader.small(cell)}
        knowing = replace(reader, knows_kinds=True)
        faults = [*(small - reader.hidden), *recovered(knowing), *short(reader), *short(knowing)]
        faults += too_few(reader)
        if faults:
            telling.append(number)
        least = fewest(reader) if table.kind != AMOUNTS else None
        if least:
            above[number] = len(reader.hidden) / least
    told = f"of {len(drawn)}; {hidden} cells hidden, at most {most:.1f} s CPU for one"
    told += f"; numbers {telling}" if telling else ""
    yield Ratio("random tables that tell what is hidden", len(telling), 0, told, "")
    worst = max(above, key=above.__getitem__, default=0)
    yield Ratio(
        "random tables: hidden cells, of the fewest that do",
        above.get(worst, 1.0),
        1.3,
        f"the most of {len(above)} tables small enough to try every choice",
    )
