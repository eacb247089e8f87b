"""What changed on one watched page: a pure decision over its text as it was last accepted and as it is now.

    text before, text now -> without what is to be ignored -> word by word -> cosmetic, or a change worth a statement

The page itself is one statement, whose text is revised with every change that counts. Each such change is a statement of its
own besides: its text is the passages that changed, so that it is matched, routed and rung like anything else that is new
(docs/decisions/a-watched-page.md). A small change is not lost: it is compared with the same text again at the next look.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scraper import patterns
from scraper.difference import Piece, difference
from scraper.errors import ParseError
from scraper.model import Item, Source

PAGE = "page"
"""The guid of the statement that is the page itself."""
CONTEXT = 12
"""Words of the same line that are kept on each side of a change: enough for the name whose office changed."""
APART = 6
"""Unchanged words from which two changes are two passages."""
LONGEST = 20_000
"""Code points of the passages together; what is over is told by an ellipsis, and stands whole in the page's own statement."""
_MUCH = 200
_LEFT = 0.1


@dataclass(frozen=True, slots=True)
class Before:
    """The page's own statement as it is stored."""

    title: str
    summary: str
    text: str


def items(source: Source, now: Item, before: Before | None, *, at: datetime, again: bool) -> tuple[Item, ...]:
    """What this look at the page comes to: the page's own statement, and the change as another where there is one that counts.

    `now` is what the parser found, `before` what is stored (None at the first look), `at` the time of the fetch. Where the
    change does not count, the page's statement is as it is stored. `again` says that the last look failed: one at which next
    to nothing was left of the text is not believed before it is seen twice, as walls and empty templates look like that.

    Raises ParseError("suspect") for the first of these.
    """
    if before is None:
        return (now,)
    old, new = _worth(before.text, source), _worth(now.text or "", source)
    # A last line ends like all others, so that what follows it in one of the texts is told apart from it.
    pieces = () if old == new else difference(f"{old}\n", f"{new}\n")
    if not _counts(pieces, source.minimum_change):
        return (replace(now, title=before.title, summary=before.summary, text=before.text),)
    kept = sum(_letters(piece.text) for piece in pieces if piece.op == "same")
    if not again and _letters(old) >= _MUCH and kept < _LEFT * _letters(old):
        raise ParseError("suspect", "next to nothing of the watched text is left; one more look before that is told")
    stamp = at.isoformat(timespec="seconds")
    change = Item(
        guid=f"change:{_digest(old, new)}:{at:%Y-%m-%d}",
        url=now.url,
        title=now.title,
        summary=f"± {stamp}",
        text=told(pieces),
        language=now.language,
    )
    # The stamp makes each accepted version another, also one that goes back to earlier words.
    return (replace(now, summary=stamp), change)


def told(pieces: Sequence[Piece]) -> str:
    """The passages that changed, each as it is now ("+ …") and as it was ("− …"), with words of its line around."""
    lines: list[str] = []
    size = 0
    for hunk in _hunks(pieces):
        for mark, gone in (("+", "removed"), ("−", "added")):
            if any(piece.op not in ("same", gone) for piece in hunk):
                line = " ".join("".join(piece.text for piece in hunk if piece.op != gone).split())
                lines.append(f"{mark} {line}")
                size += len(line) + 3
        if size > LONGEST:
            break
    whole = "\n".join(lines)
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + "…"


def _hunks(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Runs of changes that belong together, each with its context."""
    hunk: list[Piece] = []
    for number, piece in enumerate(pieces):
        if piece.op != "same":
            hunk.append(piece)
            continue
        words = piece.text.split()
        if hunk and 0 < number < len(pieces) - 1 and len(words) < APART and "\n" not in piece.text:
            hunk.append(piece)
            continue
        if hunk:
            ended = "\n" in hunk[-1].text[len(hunk[-1].text.rstrip()) :]
            hunk.append(Piece("same", "" if ended else _head(piece.text)))
            yield hunk
        hunk = [Piece("same", _tail(piece.text))]
    if any(piece.op != "same" for piece in hunk):
        yield hunk


def _head(text: str) -> str:
    """The words behind a change, to the end of its line."""
    if "\n" in text[: len(text) - len(text.lstrip())]:
        return ""
    words = text.lstrip().split("\n", 1)[0].split()
    return " " + " ".join(words[:CONTEXT]) + (" …" if len(words) > CONTEXT else "")


def _tail(text: str) -> str:
    """The words before a change, from the beginning of its line."""
    if "\n" in text[len(text.rstrip()) :]:
        return ""
    words = text.rstrip().rsplit("\n", 1)[-1].split()
    return ("… " if len(words) > CONTEXT else "") + " ".join(words[-CONTEXT:]) + " "


def _counts(pieces: Sequence[Piece], least: int) -> bool:
    """Whether so many letters came or went; words that only changed their places are none."""
    came = Counter(word for piece in pieces if piece.op == "added" for word in piece.text.split())
    went = Counter(word for piece in pieces if piece.op == "removed" for word in piece.text.split())
    moved = sum(_letters(word) * count for word, count in ((came - went) + (went - came)).items())
    return moved >= max(least, 1)


def _worth(text: str, source: Source) -> str:
    """`text` without what its source ignores."""
    return patterns.without(text, source.ignore) if source.ignore else text


def _letters(text: str) -> int:
    return sum(c.isalnum() for c in text)


def _digest(*texts: str) -> str:
    return hashlib.blake2b("\x1f".join(texts).encode("utf-8", "replace"), digest_size=12).hexdigest()
