"""The alerts' own words, a file for each language: constants and functions of the same names in each.

`en`, `ar`, `fa` and `fr` are for alerts, digests and replies; `talk_en` and its neighbours for what the bot answers, `notes_en` and
its neighbours for what operators are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, Protocol

from alerts.words import ar, en, fa, fr


class Words(Protocol):
    """What a language has to say. Texts are plain, on one line; what stands in them from elsewhere is fenced where they run
    from right to left."""

    RIGHT_TO_LEFT: bool
    COMMA: str
    SAID: str
    SAID_ON: str
    MENTIONS: str
    PUBLISHED: str
    SEEN: str
    ABOUT: str
    DATE_ONLY: str
    TO_THE_HOUR: str
    NO_DATE: str
    IN_THE_FUTURE: str
    NO_HEADLINE: str
    NO_RULE: str
    OWN_WATCHLIST: str
    MAY_REPEAT: str
    FIRST: str
    ALSO: str
    EDITED: str
    REMOVED: str
    IN_THE_STORY_OF: str
    THROUGH_FALLBACK: str
    UNREACHED_SINCE: str
    UNREACHED: str
    SENT_MEANWHILE: str
    STATEMENT_EDITED: str
    STATEMENT_REMOVED: str
    TITLE: str
    FINGERPRINTS: str
    FINGERPRINT: str
    GONE_FROM: str
    ARCHIVED: str
    NO_TEXT: str
    EMPTY_NOTICE: str

    def day(self, at: date) -> str: ...
    def rules(self, count: int) -> str: ...
    def hits(self, count: int) -> str: ...
    def more(self, count: int) -> str: ...
    def written(self, surface: str) -> str: ...
    def old(self, days: int) -> str: ...
    def no_link(self, what: str) -> str: ...
    def delayed(self, by: timedelta) -> str: ...
    def first_look(self, count: int) -> str: ...
    def begun(self, source: str, stored: int, matched: int) -> str: ...
    def sources(self, count: int) -> str: ...
    def lead(self, after: timedelta) -> str: ...
    def news(self, what: str) -> str: ...
    def left_out(self, statement: int) -> str: ...
    def digest(self, kind: str, count: int) -> str: ...
    def in_the_file(self, count: int) -> str: ...
    def canary(self, at: str, number: int) -> str: ...
    def mute_over(self, subject: str, held_back: int) -> str: ...


_LANGUAGES: Final[Mapping[str, Words]] = {"en": en, "ar": ar, "fa": fa, "fr": fr}


def words_of(language: str) -> Words:
    """The words of a language tag such as "ar-IQ"; English where there are none of it."""
    code = language.partition("-")[0].lower()
    return _LANGUAGES.get(code, en)
