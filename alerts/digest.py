"""Many alerts as one message: a line for each, urgent and first-hand ones first; a file has all where they are too many.

    🌙 Held back in the quiet hours: 12 alerts
    1. Qais al-Khazali (said): Iraqi Militia Leader … · agency · Fri 20 Jun 2025, 16:00 UTC · #A7F3-21
    ...
    and 3 more, in the file

Pure. Every alert can be reached from it: by its link, and by its tag in the chat and on the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.links import link
from alerts.model import PRIORITIES, Alert, File, Message, Priority
from alerts.sheet import Sheet, short
from alerts.shown import show, units
from alerts.times import tell_time
from alerts.words import words_of

LONGEST = 4_000
"""UTF-16 units of a digest without a file; with one it is a caption, which has 1,024."""
CAPTION = 1_000
_HEADLINE, _NAME = 160, 60
_SPANS = 90
_SIGNS = {"quiet": "🌙", "digest": "🗞", "mute": "🔕", "storm": "🌊", "late": "⏱"}
_MARKS: dict[Priority, str] = {"urgent": "🔴 ", "high": "🟠 ", "normal": "", "low": ""}


@dataclass(frozen=True, slots=True)
class Line:
    """One alert of a digest. `primary`: its source speaks for one of its actors, or one of them speaks in it."""

    alert: Alert
    priority: Priority
    primary: bool


def draw_digest(
    bundle: str,
    lines: Sequence[Line],
    *,
    timezone: str,
    most: int = 40,
    by_time: bool = False,
    may_repeat: bool = False,
    language: str = "en",
) -> Message:
    """`lines` as one message of at most 4,096 UTF-16 units, or 1,024 and a file with all of them.

    `bundle` says why they waited ("quiet:night", "digest:07:00/...", "mute:3", "storm"). At most `most` stand in the message.
    """
    ordered = sorted(lines, key=lambda line: _seen(line) if by_time else _order(line))
    whole = _message(bundle, ordered, ordered[:most], LONGEST, timezone, language, may_repeat)
    if whole is not None:
        return whole
    file = File("alerts.txt", "\n\n".join(_in_full(line, timezone, language) for line in ordered) + "\n")
    shown = len(ordered[:most])
    while True:
        message = _message(bundle, ordered, ordered[:shown], CAPTION, timezone, language, may_repeat, file=file)
        if message is not None:
            return message
        shown = shown * 2 // 3


def _message(
    bundle: str,
    ordered: Sequence[Line],
    shown: Sequence[Line],
    longest: int,
    timezone: str,
    language: str,
    may_repeat: bool,
    *,
    file: File | None = None,
) -> Message | None:
    """None where that many lines are too long, or all alerts cannot be reached without a file."""
    if file is None and len(shown) < len(ordered):
        return None
    sheet = Sheet(language)
    words = sheet.words
    kind = bundle.partition(":")[0]
    sheet.add(f"{_SIGNS.get(kind, '🗞')} ")
    sheet.add(words.digest(kind, len(ordered)), "bold")
    if may_repeat:
        sheet.add(f"\n⚠️ {words.MAY_REPEAT}")
    for number, line in enumerate(shown, 1):
        sheet.add(f"\n{number}. ")
        _line(sheet, line, timezone)
    if len(shown) < len(ordered):
        sheet.add(f"\n{words.in_the_file(len(ordered) - len(shown))}")
    message = sheet.message()
    if shown and (units(message.text) > longest or len(message.spans) > _SPANS):
        return None
    return Message(message.text, message.spans, file=file)


def _line(sheet: Sheet, line: Line, timezone: str) -> None:
    alert = line.alert
    sheet.add(_MARKS[line.priority])
    if names := _names(alert):
        sheet.foreign(short(names, _NAME), "bold")
        sheet.add(f" {sheet.words.SAID}: " if _speaks(alert) else ": ")
    title = short(alert.statement.title, _HEADLINE) or sheet.words.NO_HEADLINE
    if url := link(alert.statement.url).url:
        sheet.foreign(title, "link", url=url)
    else:
        sheet.foreign(title)
    sheet.add(" · ")
    sheet.foreign(short(alert.source_name, _NAME))
    sheet.add(" · ")
    sheet.add(tell_time(alert.statement.first_seen_at, timezone, sheet.language).text)
    sheet.add(" · ")
    sheet.foreign(f"#{short(alert.tag, 40)}", "code")


def _in_full(line: Line, timezone: str, language: str) -> str:
    """One alert for the file: plain text, each part on a line of its own."""
    statement = line.alert.statement
    parts = [
        f"#{line.alert.tag}  {tell_time(statement.first_seen_at, timezone, language).text}  {show(line.alert.source_name).text}",
        show(_names(line.alert)).text,
        show(statement.title).text or words_of(language).NO_HEADLINE,
        link(statement.url).url,
        show((statement.text or statement.summary)[:1_200]).text[:600],
    ]
    return "\n".join(part for part in parts if part)


def _names(alert: Alert) -> str:
    return ", ".join(actor.name for actor in alert.actors[:3])


def _speaks(alert: Alert) -> bool:
    return any(match.role == "speaker" for match in alert.matches)


def _order(line: Line) -> tuple[int, bool, float, int]:
    return (PRIORITIES.index(line.priority), not line.primary, *_seen(line))


def _seen(line: Line) -> tuple[float, int]:
    return (line.alert.statement.first_seen_at.timestamp(), line.alert.statement.id)
