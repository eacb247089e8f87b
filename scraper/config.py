"""Reads `[storage]`, `[fetch]` and `[sources.*]` into the values of the first room.

    parts of the files -> keys (types, limits) -> what keys cannot say alone -> StorageSettings, FetchSettings, Source

`alerts/config.py` reads the rest, calls this, and raises what both found. Nothing here is created on disk or asked for
on a network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from scraper import endpoint
from scraper.address import canonical
from scraper.document import Part
from scraper.errors import ConfigError
from scraper.keys import SOURCE_KINDS, FetchKeys, SourceKeys, StorageKeys
from scraper.model import ArticleRules, Fields, Select, Source
from scraper.net.guard import Reach, is_onion, read_grants, read_literal, refusal, refusal_by_name, standing
from scraper.references import at_home, find_headers
from scraper.settings import FetchSettings, StorageSettings
from scraper.validate import Checker, settle
from scraper.values import is_ordinary

POSTGRESQL = "this version stores in SQLite; PostgreSQL comes with the postgres extra in a later version"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is around the files: the environment, and the folder that was asked for on the command line."""

    environ: Mapping[str, str]
    data_dir: FilePath | None = None


def read_storage(part: Part, around: Surroundings, checker: Checker) -> StorageSettings:
    """`[storage]`. `data_dir` is absolute; before the file go the command line and `BAYAN_DATA_DIR`, `BAYAN_STORAGE_URL`.

    Where nothing names a folder: systemd's `$STATE_DIRECTORY`, `$XDG_DATA_HOME/bayan`, `~/.local/share/bayan`.
    """
    keys, bad = checker.keys(StorageKeys, part)
    environ = around.environ
    folder = part.document.folder
    if around.data_dir is not None:
        data_dir = around.data_dir
    elif environ.get("BAYAN_DATA_DIR"):
        data_dir = at_home(environ["BAYAN_DATA_DIR"], environ)
    elif keys.data_dir:
        data_dir = folder / at_home(keys.data_dir, environ)
    else:
        data_dir = _usual_data_dir(part, environ, checker)
    try:
        data_dir = data_dir.absolute()
    except OSError:
        checker.findings.problem(part.at("data_dir"), "the current folder is gone, so a relative path leads nowhere")
    given = environ.get("BAYAN_STORAGE_URL", "")
    url, message = _storage_url(given or keys.url, data_dir)
    if message and given:
        checker.findings.outside("BAYAN_STORAGE_URL", message)
    elif message and "url" not in bad:
        checker.findings.problem(part.at("url"), message)
    return StorageSettings(
        url=url,
        data_dir=data_dir,
        backup_before_migrate=keys.backup_before_migrate,
        keep_statements=keys.keep_statements,
        keep_deliveries=keys.keep_deliveries,
        keep_raw=keys.keep_raw,
        max_raw=keys.max_raw,
    )


def read_fetch(part: Part, checker: Checker) -> FetchSettings:
    """`[fetch]`."""
    keys, bad = checker.keys(FetchKeys, part)
    for index, entry in enumerate(keys.allow_private):
        try:
            read_grants([entry])
        except ConfigError as error:
            problem = error.problems[0]
            checker.findings.problem(part.at("allow_private").at(index), problem.message, problem.hint)
    if keys.max_interval < keys.interval and not bad & {"interval", "max_interval"}:
        where = "max_interval" if "max_interval" in part.raw else "interval"
        checker.findings.problem(part.at(where), "max_interval must not be shorter than interval")
    _warn_of_password(keys.proxy, part.at("proxy"), checker)
    return settle(FetchSettings, keys)


def read_sources(
    parts: Mapping[str, Part], fetch: FetchSettings, time_zone: str, around: Surroundings, checker: Checker
) -> tuple[Source, ...]:
    """`[sources.ID]`, in the order of the files. What a source leaves out comes from `fetch` and the top-level time zone."""
    try:
        reach = read_grants(fetch.allow_private)
    except ConfigError:  # its own problem already
        reach = Reach()
    sources = tuple(_source(id_, part, fetch, time_zone, reach, around, checker) for id_, part in parts.items())
    first: dict[str, str] = {}
    for source in sources:
        address = canonical(source.url)
        if address and first.setdefault(address, source.id) != source.id:
            message = f"sources.{first[address]} polls the same address"
            checker.findings.warn(parts[source.id].at("url"), message)
    if sources and not any(source.enabled for source in sources):
        checker.findings.warn(next(iter(parts.values())).at("enabled"), "every source is switched off")
    return sources


def _source(
    id_: str, part: Part, fetch: FetchSettings, time_zone: str, reach: Reach, around: Surroundings, checker: Checker
) -> Source:
    kind = checker.kind(part, SOURCE_KINDS, "listing" if "select" in part.raw else "feed")
    keys, bad = checker.keys(SOURCE_KINDS[kind], part)
    channel = getattr(keys, "channel", "")
    if keys.url and "url" not in bad:
        _judge_address(keys, part, fetch, reach, checker)
    _warn_of_password(keys.proxy, part.at("proxy"), checker)
    interval = keys.interval or fetch.interval
    longest = keys.max_interval or max(fetch.max_interval, interval)
    if longest < interval and not bad & {"interval", "max_interval"}:
        checker.findings.problem(part.at("max_interval"), "must not be shorter than the interval")
    headers = find_headers(keys.headers, part.at("headers"), checker, around.environ)
    select, fields = getattr(keys, "select", None), getattr(keys, "fields", None)
    folder = ""
    if kind == "directory" and "path" not in bad:
        folder = _folder(getattr(keys, "path", ""), part, around, checker)
    return settle(
        Source,
        keys,
        id=id_,
        url=keys.url or (endpoint.preview(channel) if channel else FilePath(folder).as_uri() if folder else ""),
        path=folder,
        timezone=keys.timezone or time_zone,
        interval=interval,
        max_interval=longest,
        select=settle(Select, select) if select else None,
        fields=settle(Fields, fields) if fields else None,
        article=settle(ArticleRules, keys.article) if keys.article else None,
        headers=headers,
        robots=keys.robots or fetch.robots,
    )


def _folder(written: str, part: Part, around: Surroundings, checker: Checker) -> str:
    """The folder of a directory as an absolute path. It need not be there yet: a poll says so."""
    try:
        return str((part.document.folder / at_home(written, around.environ)).absolute())
    except OSError:
        checker.findings.problem(part.at("path"), "the current folder is gone, so a relative path leads nowhere")
        return ""


def _judge_address(keys: SourceKeys, part: Part, fetch: FetchSettings, reach: Reach, checker: Checker) -> None:
    """Refuse what no poll could ever reach: a private address as a literal, a local name, `.onion` without a proxy.

    Names that resolve to private addresses are refused when they are polled (docs/decisions/how-we-fetch.md).
    """
    if is_ordinary(keys.url):
        return
    from scraper.net.target import read_target

    origin = read_target(keys.url).origin
    if keys.allow_private:
        reach = replace(reach, own=origin)
    literal = read_literal(origin.host)
    if keys.proxy or fetch.proxy:
        refused = refusal_by_name(origin, reach)
    elif is_onion(origin.host):
        checker.findings.problem(part.at("url"), "an .onion address is reached through a proxy only", "set `proxy`")
        return
    elif literal is not None:
        refused = refusal(origin, (literal,), reach)
    elif origin.host.rstrip(".").rpartition(".")[2] == "localhost":
        refused = refusal_by_name(origin, reach)
    else:
        refused = ""
    if not refused:
        return
    verdict, name = standing(literal) if literal is not None else ("private", "a local name")
    if verdict == "never":
        network = f"{literal}/{128 if ':' in origin.host else 32}"
        message = f"{origin.host} is never reached by default ({name})"
        checker.findings.problem(part.at("url"), message, f'only [fetch] allow_private = ["{network}"] opens it')
    else:
        message = f"{origin.host} is not on the public internet ({name})"
        hint = f"add the line `allow_private = true` to [sources.{part.path[-1]}] if this is meant"
        checker.findings.problem(part.at("url"), message, hint)


def _warn_of_password(proxy: str, part: Part, checker: Checker) -> None:
    if "@" in proxy:
        checker.findings.warn(part, "the proxy's password stands in the file itself")


def _storage_url(url: str, data_dir: FilePath) -> tuple[str, str]:
    """The address with an absolute file, and what is wrong with it, or ""."""
    scheme = url.partition(":")[0].partition("+")[0].lower()
    if scheme in ("postgresql", "postgres"):
        return url, POSTGRESQL
    found = re.fullmatch(r"sqlite:///(.+)", url)
    if found is None or found[1] == ":memory:":
        if scheme == "sqlite":
            return url, "must name a file: sqlite:///bayan.db in the data folder, or sqlite:////absolute/path.db"
        return url, "is no store that this version knows: write sqlite:///bayan.db"
    if re.search(r"[?#%]", found[1]):
        return url, "must not hold ?, # or %"
    return f"sqlite:///{data_dir / found[1]}", ""


def _usual_data_dir(part: Part, environ: Mapping[str, str], checker: Checker) -> FilePath:
    state = environ.get("STATE_DIRECTORY", "").partition(":")[0]  # systemd joins several with colons
    if state:
        return FilePath(state)
    data = environ.get("XDG_DATA_HOME", "")
    if data.startswith("/"):  # the XDG specification: relative paths are to be ignored
        return FilePath(data) / "bayan"
    home = environ.get("HOME", "")
    if not home:
        checker.findings.problem(part.at("data_dir"), "there is no home folder to put it in", "set `data_dir`")
    return FilePath(home or "/") / ".local" / "share" / "bayan"
