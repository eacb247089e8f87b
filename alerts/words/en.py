"""The words of alerts in English. Another language is a file beside this one with the same names."""

from __future__ import annotations

from datetime import date, timedelta

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

RIGHT_TO_LEFT = False
COMMA = ", "
SAID = "said"
"""Behind the name of who speaks."""
SAID_ON = "said"
"""Before the day that the text gives."""
MENTIONS = "mentions"
PUBLISHED = "published"
SEEN = "seen"
ABOUT = "about"
DATE_ONLY = "date only"
TO_THE_HOUR = "to the hour"
NO_DATE = "no date given"
IN_THE_FUTURE = "in the future"
NO_HEADLINE = "(no headline)"
NO_RULE = "watchlist"
OWN_WATCHLIST = "this chat's watchlist"
MAY_REPEAT = "may repeat: an earlier try perhaps arrived"
FIRST = "first"
ALSO = "also"
EDITED = "edited since,"
REMOVED = "removed since,"
IN_THE_STORY_OF = "in the story of"
THROUGH_FALLBACK = "through fallback, because channel"
"""Before the id of the channel that a message is told for."""
UNREACHED_SINCE = "takes no messages since"
UNREACHED = "takes no messages"
SENT_MEANWHILE = "sent meanwhile through"
"""Before the id of the channel that told it first."""
STATEMENT_EDITED = "Edited"
STATEMENT_REMOVED = "Removed"
TITLE = "headline"
FINGERPRINTS = "SHA-256 of the text before and now"
FINGERPRINT = "SHA-256 of the text as it was stored"
GONE_FROM = "is gone from its source since"
ARCHIVED = "As it was stored:"
NO_TEXT = "(only its headline was stored)"
EMPTY_NOTICE = "(a notice without words)"


def day(at: date) -> str:
    """A date."""
    return f"{WEEKDAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at.year}"


def rules(count: int) -> str:
    """What stands before the names of the routes that rang."""
    return "rule" if count == 1 else "rules"


def hits(count: int) -> str:
    """How often something was met."""
    return f"{count} hit" if count == 1 else f"{count} hits"


def more(count: int) -> str:
    """What stands for names that were left out."""
    return f"and {count} more"


def written(surface: str) -> str:
    """How the statement writes a watched name, where that differs."""
    return f"as “{surface}”"


def old(days: int) -> str:
    """A time long past."""
    return f"{days} days ago"


def no_link(what: str) -> str:
    """The address of an item cannot be a link: `what` is its scheme or host."""
    return f"no link: {what}"


def delayed(by: timedelta) -> str:
    """How late an alert is: whole minutes below two hours, hours below two days, then days."""
    minutes = max(1, round(by.total_seconds() / 60))
    if minutes < 120:
        return f"delayed {minutes} min"
    if minutes < 48 * 60:
        return f"delayed {minutes // 60} h {minutes % 60} min" if minutes % 60 else f"delayed {minutes // 60} h"
    days, rest = divmod(minutes // 60, 24)
    return f"delayed {days} d {rest} h" if rest else f"delayed {days} d"


def first_look(count: int) -> str:
    """What a message about the first look at `count` sources begins with."""
    what = "a new source" if count == 1 else f"{count} new sources"
    return f"First look at {what}: what is listed already is stored and rings for nobody. What is new from now on does."


def begun(source: str, stored: int, matched: int) -> str:
    """What the first look at one source stored, and how much of it matches what is watched."""
    return f"{source}: {stored} stored, {matched} of them would have rung. The newest:"


def sources(count: int) -> str:
    """How many sources carry a statement."""
    return f"{count} sources"


def lead(after: timedelta) -> str:
    """How much later than the first a source had it: minutes below two hours, then hours, then days."""
    minutes = max(0, round(after.total_seconds() / 60))
    if minutes < 120:
        return f"+{minutes} min"
    return f"+{minutes // 60} h" if minutes < 48 * 60 else f"+{minutes // (24 * 60)} d"


def news(what: str) -> str:
    """What a copy says that its story did not say yet: `what` in the words of `scraper/likeness.py`."""
    return what


def left_out(statement: int) -> str:
    """Where the rest of a change can be read."""
    return f"(the rest of what changed: bayan statements diff {statement})"


def digest(kind: str, count: int) -> str:
    """What a digest is, by why its alerts waited: "quiet", "digest", "mute", "storm"."""
    said = {
        "quiet": "Held back in the quiet hours",
        "mute": "Held back while it was muted",
        "storm": "Too many at once, so told together",
        "late": "Due while nothing could be sent, so told together",
        "relay": "For a channel that takes no messages, so told here",
    }
    alerts = f"{count} alert" if count == 1 else f"{count} alerts"
    return f"{said.get(kind, 'Digest')}: {alerts}"


def in_the_file(count: int) -> str:
    """What stands for alerts that are told in the file only."""
    return f"and {count} more, in the file"


def mute_over(subject: str, held_back: int) -> str:
    """That a silence ended."""
    what = f" about {subject}" if subject else ""
    return f"The silence{what} is over; it held back {held_back} alert{'' if held_back == 1 else 's'}."


def canary(at: str, number: int) -> str:
    """That bayan's own statement came through: `at` is when, `number` how many there were today."""
    return f"🐤 bayan is on watch: canary {number} of today came through at {at}.\nThis message is edited each time."
