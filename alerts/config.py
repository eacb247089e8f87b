"""Reads a configuration file whole: finds it, joins what it includes, and gives one valid value or all that is wrong.

    path -> document(s) -> without what is not built -> keys of each table -> values -> how they hang together -> Configuration

Nothing is global and nothing is created on disk. The environment is an argument.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from alerts import wiring
from alerts.channel_keys import check_fallbacks, judge_token, read_channel
from alerts.hour_keys import QuietHoursKeys
from alerts.hours import DigestTimes, QuietHours, Storm
from alerts.keys import (
    BotKeys,
    ChangesKeys,
    DeliveryKeys,
    FloodKeys,
    HealthKeys,
    LoggingKeys,
    RouteKeys,
    TopKeys,
)
from alerts.model import Actor, Keywords, Route
from alerts.settings import (
    BotSettings,
    ChannelSettings,
    Configuration,
    DeliverySettings,
    HealthSettings,
    LoggingSettings,
)
from alerts.unbuilt import NOT_BUILT, later_keys, without_unbuilt
from alerts.vital_keys import ServiceKeys, read_canary, read_service
from alerts.watchlists import read_actors, read_keywords
from scraper.blocks import expanded
from scraper.config import Surroundings, read_fetch, read_sources, read_storage
from scraper.document import Document, Part, read_document
from scraper.errors import ConfigError, Problem
from scraper.model import Source
from scraper.references import find_secret
from scraper.settings import ChangesSettings, FloodSettings
from scraper.validate import Checker, kind_of, names, settle

TABLES = (
    "storage",
    "fetch",
    "health",
    "flood",
    "changes",
    "sources",
    "actors",
    "keywords",
    "channels",
    "bot",
    "routes",
    "quiet_hours",
    "delivery",
    "service",
    "canary",
    "logging",
)
INCLUDED_TABLES = ("sources", "actors", "keywords")
MAX_INCLUDED = 1_000
MAX_INCLUDED_CHARACTERS = 32 * 1024 * 1024


def find(asked: Path | None, environ: Mapping[str, str]) -> Path:
    """The configuration file to read: `asked`, `$BAYAN_CONFIG`, or the first that is there of `./config.toml`,
    `$XDG_CONFIG_HOME/bayan/config.toml` (`~/.config/...`) and `/etc/bayan/config.toml`.

    A file that was asked for is not looked up here: reading it says what is wrong with it. Raises `ConfigError`.
    """
    if asked is not None:
        return asked
    if environ.get("BAYAN_CONFIG"):
        return Path(environ["BAYAN_CONFIG"])
    home = environ.get("XDG_CONFIG_HOME", "")
    if not home.startswith("/") and environ.get("HOME"):
        home = str(Path(environ["HOME"]) / ".config")
    places = [
        Path("config.toml"),
        *([Path(home) / "bayan" / "config.toml"] if home else []),
        Path("/etc/bayan/config.toml"),
    ]
    for place in places:
        try:
            if place.is_file():
                return place
        except OSError:  # it is there and may not be looked at: reading it says so
            return place
    looked = ", ".join(str(place) for place in places)
    raise ConfigError(
        [Problem("config.toml", 0, 0, "", f"there is none (looked for {looked})", "`bayan init` writes a first one")]
    )


def load(path: Path, environ: Mapping[str, str], *, data_dir: Path | None = None) -> Configuration:
    """The configuration in the file at `path`. `data_dir` is the folder that was asked for on the command line.

    Raises `ConfigError` with all problems, in the order of the files and their lines.
    """
    checker = Checker()
    document = read_document(path)
    top = without_unbuilt(Part(document, (), document.data), checker.findings)
    first = _top(top, checker)
    tables = {
        name: _table(top, name, checker)
        for name in TABLES
        if name not in (*INCLUDED_TABLES, "channels", "routes", "quiet_hours")
    }
    joined = {name: _ids(top, name, checker) for name in (*INCLUDED_TABLES, "channels", "quiet_hours")}
    for included in _included(first, top, checker):
        _join(included, joined, checker)
    around = Surroundings(environ, data_dir)
    storage = read_storage(tables["storage"], around, checker)
    fetch = read_fetch(tables["fetch"], checker)
    written = joined["sources"]
    joined["sources"], members = expanded(written, checker)
    sources = read_sources(joined["sources"], fetch, first.timezone, around, checker)
    actors = read_actors(joined["actors"], checker)
    tags = _tags(document.data.get("sources")) + _tags({id_: part.raw for id_, part in joined["sources"].items()})
    keywords = read_keywords(joined["keywords"], joined["actors"], [*joined["sources"]], checker, tags)
    later = later_keys("channels.*")
    channels = tuple(read_channel(id_, part, later, environ, checker) for id_, part in joined["channels"].items())
    known = _known(document, top, joined, written, tags)
    check_fallbacks(channels, joined["channels"], known.channels, checker)
    quiet = tuple(_quiet(id_, part, first.timezone, checker) for id_, part in joined["quiet_hours"].items())
    bot = _bot(top, channels, around, checker)
    _check_speakers(sources, joined["sources"], known, checker)
    routes = [
        (replace(route, sources=tuple(one for id_ in route.sources for one in members.get(id_, (id_,)))), part, whole)
        for route, part, whole in _routes(top, known, first.timezone, checker)
    ]
    wiring.check_reach([(route, part) for route, part, whole in routes if whole], sources, known, checker)
    health, _ = checker.keys(HealthKeys, tables["health"], later_keys("health"))
    _check_notified(health.notify, tables["health"], known, checker)
    used = replace(known, channels=joined["channels"])
    canary = read_canary(tables["canary"], known.channels, checker)
    heard = [*health.notify, *([canary.channel] if canary else []), *(one.fallback for one in channels)]
    wiring.warn_of_loose_ends([route for route, _, _ in routes], heard, used, actors, keywords, checker)
    _enough(top, known, checker)
    flood, _ = checker.keys(FloodKeys, tables["flood"], later_keys("flood"))
    changes, _ = checker.keys(ChangesKeys, tables["changes"], later_keys("changes"))
    delivery, _ = checker.keys(DeliveryKeys, tables["delivery"], later_keys("delivery"))
    service = read_service(tables["service"], later_keys("service"), environ, checker)
    logging = _logging(tables["logging"], storage.data_dir, environ, checker)
    checker.findings.raise_problems()
    return Configuration(
        path=path,
        timezone=first.timezone,
        language=first.language,
        storage=storage,
        fetch=fetch,
        sources=sources,
        actors=actors,
        keywords=keywords,
        channels=channels,
        routes=tuple(route for route, _, _ in routes),
        health=settle(HealthSettings, health),
        flood=settle(FloodSettings, flood),
        changes=settle(ChangesSettings, changes),
        delivery=settle(DeliverySettings, delivery, storm=settle(Storm, delivery.storm) if delivery.storm else Storm()),
        service=service,
        canary=canary,
        logging=logging,
        bot=bot,
        quiet_hours=quiet,
        warnings=checker.findings.warnings(),
    )


def _known(
    document: Document,
    top: Part,
    joined: Mapping[str, dict[str, Part]],
    written: Mapping[str, Part],
    tags: Sequence[str],
) -> wiring.Known:
    """What routes and others may name, each with its place; what could not be read is there, too, and is no second problem.
    `written` are the sources as they stand in the files, before some of them became several."""
    return wiring.Known(
        {**dict.fromkeys(_raw_ids(document, "sources"), top), **written, **joined["sources"]},
        joined["actors"],
        joined["keywords"],
        {**dict.fromkeys(_raw_ids(document, "channels"), top), **joined["channels"]},
        dict.fromkeys(tags),
        top,
        joined["quiet_hours"],
    )


def _check_speakers(
    sources: Iterable[Source], parts: Mapping[str, Part], known: wiring.Known, checker: Checker
) -> None:
    """Those for whom a source speaks are actors."""
    for source in sources:
        for index, actor in enumerate(source.speaks_for):
            if actor not in known.actors:
                checker.unknown(parts[source.id].at("speaks_for").at(index), "actor", dict(known.actors))


def _check_notified(channels: Iterable[str], part: Part, known: wiring.Known, checker: Checker) -> None:
    """Those who hear of trouble are channels."""
    for index, channel in enumerate(channels):
        if channel not in known.channels:
            checker.unknown(part.at("notify").at(index), "channel", dict(known.channels))


def load_watchlists(path: Path) -> tuple[tuple[Actor, ...], tuple[Keywords, ...]]:
    """What `path`, a file with `[actors.*]` and `[keywords.*]` only, watches. Raises `ConfigError` with all problems."""
    checker = Checker()
    document = read_document(path)
    top = without_unbuilt(Part(document, (), document.data), checker.findings)
    for key, part in top.tables():
        if key not in ("actors", "keywords"):
            hint = checker.intended.hint(key, ("actors", "keywords"))
            checker.findings.problem(part, "a watchlist has only [actors.ID] and [keywords.ID]", hint)
    known = _ids(top, "actors", checker)
    actors = read_actors(known, checker)
    keywords = read_keywords(_ids(top, "keywords", checker), known, None, checker)
    checker.findings.raise_problems()
    return actors, keywords


def _top(top: Part, checker: Checker) -> TopKeys:
    """The keys above the first table; also says which tables are none of ours."""
    keys = {key: value for key, value in top.raw.items() if key not in TABLES}
    tables = (*TABLES, *(key for key in NOT_BUILT if "." not in key))
    for key in [key for key, value in keys.items() if isinstance(value, dict | list) and key not in names(TopKeys)]:
        if isinstance(keys.pop(key), dict) or kind_of(top.raw[key]).endswith(")"):
            singular = key + "s" if key + "s" in TABLES else ""
            hint = f'did you mean "{singular}"?' if singular else checker.intended.hint(key, tables)
            checker.findings.problem(top.at(key), "is not a known table", hint)
        else:
            checker.findings.problem(
                top.at(key), "is not a known key", checker.intended.hint(key, (*names(TopKeys), *tables))
            )
    for key in [key for key, value in keys.items() if key not in names(TopKeys)]:
        del keys[key]
        hint = checker.intended.hint(key, names(TopKeys)) or _home_of(key)
        checker.findings.problem(top.at(key), "is not a known key", hint)
    first, _ = checker.keys(TopKeys, Part(top.document, (), keys))
    return first


def _home_of(key: str) -> str:
    """Which table a key belongs to that stands above the first table."""
    from scraper.keys import FetchKeys, StorageKeys

    for table, model in (
        ("storage", StorageKeys),
        ("fetch", FetchKeys),
        ("health", HealthKeys),
        ("flood", FloodKeys),
        ("changes", ChangesKeys),
        ("delivery", DeliveryKeys),
        ("bot", BotKeys),
        ("service", ServiceKeys),
        ("logging", LoggingKeys),
    ):
        if key in names(model):
            return f"it belongs under [{table}]"
    return ""


def _table(top: Part, name: str, checker: Checker) -> Part:
    """The table `name`, empty where it is left out."""
    part = top.at(name)
    if name not in top.raw:
        return Part(part.document, part.path, {})
    if not isinstance(part.raw, dict):
        checker.findings.problem(part, f"must be a table, not {kind_of(part.raw)}", f"write [{name}] above its keys")
        return Part(part.document, part.path, {})
    return part


def _ids(top: Part, name: str, checker: Checker) -> dict[str, Part]:
    what = {"sources": "source", "actors": "actor", "keywords": "keyword list", "channels": "channel"}.get(name, name)
    return checker.ids(top.at(name), what) if name in top.raw else {}


def _raw_ids(document: Document, name: str) -> tuple[str, ...]:
    """Every id under `name`, also of tables that were taken out because their kind is not built."""
    raw = document.data.get(name)
    return tuple(raw) if isinstance(raw, dict) else ()


def _tags(sources: object) -> tuple[str, ...]:
    """Every tag in the tables of `sources`, whatever else is wrong there."""
    tables = sources.values() if isinstance(sources, dict) else ()
    lists = (table.get("tags") for table in tables if isinstance(table, dict))
    return tuple(tag for tags in lists if isinstance(tags, list) for tag in tags if isinstance(tag, str))


def _included(first: TopKeys, top: Part, checker: Checker) -> list[Part]:
    """The top of every included file, in the order of the patterns, each file once."""
    folder = top.document.folder
    found: dict[str, Part] = {}
    for index, pattern in enumerate(first.include):
        here = top.at("include").at(index)
        try:
            files = sorted(glob.glob(pattern, root_dir=folder))  # noqa: PTH207 - Path.glob knows no absolute patterns
        except ValueError:
            files = []
        if not files:
            glob_like = any(mark in pattern for mark in "*?[")
            (checker.findings.warn if glob_like else checker.findings.problem)(here, f'there is no file "{pattern}"')
        for file in files:
            path = folder / file
            if str(path) in found or os.path.realpath(path) == os.path.realpath(top.document.file):
                continue
            if len(found) >= MAX_INCLUDED:
                checker.findings.problem(here, f"more than {MAX_INCLUDED:,} files are included")
                return list(found.values())
            try:
                document = read_document(path)
            except ConfigError as error:
                checker.findings.elsewhere(error.problems)
                continue
            found[str(path)] = without_unbuilt(Part(document, (), document.data), checker.findings)
            if sum(len(part.document.text) for part in found.values()) > MAX_INCLUDED_CHARACTERS:
                checker.findings.problem(here, "the included files are larger than 32 MiB together")
                return list(found.values())
    return list(found.values())


def _join(included: Part, joined: dict[str, dict[str, Part]], checker: Checker) -> None:
    """Adds what an included file holds; an id that is there already is a problem, never an override."""
    for key, part in included.tables():
        if key not in INCLUDED_TABLES:
            hint = checker.intended.hint(key, INCLUDED_TABLES)
            message = "an included file has only [sources.ID], [actors.ID] and [keywords.ID]"
            checker.findings.problem(part, message, hint)
            continue
        for id_, below in _ids(included, key, checker).items():
            if id_ in joined[key]:
                checker.findings.problem(
                    below, f"stands in {joined[key][id_].document.file} too", "nothing is overridden"
                )
            else:
                joined[key][id_] = below


def _quiet(id_: str, part: Part, timezone: str, checker: Checker) -> QuietHours:
    keys, bad = checker.keys(QuietHoursKeys, part)
    if not bad and keys.start == keys.end:
        checker.findings.problem(part.at("to"), "is when they begin, too", "write two different times")
    return settle(QuietHours, keys, id=id_, timezone=timezone)


def _bot(
    top: Part, channels: tuple[ChannelSettings, ...], around: Surroundings, checker: Checker
) -> BotSettings | None:
    """`[bot]`, None where there is none. Its token is that of the channels, where they have one between them."""
    if "bot" not in top.raw:
        return None
    part = _table(top, "bot", checker)
    keys, bad = checker.keys(BotKeys, part)
    token, api_base = None, keys.api_base
    if keys.token is not None and "token" not in bad:
        token = find_secret(keys.token, part.at("token"), checker, around.environ)
    elif "token" not in bad:
        bots = {channel.token.reveal(): channel for channel in channels if channel.token is not None}
        if len(bots) == 1:
            (channel,) = bots.values()
            token, api_base = channel.token, api_base or channel.api_base
        else:
            message = "needs a token: " + ("the channels have different ones" if bots else "no channel has one")
            checker.findings.problem(part.at("token"), message, 'add token = { env = "BAYAN_TELEGRAM_TOKEN" }')
    if token is not None:
        judge_token(token.reveal(), api_base, part.at("token"), checker)
    if not keys.admins and not bad:
        checker.findings.warn(part, "has no admin, so nobody can enrol anybody", "add admins = [YOUR NUMERIC USER ID]")
    return settle(BotSettings, keys, token=token, api_base=api_base)


def _routes(top: Part, known: wiring.Known, timezone: str, checker: Checker) -> list[tuple[Route, Part, bool]]:
    """`[[routes]]` in order, each with whether all of its keys could be read."""
    part = top.at("routes")
    if "routes" not in top.raw:
        return []
    if not isinstance(part.raw, list):
        checker.findings.problem(
            part, f"must be a list of tables, not {kind_of(part.raw)}", "write [[routes]] above each"
        )
        return []
    routes = []
    seen: dict[str, int] = {}
    for index in range(len(part.raw)):
        below = part.at(index)
        keys, bad = checker.keys(RouteKeys, below, later_keys("routes.*"))
        digest = None if keys.digest is None else settle(DigestTimes, keys.digest, timezone=timezone)
        route = settle(Route, keys, digest=digest)
        wiring.check_references(route, below, known, checker)
        if keys.name and seen.setdefault(keys.name, index) != index:
            checker.findings.problem(below.at("name"), f"routes[{seen[keys.name]}] has the same name")
        routes.append((route, below, not bad))
    return routes


def _enough(top: Part, known: wiring.Known, checker: Checker) -> None:
    """Without a source there is nothing to poll, without a channel nobody to tell."""
    if not known.sources:
        checker.findings.problem(top.at("sources"), "there is no source", "add [sources.ID] with kind and url")
    if not known.channels:
        hint = 'add [channels.screen] with kind = "console"'
        checker.findings.problem(top.at("channels"), "there is no channel", hint)


def _logging(part: Part, data_dir: Path, environ: Mapping[str, str], checker: Checker) -> LoggingSettings:
    level = environ.get("BAYAN_LOG_LEVEL", "")
    if level:
        allowed = ("debug", "info", "warning", "error")
        if level.lower() in allowed:
            part = Part(part.document, part.path, {**part.raw, "level": level.lower()})
        else:
            hint = checker.intended.hint(level, allowed)
            checker.findings.outside("BAYAN_LOG_LEVEL", 'must be one of "debug", "info", "warning", "error"', hint)
    keys, _ = checker.keys(LoggingKeys, part, later_keys("logging"))
    return settle(LoggingSettings, keys, file=str(data_dir / keys.file) if keys.file else "")
