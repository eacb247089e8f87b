"""What comes after an alert, as replies to it: what changed in the statement, word by word, and that it is gone. Pure.

    ✏️ Edited: Qais Al-Khazali · #A7F3-21            whose statement, and which alert
    👁 seen Mon 23 Nov 2026, 04:40 UTC
    headline: … condemns ~~threats~~ __warnings__ …  what went is struck out, what came is underlined
    … the same for the text …
    SHA-256 of the text before and now               so that what is kept can be proven to be what was read

Each stretch of words is an isolate of its own, so that right-to-left words cannot change places with what stands beside them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from alerts.links import link
from alerts.model import Alert, Message, Style
from alerts.sheet import Sheet, short
from alerts.shown import MARK, cut, show, units
from scraper.difference import Piece, difference, shortened

_HEADLINE, _NAME, _TAG = 300, 80, 40
_STYLES: dict[str, tuple[Style, ...]] = {"same": (), "removed": ("strike",), "added": ("underline",)}
_PIECES = 60
"""Stretches that are shown; with the rest that is under Telegram's 100 entities."""
_ROOM = 2_600
"""UTF-16 units of a text's changes; with everything else under 4,096."""
_ARCHIVED = 2_800


def draw_edit(
    alert: Alert,
    before: tuple[str, str],
    after: tuple[str, str],
    *,
    at: datetime,
    timezone: str,
    context: int = 12,
    language: str = "en",
    times: int = 1,
) -> Message:
    """What changed from `before` to `after`, each a headline and a text. `at` (aware) is when the (last) change was seen.

    `times` is how many edits lie between them.
    """
    sheet = Sheet(language)
    words = sheet.words
    _opening(sheet, "✏️", words.STATEMENT_EDITED + (f" ×{times}" if times > 1 else ""), alert)
    sheet.add(f"\n👁 {words.SEEN} ")
    sheet.moment(at, timezone)
    whole = True
    if before[0] != after[0]:
        sheet.add(f"\n{words.TITLE}: ")
        whole &= _changes(sheet, difference(before[0][: _HEADLINE * 4], after[0][: _HEADLINE * 4]), _HEADLINE * 2, 20)
    if before[1] != after[1]:
        sheet.add("\n")
        start = sheet.length
        whole &= _changes(sheet, shortened(difference(before[1], after[1]), context), _ROOM, _PIECES)
        if sheet.length > start:
            sheet.span(start, sheet.length, "quote")
    if not whole:
        sheet.add(f"\n{words.left_out(alert.statement.id)}")
    sheet.add(f"\n{words.FINGERPRINTS}:")
    for text in (before, after):
        sheet.add("\n")
        sheet.foreign(fingerprint(*text), "code")
    return sheet.message()


def draw_removal(alert: Alert, *, timezone: str, language: str = "en") -> Message:
    """That the statement of `alert` is gone (`statement.removed_at`), and the text that was stored."""
    statement = alert.statement
    sheet = Sheet(language)
    words = sheet.words
    _opening(sheet, "🗑", words.STATEMENT_REMOVED, alert)
    sheet.add("\n")
    _linked(sheet, alert)
    if statement.removed_at is not None:
        sheet.add(f"\n{words.GONE_FROM} ")
        sheet.moment(statement.removed_at, timezone)
    body = show((statement.text or statement.summary)[: _ARCHIVED * 4]).text
    kept = cut(body, _ARCHIVED)
    sheet.add(f"\n{words.ARCHIVED}\n")
    start = sheet.length
    sheet.foreign(kept or words.NO_TEXT)
    sheet.span(start, sheet.length, "quote")
    sheet.add(f"\n{words.FINGERPRINT}:\n")
    sheet.foreign(fingerprint(statement.title, statement.text or statement.summary), "code")
    return sheet.message()


def fingerprint(title: str, text: str) -> str:
    """SHA-256 of headline, a newline and text, in UTF-8, as hexadecimal."""
    return hashlib.sha256(f"{title}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _opening(sheet: Sheet, sign: str, word: str, alert: Alert) -> None:
    sheet.add(f"{sign} ")
    sheet.add(word, "bold")
    sheet.add(": ")
    names = [actor.name for actor in alert.actors[:2]] or [alert.source_name]
    for index, name in enumerate(names):
        sheet.add(" · " if index else "")
        sheet.foreign(short(name, _NAME) or "?")
    sheet.add(" · ")
    sheet.foreign(f"#{short(alert.tag, _TAG)}", "code")


def _linked(sheet: Sheet, alert: Alert) -> None:
    title = short(alert.statement.title, _HEADLINE) or sheet.words.NO_HEADLINE
    if url := link(alert.statement.url).url:
        sheet.foreign(title, "link", "bold", url=url)
    else:
        sheet.foreign(title, "bold")


def _changes(sheet: Sheet, pieces: Sequence[Piece], room: int, most: int) -> bool:
    """The pieces within `room` UTF-16 units. False where some were left out."""
    shown = [(piece.op, said) for piece in pieces if (said := show(piece.text[: room * 4]).text.strip())]
    for number, (op, said) in enumerate(shown):
        gap = " " if number else ""
        if number == most or units(said) + 3 > room:
            sheet.add(gap)
            if number < most and room > 40:
                sheet.foreign(cut(said, room - 4), *_STYLES[op])
                sheet.add(" ")
            sheet.add(MARK)
            return False
        room -= units(said) + 3
        sheet.add(gap)
        sheet.foreign(said, *_STYLES[op])
    return True
