"""Every key of the configuration but `[storage]`, `[fetch]` and `[sources.*]`, which are in `scraper/keys.py`.

The one place to add a key: the reader, `bayan config schema`, `bayan config show` and the tables of
docs/configuration.md follow from here. Field names are those of the settings they become; where the key is written
otherwise (`in`, `continue`), it is the field's alias.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from alerts.hour_keys import DigestKeys, StormKeys
from alerts.model import Actor, Keywords, Part, Priority, Route
from alerts.model import Field as TextField
from alerts.settings import (
    BotSettings,
    DeliverySettings,
    HealthSettings,
    LoggingSettings,
)
from alerts.vital_keys import Weekly
from scraper.settings import ChangesSettings, FloodSettings
from scraper.validate import REQUIRED, Keys
from scraper.values import (
    Called,
    Duration,
    DurationOrZero,
    FilledText,
    Language,
    SecretReference,
    Tag,
    Text,
    TimeZone,
    UrlOrNothing,
    Written,
    plain_text,
    wrong,
)

HEALTH = HealthSettings()
FLOOD = FloodSettings()
CHANGES = ChangesSettings()
DELIVERY = DeliverySettings()
LOGGING = LoggingSettings()
ACTOR = Actor(id="", type="person", name="")
KEYWORDS = Keywords(id="")
ROUTE = Route(name="", channels=())
BOT = BotSettings()


def _name(text: str) -> str:
    if not any(letter.isalnum() for letter in text):
        raise wrong("must hold a letter or a digit")
    if len(text) > 200:
        raise wrong("is longer than 200 characters")
    return text


def _keyword(text: str) -> str:
    """A word or phrase; one star, at the end, after at least three letters of its last word."""
    stem = text.removesuffix("*")
    if "*" in stem:
        raise wrong("a star may stand only once, at the end")
    if stem != text:
        letters = "".join(c for c in stem if not unicodedata.combining(c) and c not in "'’ʼʿʾ`")
        last = re.search(r"[^\W_]*$", letters)
        if last is None or len(last[0]) < 3:
            raise wrong("a star needs at least three letters before it")
    return _name(text)


def _rate(raw: Any) -> int:
    found = re.fullmatch(r"([0-9]{1,4}) ?/ ?min", raw) if isinstance(raw, str) else None
    if found is None or not 1 <= int(found[1]) <= 1_000:
        raise wrong('must be messages a minute, as in "20/min"')
    return int(found[1])


def _first_run(raw: Any) -> int:
    """How many headlines of a first look are shown."""
    found = re.fullmatch(r"latest:([1-9]|10)", raw) if isinstance(raw, str) else None
    if raw == "send":
        raise wrong(
            'is refused: the first look at a source never rings; "latest:3" shows its newest headlines, silently'
        )
    if found is None and raw != "remember":
        raise wrong('must be "remember", or "latest:3" with a number up to 10')
    return int(found[1]) if found else 0


def _form(number: int) -> int:
    if number > 1:
        raise wrong("was written for a newer version of this program, which reads form 1 only")
    if number < 1:
        raise wrong("must be 1")
    return number


Form = Annotated[int, AfterValidator(_form)]
Name = Annotated[str, AfterValidator(plain_text), AfterValidator(_name)]
Keyword = Annotated[str, AfterValidator(plain_text), AfterValidator(_keyword)]
Rate = Annotated[
    int,
    PlainValidator(_rate),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,4} ?/ ?min$"}),
    Written(lambda rate: f"{rate}/min"),
    Called("rate"),
]

FirstRun = Annotated[
    int,
    PlainValidator(_first_run),
    WithJsonSchema({"type": "string", "pattern": "^(remember|latest:([1-9]|10))$"}),
    Written(lambda count: f"latest:{count}" if count else "remember"),
    Called('"remember" or "latest:N"'),
]

PersonId = Annotated[int, Field(ge=1, lt=2**52)]


class TopKeys(Keys):
    """Keys above the first table."""

    config_version: Form = Field(1, description="The form of this file. This version reads form 1.")
    timezone: TimeZone = Field("UTC", description="Undated local times are read in it, and times are shown in it.")
    language: Literal["en", "ar", "fa", "fr"] = Field(
        "en", description="Language of the bot's own words, where a chat has not chosen its own."
    )
    include: list[FilledText] = Field(
        [],
        description="More files with `[sources.*]`, `[actors.*]` and `[keywords.*]`: paths from this file's folder, `*` allowed. "
        "Nothing is overridden: an id stands in one file only.",
    )


class HealthKeys(Keys):
    """When the operator is told that a source is broken."""

    failures: int = Field(HEALTH.failures, ge=1, le=1_000, description="This many failed polls in a row.")
    silent_after: Duration | None = Field(
        HEALTH.silent_after,
        description="Nothing new for this long, or for longer than the source's own habit where that is slower; a source may "
        "say its own. Default: the habit alone, once enough is known of it.",
    )
    empty_list: bool = Field(
        HEALTH.empty_list,
        description="Also after three polls of a page that loads and lists nothing any more: its layout has changed.",
    )
    notify: list[Text] = Field([], description="The channels that are told, by id.")
    weekly: Weekly = Field(
        HEALTH.weekly,
        description="When they get the weekly note, in the file's zone: what never rings, what rings too often, what stands still, and "
        'what to do about each. Where there is nothing to do, there is no note; `""`: never.',
    )


class FloodKeys(Keys):
    """When new items are too many to be believed, as after a redesign: they are stored and held, and one notice says so.

    `bayan sources held` shows them, `bayan sources release ID` lets them ring, `bayan sources drop ID` keeps them silent.
    """

    items: int = Field(
        FLOOD.items, ge=0, le=100_000, description="Up to so many new items of one poll are always believed."
    )
    times: float = Field(
        FLOOD.times,
        ge=1,
        le=1_000,
        description="So many times the most that this source ever brought in one poll, or usually brings in the time since the "
        "last look, is believed. After a day without a look a whole page is.",
    )
    share: float = Field(
        FLOOD.share,
        gt=0,
        le=1,
        description="Beyond that: from this part of the page on, the new items count as another page, unless their dates are new.",
    )
    most: int = Field(
        FLOOD.most,
        ge=1,
        le=1_000_000,
        description="More than this at once is held, unless the source usually brings as many.",
    )


class ChangesKeys(Keys):
    """For how long edits and removals are looked for behind a list."""

    reread_for: DurationOrZero = Field(
        CHANGES.reread_for,
        description="An article is read again after 1, 6 and 24 hours and then once a day, for so long after it was first read. "
        '`"0s"`: never.',
    )
    removed_within: DurationOrZero = Field(
        CHANGES.removed_within,
        description="A statement that is missing from its list is looked for where it was first seen no longer ago than this.",
    )
    checks: int = Field(
        CHANGES.checks,
        ge=0,
        le=100,
        description="Missing statements of one source that are looked for at one time; `0`: none.",
    )


class ActorKeys(Keys):
    """A person or group to watch. It matches when any spelling occurs, whatever its case, accents or vowel marks."""

    type: Annotated[Literal["person", "group"], REQUIRED] = Field(
        "person", description="What it is.", examples=['"person"']
    )
    name: Annotated[Name, REQUIRED] = Field(
        "", description="The name that alerts show.", examples=['"Qais al-Khazali"']
    )
    aliases: list[Name] = Field([], description="Other full names and spellings, in any script.")
    weak_aliases: list[Name] = Field(
        [],
        description="Too short or common to ring alone: they count with a full alias or a word of `context` in the same statement.",
    )
    acronyms: list[Name] = Field([], description="Whole words, case as written; they count as weak aliases do.")
    context: list[Name] = Field([], description="Words that make a weak alias or acronym count.")
    not_near: list[Name] = Field([], description="Phrases of namesakes: a hit inside one is ignored.")
    member_of: list[Text] = Field([], description="Groups it belongs to, by id.")
    role: Text = Field(ACTOR.role, description='What alerts say beside the name, such as "secretary-general".')
    priority: Priority = Field(
        ACTOR.priority, description="The least priority of its alerts, unless a route says otherwise."
    )


class KeywordsKeys(Keys):
    """A list of words and phrases to watch."""

    any: list[Keyword] = Field(
        [],
        min_length=1,
        description="It rings when one of these occurs. A star at the end of a word is a prefix. **Required**, or `query`.",
    )
    none: list[Keyword] = Field([], description="It stays silent where one of these occurs.")
    query: str = Field(
        KEYWORDS.query,
        description="Instead of all the above: a rule, such as `bomb NEAR/3 market -film`. [rules.md](rules.md) has the language.",
    )
    fields: list[TextField] = Field(list(KEYWORDS.fields), min_length=1, alias="in", description="Where it looks.")
    languages: list[Language] = Field([], description="Statements in these languages only; `[]` is every language.")
    priority: Priority = Field(
        KEYWORDS.priority, description="The least priority of its alerts, unless a route says otherwise."
    )


class BotKeys(Keys):
    """The bot that answers in the chat. With this table `bayan run` listens to what people write to it.

    Ids are numeric: `/start` shows nobody his own, so ask @userinfobot, or enrol everybody but the first admin by code.
    """

    token: SecretReference | None = Field(
        None,
        description="The bot's token, as a secret. Default: that of the Telegram channels, where they all have the same.",
        examples=['{ env = "BAYAN_TELEGRAM_TOKEN" }'],
    )
    api_base: UrlOrNothing = Field(
        BOT.api_base, description='A Bot API server of your own; `""` is that of the channels, else Telegram\'s.'
    )
    admins: list[PersonId] = Field([], description="Who may do everything, in every chat: numeric user ids.")
    editors: list[PersonId] = Field([], description="Who may change what is watched, in every chat.")
    viewers: list[PersonId] = Field([], description="Who may ask, in every chat.")


class RouteKeys(Keys):
    """Who gets what. Read from top to bottom: the first route that takes a statement ends the reading, unless it continues.

    A route takes a statement when all of its conditions hold. What no route takes is stored and not sent.
    """

    name: Annotated[Name, REQUIRED] = Field(
        "", description="What alerts and explanations call it.", examples=['"desk Iraq"']
    )
    channels: Annotated[list[Text], REQUIRED] = Field(
        [], min_length=1, description="Where it goes, by id.", examples=['["screen"]']
    )
    actors: list[Text] = Field([], description='Actors that must match; `["*"]` is any actor.')
    keywords: list[Text] = Field([], description='Keyword lists that must match; `["*"]` is any list.')
    require: Literal["any", "all"] = Field(
        ROUTE.require, description="Whether any of the listed actors and keywords is enough, or all must match."
    )
    sources: list[Text] = Field([], description="Only from these sources, by id.")
    source_tags: list[Tag] = Field([], description="Only from sources with one of these tags.")
    languages: list[Language] = Field([], description="Only statements in these languages.")
    role: Literal["speaker", "mentioned"] | None = Field(
        ROUTE.role,
        description='`"speaker"`: only what one of its actors said; `"mentioned"`: only what others say about one. Default: both.',
    )
    priority: Priority | None = Field(
        ROUTE.priority, description="The priority of its alerts. Default: the highest of what matched."
    )
    group_by: Literal["story", "none"] = Field(
        ROUTE.group_by,
        description='`"story"`: near copies from other sources are added to the first alert by editing it; `"none"`: each rings.',
    )
    priorities: list[Priority] = Field(
        [], description='Only what has one of these priorities by what matched, as in `["urgent", "high"]`.'
    )
    proceed: bool = Field(
        ROUTE.proceed, alias="continue", description="Go on to the next routes even when this one takes it."
    )
    quiet_hours: Text = Field(
        ROUTE.quiet_hours, description="Hours in which its alerts wait: an id of `[quiet_hours.*]`."
    )
    digest: DigestKeys | None = Field(
        None,
        description='Its alerts wait for one message: `{ at = "07:00", days = ["mon"], max_items = 40, order = "priority" }`.',
    )


class DeliveryKeys(Keys):
    """How alerts are sent."""

    per_chat_rate: Rate = Field(
        DELIVERY.per_chat_rate, description="Messages a minute to one chat. Telegram's own limits are kept besides."
    )
    max_age: Duration = Field(
        DELIVERY.max_age,
        description="A statement that claims to be older is sent all the same, and marked with its age.",
    )
    show: list[Part] = Field(
        list(DELIVERY.show),
        description="What an alert tells, of these: who, where it stands, when it was said and published, when it was seen, "
        "whether the headline is a link, and why it rang, with the words as they stand there and what they were met by. "
        "The headline, the passage, the tag and every warning always stand there.",
    )
    excerpt: int = Field(DELIVERY.excerpt, ge=0, le=3_000, description="Characters of the statement in an alert.")
    body_wait: DurationOrZero = Field(
        DELIVERY.body_wait,
        description='How long an alert waits for its article, so that it can show the passage. `"0s"`: not at all.',
    )
    first_run: FirstRun = Field(
        DELIVERY.first_run,
        description='What is said of the first look at a source, which never rings. `"latest:3"`: one silent message to those whom '
        '`[health] notify` names, with its three newest headlines and how many match; `"remember"`: nothing.',
    )
    storm: StormKeys | None = Field(
        None,
        description='When alerts are too many for one channel. Default: `{ more_than = 25, within = "5m", then = "digest" }`.',
    )


def _redact(wanted: bool) -> bool:
    if not wanted:
        raise wrong("is refused: a log that may hold secrets cannot be shown to anybody")
    return wanted


class LoggingKeys(Keys):
    """The log. Secrets never reach it, whatever stands here."""

    level: Literal["debug", "info", "warning", "error"] = Field(LOGGING.level, description="The least that is logged.")
    format: Literal["auto", "console", "json", "logfmt"] = Field(
        LOGGING.format, description='`"auto"`: readable on a terminal, JSON lines elsewhere.'
    )
    redact: Annotated[bool, AfterValidator(_redact)] = Field(
        LOGGING.redact, description="Tokens, passwords and secret headers never reach the log. Always `true`."
    )
    file: Text = Field(LOGGING.file, description='Where it goes, from the data folder; `""` is standard error.')
