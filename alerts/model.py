"""The values that walk the second half of the street: Actor, Keywords, Match, Alert, Message, Delivery.

All are frozen. Positions are code points `[start, end)` of the original text; UTF-16 exists only inside `alerts/channels/telegram.py`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from alerts.hours import DigestTimes
from scraper.model import Statement

Field = Literal["title", "body"]
Tier = Literal["A", "B", "C", "query"]
Role = Literal["speaker", "mentioned"]
Priority = Literal["urgent", "high", "normal", "low"]
PRIORITIES: tuple[Priority, ...] = ("urgent", "high", "normal", "low")
GroupBy = Literal["story", "none"]
DeliveryKind = Literal["alert", "also", "edit", "removal", "digest", "notice", "relay"]
DeliveryState = Literal["pending", "claimed", "unconfirmed", "held", "sent", "failed", "dropped"]
"""`dropped` is what a person chose not to send: it stays, so that it never rings again by itself."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or group that is watched. Names are as the configuration writes them, in any script.

    `weak_aliases` are too short or common to ring alone: they count only when a full alias (`name`, `aliases`) or a
    word of `context` stands in the same statement. `acronyms` are whole words, case as written, under the same
    condition. A hit inside a phrase of `not_near` is ignored.
    """

    id: str
    type: Literal["person", "group"]
    name: str
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()
    acronyms: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    not_near: tuple[str, ...] = ()
    member_of: tuple[str, ...] = ()
    role: str = ""
    priority: Priority = "normal"


@dataclass(frozen=True, slots=True)
class Keywords:
    """A list of words and phrases. `any` rings when one occurs, unless one of `none` does. A star at the end is a prefix.

    `query` is a rule in the language of `docs/rules.md`; where there is one, the lists are empty.
    """

    id: str
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ("title", "body")
    languages: tuple[str, ...] = ()
    priority: Priority = "normal"
    query: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Where and why a watchlist met a statement.

    `rule` is a keyword list's id and None for an actor's match; `actor` the other way round. `start`, `end` and `surface`
    are in the original text of `field`; a rule that fired by filters alone has `surface` "" and stands nowhere
    (`start` and `end` are 0). `pattern` is the alias or keyword as configured, `steps` what was done to meet
    it ("folded", "clitic wa-", "weak: with Asa'ib Ahl al-Haqq").
    """

    rule: str | None
    actor: str | None
    tier: Tier
    role: Role | None
    field: Field
    start: int
    end: int
    surface: str
    pattern: str
    steps: tuple[str, ...] = ()

    @property
    def watch(self) -> str:
        """What rang, as one word for routes and the store: `@actor` or the keyword list's id."""
        return f"@{self.actor}" if self.actor is not None else str(self.rule)

    @property
    def owner(self) -> str:
        """The chat that made the watch for itself; "" where the configuration did."""
        return owner(self.actor if self.actor is not None else str(self.rule))


def owner(id_: str) -> str:
    """The chat that an actor, a rule or a route belongs to: what is made in a chat has an id of the form `chat:NUMBER/NAME`."""
    chat, slash, _ = id_.partition("/")
    return chat if slash and chat.startswith("chat:") else ""


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the routing table. An empty condition holds for everything; `channels` are configured ids.

    A route sees only the matches of its owner: the configuration's routes those of its watchlists, a chat's those of its own."""

    name: str
    channels: tuple[str, ...]
    actors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    require: Literal["any", "all"] = "any"
    sources: tuple[str, ...] = ()
    source_tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    priority: Priority | None = None
    """The priority that it gives to its alerts; None leaves that of what matched."""
    priorities: tuple[Priority, ...] = ()
    """Only what has one of these priorities by what matched; () is any."""
    proceed: bool = False
    """`continue = true` in the file: later routes are read too."""
    role: Role | None = None
    """Only statements in which an actor that the route counts speaks, or is only mentioned; None is either."""
    group_by: GroupBy = "story"
    """Whether a copy from another source is added to the first alert of its story, or rings by itself."""
    quiet_hours: str = ""
    """The id of the hours in which its alerts wait; "" for none."""
    digest: DigestTimes | None = None
    """When its alerts are told together; None: each by itself, at once."""


@dataclass(frozen=True, slots=True)
class Ring:
    """What routing decided: this channel is told, because of these routes, this urgently."""

    channel: str
    routes: tuple[str, ...]
    priority: Priority
    grouped: bool = True
    """False where one of the routes rings for every copy."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A source that carries a statement, by the name that people know, and when it was first seen there."""

    source: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """One statement for one recipient, with all its matches: everything `message.draw` needs, and nothing else."""

    statement: Statement
    source_name: str
    matches: tuple[Match, ...]
    actors: tuple[Actor, ...]
    """The actors of `matches`, first met first."""
    routes: tuple[str, ...]
    tag: str
    """Short and stable, for people: `A7F3-21`."""
    delayed: timedelta | None = None
    """How late it is, where a person should know (an outage); None where it is on time."""
    may_repeat: bool = False
    """True where an earlier attempt perhaps arrived: the message says "may repeat"."""
    groups: tuple[Actor, ...] = ()
    """The configured groups that `actors` name in `member_of`: only their names are used."""
    carried: tuple[Carried, ...] = ()
    """All sources that carry the statement, the alert's own too, first seen first; () where it is the only one."""
    news: str = ""
    """Why it rings though its story rang before: what it says that is new."""
    follows: str = ""
    """The tag of the first alert of its story, where this one rings afresh."""
    edited_at: datetime | None = None
    removed_at: datetime | None = None
    """Since when the statement is another one than this alert shows, or gone."""
    relayed: tuple[str, datetime | None] | None = None
    """The channel that it is told for here, and since when that takes no messages; None where it is its own."""
    meanwhile: tuple[str, datetime] | None = None
    """Through which channel it was told before, while its own took no messages, and when."""


Part = Literal["actor", "source", "published", "first_seen", "link", "original_and_folded_match"]
PARTS: tuple[Part, ...] = ("actor", "source", "published", "first_seen", "link", "original_and_folded_match")
"""What an alert may leave out; the headline, the passage, the tag and everything that warns always stand there."""

Style = Literal["bold", "italic", "underline", "code", "quote", "link", "time", "strike"]


@dataclass(frozen=True, slots=True)
class Span:
    """A styled stretch of a message's text, in code points. `url` belongs to links, `at` and `format` to times."""

    start: int
    end: int
    style: Style
    url: str = ""
    at: datetime | None = None
    format: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A text file with a plain name."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Key:
    """A button under a message: what it says, and what it does: `data` comes back to us, `url` opens a page."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What a message tells, as values, for channels whose readers are programs. `delivery` is the store's number of it."""

    delivery: int
    kind: DeliveryKind
    attempt: int
    created_at: datetime
    may_repeat: bool
    alerts: tuple[Alert, ...] = ()
    """The alerts that it tells: one, in a digest several, in a notice none."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel is handed: text and its spans, within 4,096 UTF-16 units, isolates balanced. Same in, same out."""

    text: str
    spans: tuple[Span, ...] = ()
    silent: bool = False
    edits: str = ""
    """The receipt of the message in whose place this one is put; "" where it is a message of its own."""
    reply_to: str = ""
    """The receipt of the message that this one answers; where that is gone, it stands alone."""
    keys: tuple[tuple[Key, ...], ...] = ()
    """Rows of buttons, where the channel has such."""
    file: File | None = None
    """A file that the message goes with: it then has at most 1,024 UTF-16 units."""
    about: About | None = None
    """None where it is about no delivery, as a message that only tries a channel."""

    @property
    def digest(self) -> str:
        """What a reader sees of it, in short: two messages that look the same have the same."""
        return hashlib.sha256(repr((self.text, self.spans, self.keys)).encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a message arrived: the other side's id of it."""

    message_id: str


class Channel(Protocol):
    """A configured destination. One method; its errors are the four of `alerts/errors.py`, and nothing else leaves it."""

    async def send(self, message: Message) -> Receipt:
        """Put one message there. Raises `TryLater`, `MessageRefused`, `RecipientGone` or `ChannelDown`."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert (or notice) on its way, as claimed from the outbox: `attempt` names this try, and only it may settle it."""

    id: int
    channel: str
    kind: DeliveryKind
    subject: str
    statement: int | None
    revision: int
    attempt: int
    may_repeat: bool
    created_at: datetime
    due_at: datetime
    routes: tuple[str, ...] = ()
    text: str = ""
    """The words of a notice; "" for an alert, which is drawn from its statement when it is sent."""
    plain: bool = False
    """True where the styled form was refused once: this time without spans."""
