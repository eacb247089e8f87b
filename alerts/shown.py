"""Outside text made fit to be shown: what drives a terminal, reorders a line or acts in a chat is taken out or broken.

    show          original text -> the text a person may see, and where each of its characters came from
    isolate       a right-to-left stretch is fenced in, so that nothing around it is reordered (UAX #9, isolates)
    cut           at most so many UTF-16 units, never inside a character

The store keeps the original. Everything here is pure and takes hostile text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

FSI, PDI = "\u2068", "\u2069"
RLM = "\u200f"
"""RIGHT-TO-LEFT MARK: invisible; a line that begins with it runs from right to left whatever follows (UAX #9, P2)."""
JOINER = "\u2060"
"""WORD JOINER: invisible, breaks no line, and is a word's letter for no reader of commands, mentions or addresses (tdlib/td
`is_url_unicode_symbol`, `is_hashtag_letter`)."""
MARK = "…"

_GONE = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff"  # controls, lone surrogates
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufdd0-\ufdef\ufff0-\ufffc\ufffe\uffff\ufe00-\ufe0d\U000e0000-\U000e0fff\U0001fffe\U0001ffff\U0010fffe\U0010ffff"
    "\u0333\u033f\u030a"  # overlines that Telegram drops from every message (tdlib/td misc.cpp clean_input_string)
    "]"
)
_SPACE = re.compile("[\\s\x1c-\x1f\x85\u2028\u2029\u2800]")
_JOINED = re.compile("[\u0620-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]")
_MARKS_IN_A_ROW = 6
_RTL = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""The blocks that Unicode sets aside for right-to-left scripts (DerivedBidiClass.txt, defaults R and AL)."""
_ACTS = re.compile(
    r"(?<=[@#\uff20\uff03])(?=\w)"  # mentions, e-mail, hashtags
    r"|(?<=\$)(?=[A-Za-z0-9])"  # cashtags
    r"|(?<![A-Za-z0-9_]/)(?<=/)(?=\w)"  # /commands
    r"|(?<=:)(?=//)"  # scheme://
    r"|(?<=[.\u3002\uff0e\uff61])(?=[^\W\d])|(?<=[^\W\d]\.)(?=\d)"  # bare hosts
    r"|(?<=\d\.)(?=\d{1,3}\.\d{1,3}\.\d)"  # 192.0.2.1
    r"|(?<=\+)(?=\d)"  # telephone numbers
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A text fit to be shown, on one line. `origin[i]` is the place in the original of its i-th code point."""

    text: str
    origin: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the original's `[start, end)` stands now, in code points, without white space at its edges; None: nowhere."""
        first, last = bisect_left(self.origin, start), bisect_left(self.origin, end)
        return trimmed(self.text, first, last)

    def part(self, start: int, end: int) -> Shown:
        """Its own code points `[start, end)`."""
        return Shown(self.text[start:end], self.origin[start:end])


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """`[start, end)` of `text` without white space and joiners at its edges: Telegram shifts or drops spans that have them."""
    while start < end and (text[start].isspace() or text[start] == JOINER):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] == JOINER):
        end -= 1
    return (start, end) if start < end else None


def show(text: str, drop: Sequence[tuple[int, int]] = ()) -> Shown:
    """`text` on one line, as a person may see it. `drop` are stretches (code points) to leave out, such as footnote marks.

    Gone are control characters, all bidi controls (our own isolates fence it in: see `isolate`), invisible letters, and
    joiners that join nothing. Runs of white space become one space. Where the rest would act in a chat by itself (a
    mention, hashtag, command, address, telephone number), an invisible word joiner stands in it.
    """
    kept, origin = _visible(text, drop)
    line = "".join(kept)
    out: list[str] = []
    places: list[int] = []
    done = 0
    for act in _ACTS.finditer(line):
        at = act.start()
        out += (line[done:at], JOINER)
        places += origin[done:at]
        places.append(origin[at - 1])
        done = at
    out.append(line[done:])
    places += origin[done:]
    return Shown("".join(out), tuple(places))


def _visible(text: str, drop: Sequence[tuple[int, int]]) -> tuple[list[str], list[int]]:
    """The characters of `text` that may be seen, and where each stood."""
    kept: list[str] = []
    origin: list[int] = []
    dropped = {place for start, end in drop for place in range(start, min(end, len(text)))}
    marks = 0
    for place, char in enumerate(text):
        kind = _kind(char)
        if place in dropped:
            continue
        if kind == "space":
            if not kept or kept[-1] == " ":
                continue
            char = " "
        elif char == "\u030a" and kept and len(whole := unicodedata.normalize("NFC", kept[-1] + char)) == 1:
            kept[-1] = whole  # Telegram would make an "a" of this "å"
            continue
        elif (
            kind == "gone"
            or (kind == "joiner" and not (kept and _joins(char, kept[-1], text[place + 1 : place + 2])))
            or (kind == "variation" and not (kept and unicodedata.category(kept[-1])[0] in "SNP"))
        ):
            continue
        marks = marks + 1 if kind == "mark" else 0
        if marks > _MARKS_IN_A_ROW or (marks and not kept):
            continue
        kept.append(char)
        origin.append(place)
    if kept and kept[-1] == " ":
        kept.pop()
        origin.pop()
    return kept, origin


@lru_cache(maxsize=8_192)
def _kind(char: str) -> Literal["seen", "space", "gone", "joiner", "variation", "mark"]:
    if _SPACE.match(char):
        return "space"
    if _GONE.match(char):
        return "gone"
    if char in "\u200c\u200d":
        return "joiner"
    if char in "\ufe0e\ufe0f":
        return "variation"
    return "mark" if unicodedata.category(char) in ("Mn", "Me") else "seen"


def _joins(char: str, before: str, after: str) -> bool:
    """Whether a zero-width (non-)joiner does its work here: in scripts that join their letters, and inside an emoji."""
    if not after:
        return False
    if _JOINED.match(before) and _JOINED.match(after):
        return True
    return char == "\u200d" and (_pictured(before) or before in "\ufe0f") and _pictured(after)


def _pictured(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sk") and ord(char) > 0x2000


def is_rtl(text: str) -> bool:
    """Whether anything in it is written from right to left."""
    return _RTL.search(text) is not None


def begins_ltr(text: str) -> bool:
    """Whether a line runs from left to right by itself: its first strong character outside of isolates does (UAX #9, P2)."""
    inside = 0
    for char in text:
        kind = unicodedata.bidirectional(char)
        inside += (char == FSI) - (char == PDI and inside > 0)
        if not inside and kind in ("L", "R", "AL"):
            return kind == "L"
    return False


def isolate(text: str) -> str:
    """`text` between FSI and PDI where something in it is written from right to left, else as it is. It holds no isolates yet."""
    return f"{FSI}{text}{PDI}" if is_rtl(text) else text


def fence(text: str) -> str:
    """Outside text fit to be shown, between FSI and PDI whatever it holds: for sentences that run from right to left."""
    return f"{FSI}{show(text).text}{PDI}"


def units(text: str) -> int:
    """Its length in UTF-16 code units, as Telegram counts."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def cut(text: str, limit: int) -> str:
    """`text`, or as much of it from its start as fits `limit` UTF-16 units with a mark; on a word boundary where one is near."""
    if len(text) * 2 <= limit or units(text) <= limit:
        return text
    room = limit - len(MARK)
    end = 0
    for char in text:
        room -= 2 if ord(char) > 0xFFFF else 1
        if room < 0:
            break
        end += 1
    return text[: back(text, end)].rstrip() + MARK


def back(text: str, end: int, reach: int = 40) -> int:
    """The last place at or before `end` where `text` may be cut: between words if one ends within `reach`, else between characters."""
    if end >= len(text) or text[end].isspace():
        return min(end, len(text))
    space = text.rfind(" ", max(0, end - reach), end)
    if space > 0:
        return space
    place = end
    while place > max(0, end - reach) and not is_edge(text, place):
        place -= 1
    return place if place > 0 else end


def forth(text: str, start: int, reach: int = 40) -> int:
    """The first place at or after `start` where a word begins, if one does within `reach`, else where a character does."""
    if start <= 0 or text[start - 1].isspace():
        return max(start, 0)
    space = text.find(" ", start, start + reach)
    if space >= 0:
        return space + 1
    place = start
    while place < min(len(text), start + reach) and not is_edge(text, place):
        place += 1
    return place


def is_edge(text: str, place: int) -> bool:
    """Whether `text` may be cut before `place`: not before a combining mark, in a joined emoji, nor in a flag's pair."""
    if place <= 0 or place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    if before == "\u200d" or after in "\u200c\u200d\ufe0e\ufe0f\u2060" or "\U0001f3fb" <= after <= "\U0001f3ff":
        return False
    if unicodedata.category(after) in ("Mn", "Me", "Mc"):
        return False
    if "\U0001f1e6" <= after <= "\U0001f1ff":
        run = 0
        while run < place and "\U0001f1e6" <= text[place - 1 - run] <= "\U0001f1ff":
            run += 1
        return run % 2 == 0
    return True
