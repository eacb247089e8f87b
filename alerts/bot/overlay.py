"""The configuration in force: the file's, and what the chats made beside it. Pure.

    configuration + enrolled chats + their watches -> one configuration, as if all of it stood in the file

Neither edits the other's. What a chat watches rings in that chat only: its ids begin with the chat's own (`chat:NUMBER/NAME`), and
its route sees nothing else (`alerts/model.py`, `owner`).
"""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import time
from typing import Any, Final, TypeVar

from alerts.bot.chats import Chat, ChatBook
from alerts.bot.naming import is_whole
from alerts.bot.watches import Watch
from alerts.hours import EVERY_DAY, DigestTimes, Plan, QuietHours
from alerts.model import Actor, Keywords, Role, Route
from alerts.route import EVERYTHING
from alerts.settings import ChannelSettings, Configuration

T = TypeVar("T")

ONLY: Final = "only"
"""The key of a chat's actor that rings only where it speaks ("speaker"), or only where it does not ("mentioned")."""
OWN = "watchlist"
"""The last part of the name of a chat's route: people read "this chat's watchlist"."""


def overlaid(config: Configuration, book: ChatBook) -> Configuration:
    """`config` with the channels, watchlists, routes and languages of the chats. The same in, the same out.

    A rule that names an actor who is watched no more rests: it is left out (`alerts/bot/naming.py`).

    A chat that a configured channel reaches (with its topic, where it has one) is that channel. Without a bot nothing is added.
    """
    if config.bot is None or config.bot.token is None:
        return config
    config = _followed(config, book.moved)
    channels = {channel.id: channel for channel in config.channels}
    reached: dict[str, str] = {}
    for chat in book.chats:
        reached[chat.id] = channel_of(chat, config)
        channels.setdefault(reached[chat.id], _channel(chat, config))
    routes = config.routes or (Route(name=EVERYTHING, channels=tuple(channel.id for channel in config.channels)),)
    actors, keywords, own = [*config.actors], [*config.keywords], []
    filed = {one.id: "" for one in config.actors}
    for chat in book.chats:
        mine = [watch for watch in book.watches if watch.chat == chat.id]
        actors += [actor(watch) for watch in mine if watch.kind == "actor"]
        rules = [rule(watch) for watch in mine if watch.kind == "rule"]
        known = ChainMap({one.slug: "" for one in mine if one.kind == "actor"}, filed)
        keywords += [one for one in rules if not one.query or is_whole(one.query, known)]
        if mine:
            own += _routes(chat, mine, reached[chat.id])
    plans = {reached[chat.id]: plan_of(chat, config) for chat in book.chats if chat.quiet or chat.digest}
    spoken = {chat.id: chat.language for chat in book.chats if chat.language}
    languages = {
        id_: spoken[one.chat] for id_, one in channels.items() if one.kind == "telegram" and one.chat in spoken
    }
    if not own and not plans and not languages and len(channels) == len(config.channels):
        return config
    return replace(
        config,
        channels=tuple(channels.values()),
        actors=tuple(actors),
        keywords=tuple(keywords),
        routes=(*routes, *own),
        own_plans=plans,
        own_languages=languages,
    )


def _routes(chat: Chat, mine: Sequence[Watch], channel: str) -> list[Route]:
    """The routes by which a chat hears of its own: one, and one more for the actors that ring in one role only."""
    first = Route(name=own_id(chat.id, OWN), channels=(channel,), proceed=True)
    roles: dict[Role, list[str]] = {"speaker": [], "mentioned": []}
    free: list[str] = []
    rules: list[str] = []
    for watch in mine:
        id_ = own_id(chat.id, watch.slug)
        if watch.kind == "rule":
            rules.append(id_)
        else:
            roles.get(watch.definition.get(ONLY, ""), free).append(id_)
    if not any(roles.values()):
        return [first]
    routes = [replace(first, actors=tuple(free), keywords=tuple(rules))] if free or rules else []
    return routes + [
        replace(first, name=own_id(chat.id, role), actors=tuple(ids), role=role) for role, ids in roles.items() if ids
    ]


def _followed(config: Configuration, moved: Mapping[str, str]) -> Configuration:
    """With the new ids of groups that became supergroups: what the file names is not there any more."""
    if not any(channel.chat in moved for channel in config.channels):
        return config
    channels = tuple(replace(channel, chat=moved.get(channel.chat, channel.chat)) for channel in config.channels)
    return replace(config, channels=channels)


def own_id(chat: str, slug: str) -> str:
    """The id of something that this chat made."""
    return f"chat:{chat}/{slug}"


def channel_of(chat: Chat, config: Configuration) -> str:
    """The id of the channel that this chat is."""
    for channel in config.channels:
        if channel.kind == "telegram" and channel.chat == chat.id and channel.topic == chat.topic:
            return channel.id
    return chat.channel


def plan_of(chat: Chat, config: Configuration) -> Plan:
    """When a chat wants to hear, as it chose: `{"from", "to", "days", "then"}` and `{"at", "days"}`, times as "HH:MM"."""
    zone = chat.timezone or config.timezone
    quiet, digest = _read(chat.quiet), _read(chat.digest)
    return Plan(
        quiet=None
        if not quiet
        else QuietHours(
            "chat",
            time.fromisoformat(quiet["from"]),
            time.fromisoformat(quiet["to"]),
            zone,
            frozenset(quiet.get("days", EVERY_DAY)),
            quiet.get("then", "digest"),
        ),
        digest=None
        if not digest
        else DigestTimes(
            tuple(time.fromisoformat(one) for one in digest["at"]), zone, frozenset(digest.get("days", EVERY_DAY))
        ),
    )


def _read(said: str) -> dict[str, Any]:
    return dict(json.loads(said)) if said else {}


def actor(watch: Watch) -> Actor:
    """An actor as a chat defined it, under its own id. Keys that this version does not know are left out."""
    return _made(Actor, watch, {"type": "person", "name": watch.slug})


def rule(watch: Watch) -> Keywords:
    """A list or rule as a chat defined it, under its own id."""
    definition = dict(watch.definition)
    if "in" in definition:
        definition["fields"] = definition.pop("in")
    return _made(Keywords, replace(watch, definition=definition), {})


def _made(kind: type[T], watch: Watch, default: Mapping[str, Any]) -> T:
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    known = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in watch.definition.items()
        if name in names and name != "id"
    }
    return kind(**{**default, **known, "id": own_id(watch.chat, watch.slug)})


def _channel(chat: Chat, config: Configuration) -> ChannelSettings:
    assert config.bot is not None
    return ChannelSettings(
        id=chat.channel,
        kind="telegram",
        token=config.bot.token,
        chat=chat.id,
        topic=chat.topic,
        api_base=config.bot.api_base,
    )
