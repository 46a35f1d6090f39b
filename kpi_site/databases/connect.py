"""From a connection of ``site.yml`` to an open one, or to the problem that says why not."""

from __future__ import annotations

from collections.abc import Mapping

from kpi_site.catalog import Connection, Site
from kpi_site.databases.address import Address, read_address
from kpi_site.databases.server import NoDriverError, RefusedError, Server
from kpi_site.problems import Location, Problem, problem


def connect(
    site: Site, name: str, environment: Mapping[str, str], where: Location
) -> Server | Problem:
    """Connect to the database ``name``, whose URL the environment holds.

    ``where`` is the place that asks for it. Nothing of the URL is ever in the problem.
    """
    connection = site.connections[next(known for known in site.connections if known == name)]
    url = environment.get(connection.url_env)
    if not url:
        return _no_url(connection)
    address = read_address(url)
    if address is None:
        return _bad_url(connection)
    try:
        return _opened(address, site)
    except NoDriverError as error:
        return _no_driver(error.extra, address, where)
    except RefusedError as error:
        return problem(
            where,
            "connection-failed",
            zh=f"连不上 {name}：{error.says}",
            en=f"no connection to {name}: {error.says}",
            hint_zh=f"请核对环境变量 {connection.url_env} 里的主机、端口、数据库、用户和密码。",
            hint_en=f"Check host, port, database, user and password in the variable "
            f"{connection.url_env}.",
        )


def _opened(address: Address, site: Site) -> Server:
    match address.system:
        case "postgresql":
            from kpi_site.databases.postgresql import PostgreSQL

            return PostgreSQL(address, site.timezone)
        case "sqlite":
            from kpi_site.databases.sqlite import SQLite

            return SQLite(address, site.root)
        case _:
            from kpi_site.databases.by_sqlalchemy import BySQLAlchemy

            return BySQLAlchemy(address)


def _no_url(connection: Connection) -> Problem:
    name = connection.url_env
    return problem(
        name.where,
        "no-connection-url",
        zh=f"环境变量 {name} 没有设置",
        en=f"the environment variable {name} is not set",
        hint_zh="请在运行 kpi-site fetch 的环境里设置它，不要写进文件。",
        hint_en="Set it where kpi-site fetch runs; do not write it into a file.",
    )


def _bad_url(connection: Connection) -> Problem:
    name = connection.url_env
    return problem(
        name.where,
        "bad-connection-url",
        zh=f"环境变量 {name} 里的不是数据库网址（内容不显示）",
        en=f"what the variable {name} holds is no URL of a database (it is not shown)",
        hint_zh="形如 postgresql://用户:密码@主机:5432/数据库；密码里的 @ : / ? # % 要写成 %40 "
        "%3A %2F %3F %23 %25。SQLite 是 sqlite:///相对路径 或 sqlite:////绝对路径。",
        hint_en="It is like postgresql://user:password@host:5432/database; write @ : / ? # % of a "
        "password as %40 %3A %2F %3F %23 %25. For SQLite sqlite:///relative or sqlite:////absolute.",
    )


def _no_driver(extra: str, address: Address, where: Location) -> Problem:
    command = f"pip install 'kpi-site[{extra}]'"
    also_zh, also_en = "", ""
    if extra == "sqlalchemy":
        also_zh = f"，以及 {address.system} 的 SQLAlchemy 方言和驱动"
        also_en = f", and the SQLAlchemy dialect and driver for {address.system}"
    return problem(
        where,
        "driver-missing",
        zh=f"没有安装读取 {address.system} 的程序库",
        en=f"the library that reads {address.system} is not installed",
        hint_zh=f"请运行 {command}{also_zh}。构建网站不需要它。",
        hint_en=f"Run {command}{also_en}. Building the site does not need it.",
    )
