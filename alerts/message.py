"""An alert as text and spans: who, what, where, when, why, and the passage itself. Pure: the same alert gives the same message.

    🔴 Qais Al-Khazali, secretary-general, Asa'ib Ahl al-Haqq: said  who: the watched name in bold, or the list's name
    Iraqi Militia Leader Qais Al-Khazali Condemns ...                the headline, a link in bold
    🗞 SOURCE · host                                                 where it stands
    🗣 said Fri 20 Jun 2025 (date only)                              the day that the text gives
    📅 published about Sun 22 Nov 2026, 21:00 UTC (to the hour)      the time that the page claims
    👁 seen Mon 23 Nov 2026, 04:00 UTC                               the time that is sure
    🎯 rule desk: Qais Al-Khazali (2 hits) + “threat*” (1 hit)       why it rang
    the passage with the hits underlined                             a quotation
    #A7F3-21                                                         the tag

Whatever comes from a page or a configuration goes through `shown.show`: it can neither style, link, mention nor command, and
what is written from right to left is fenced in by isolates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from alerts.excerpt import Excerpt, Hit, Passages, apart, passages
from alerts.links import link
from alerts.model import Actor, Alert, Field, Match, Message, Span, Style
from alerts.shown import FSI, MARK, cut, is_rtl, isolate, show, trimmed, units
from alerts.times import Told, tell, tell_time
from alerts.words import en as words

LONGEST = 4_096
"""UTF-16 units of one message (Bot API, sendMessage); measured against the sum of all lines, before anything is sent."""
_HEADLINE, _NAME, _ROLE, _SOURCE, _HOST, _ROUTE, _PATTERN, _STEP = 300, 80, 60, 100, 255, 60, 50, 60
"""UTF-16 units of the lines' parts: all of them at their longest leave room for a passage."""
_LOOKED_AT = 4_000
_TAG = 40
_ACTORS, _GROUPS, _ROUTES, _REASONS, _STEPS = 4, 2, 4, 6, 2
_SURFACES = 20
_HEADLINE_HITS, _HITS = 8, 55
"""Underlined places; with all other spans that is under Telegram's 100 entities for one message."""
_USUAL = frozenset({"folded", "star"})
"""Steps of matching that tell a person nothing: letters made comparable, and the star that the pattern shows itself."""
_NOTICE_LINES = 40


def tag(statement_id: int, revision: int) -> str:
    """A short, stable name for people to say: `A7F3-21`. The number is the statement's id, the rest checks it and its revision."""
    digest = hashlib.sha256(f"{statement_id}/{revision}".encode("ascii")).hexdigest()
    return f"{digest[:4].upper()}-{statement_id}"


def plain(message: Message) -> Message:
    """The same message without spans, for after the styled form was refused."""
    return replace(message, spans=())


def draw_notice(text: str) -> Message:
    """A notice to the operator as plain words, line by line, safe whatever a source put into it; cut with a mark when too long."""
    lines = [isolate(line) for raw in text.split("\n") if (line := cut(show(raw[: LONGEST * 2]).text, 1_000))]
    if len(lines) > _NOTICE_LINES:
        lines[_NOTICE_LINES:] = [MARK]
    out = ""
    for line in lines:
        if units(out) + units(line) + 2 > LONGEST - 2:
            out += f"\n{MARK}"
            break
        out += f"\n{line}" if out else line
    return Message(out or words.EMPTY_NOTICE)


def draw(alert: Alert, *, now: datetime, timezone: str = "UTC", excerpt: int = 600) -> Message:
    """`alert` as a message of at most 4,096 UTF-16 units and 100 spans, isolates balanced.

    `now` (aware) judges which times are in the future or long past; `timezone` is the IANA name in which times are
    written out (Telegram shows them in each reader's own besides); `excerpt` is the length of the passage in code points.
    """
    size = excerpt
    around = _around(alert)
    while True:
        passage = around.take(size)
        message = _drawn(alert, now, timezone, passage)
        over = units(message.text) - LONGEST
        if over <= 0 or not passage.text:
            return message
        size = min(size, len(passage.text))
        size = min(size - 1, size * max(0, units(passage.text) - over) // units(passage.text))


def _drawn(alert: Alert, now: datetime, timezone: str, passage: Excerpt) -> Message:
    statement = alert.statement
    draft = _Draft()
    _who(draft, alert)
    _headline(draft, alert)
    _where(draft, alert)
    if statement.said_on is not None:
        _when(draft, f"🗣 {words.SAID}", tell(statement.said_on, now, timezone))
    _when(draft, f"📅 {words.PUBLISHED}", tell(statement.published, now, timezone))
    _when(draft, f"👁 {words.SEEN}", tell_time(statement.first_seen_at, timezone))
    _why(draft, alert)
    if alert.may_repeat:
        draft.add(f"\n⚠️ {words.MAY_REPEAT}")
    if alert.delayed is not None:
        draft.add(f"\n⏱ {words.delayed(alert.delayed)}")
    if passage.text:
        draft.add("\n")
        start = draft.length
        draft.foreign(passage.text, hits=passage.hits[:_HITS])
        draft.span(start, draft.length, "quote")
    draft.add("\n")
    draft.add(f"#{_short(alert.tag, _TAG)}", "code")
    return draft.message()


class _Draft:
    """A message that grows: our own words by `add`, everybody else's by `foreign`."""

    def __init__(self) -> None:
        self.length = 0
        self._parts: list[str] = []
        self._spans: list[Span] = []

    def add(self, text: str, *styles: Style) -> None:
        for style in styles:
            self.span(self.length, self.length + len(text), style)
        self._parts.append(text)
        self.length += len(text)

    def foreign(self, text: str, *styles: Style, hits: Sequence[tuple[int, int]] = (), url: str = "") -> None:
        """Adds `text`, which went through `show`, in an isolate where it needs one; `hits` (places in it) are underlined."""
        fenced = isolate(text)
        start = self.length + fenced.startswith(FSI)
        place = trimmed(text, 0, len(text))
        for style in styles if place else ():
            self.span(start, start + len(text), style, url if style == "link" else "")
        self.add(fenced)
        for first, last in hits:
            self.span(start + first, start + last, "underline")

    def span(self, start: int, end: int, style: Style, url: str = "") -> None:
        self._spans.append(Span(start, end, style, url))

    def time(self, told: Told) -> None:
        if told.at is not None:
            self._spans.append(Span(self.length, self.length + len(told.text), "time", at=told.at, format=told.format))
        self.add(told.text)

    def message(self) -> Message:
        return Message("".join(self._parts), tuple(self._spans))


def _who(draft: _Draft, alert: Alert) -> None:
    draft.add("🔴 ")
    names = {group.id: group.name for group in alert.groups}
    speakers = {match.actor for match in alert.matches if match.role == "speaker"}
    for index, actor in enumerate(sorted(alert.actors, key=lambda one: one.id not in speakers)[:_ACTORS]):
        draft.add(" · " if index else "")
        mentioned = any(match.actor == actor.id and match.role == "mentioned" for match in alert.matches)
        draft.add(f"{words.MENTIONS} " if mentioned and actor.id not in speakers else "")
        draft.foreign(_short(actor.name, _NAME) or actor.id, "bold")
        other = _short(_other_script(actor, alert.matches), _NAME)
        if other:
            draft.add(" · ")
            draft.foreign(other, "bold")
        groups = [group for group in actor.member_of if all(met.id != group for met in alert.actors)]
        for word in (actor.role, *(names.get(group, group) for group in groups[:_GROUPS])):
            if told := _short(word, _ROLE):
                draft.add(", ")
                draft.foreign(told)
        draft.add(f": {words.SAID}" if actor.id in speakers else "")
    draft.add(_rest(alert.actors, _ACTORS))
    if not alert.actors:
        lists = list(dict.fromkeys(match.rule for match in alert.matches if match.rule)) or [words.NO_RULE]
        for index, name in enumerate(lists[:_ACTORS]):
            draft.add(" · " if index else "")
            draft.foreign(_short(name, _NAME) or "?", "bold")
        draft.add(_rest(lists, _ACTORS))


def _rest(things: Sequence[object], shown: int) -> str:
    """What stands for the things that were not named."""
    return f" {words.more(len(things) - shown)}" if len(things) > shown else ""


def _headline(draft: _Draft, alert: Alert) -> None:
    shown = show(alert.statement.title[:_LOOKED_AT])
    text = cut(shown.text, _HEADLINE)
    whole = len(text) if text == shown.text else len(text) - len(MARK)
    hits = [
        (place[0], min(place[1], whole))
        for match in alert.matches
        if (hit := _found(match, "title", alert.statement.title))
        and (place := shown.place(hit.start, hit.end))
        and place[0] < whole
    ]
    url = link(alert.statement.url).url
    draft.add("\n")
    if url:
        draft.foreign(text or words.NO_HEADLINE, "link", "bold", hits=apart(hits)[:_HEADLINE_HITS], url=url)
    else:
        draft.foreign(text or words.NO_HEADLINE, "bold", hits=apart(hits)[:_HEADLINE_HITS])


def _where(draft: _Draft, alert: Alert) -> None:
    draft.add("\n🗞 ")
    draft.foreign(_short(alert.source_name, _SOURCE) or _short(alert.statement.source, _SOURCE))
    where = link(alert.statement.url)
    if where.url:
        draft.add(" · ")
        draft.foreign(_short(where.host, _HOST))
    elif alert.statement.url:
        draft.add(" · ")
        draft.foreign(_short(words.no_link(where.host or where.scheme or "?"), _HOST))


def _when(draft: _Draft, name: str, told: Told) -> None:
    draft.add(f"\n{name} {told.before} " if told.before else f"\n{name} ")
    draft.time(told)
    quoted = _short(told.quoted, _PATTERN)
    if told.precision or quoted:
        draft.add(f" ({told.precision}" + (": " if told.precision and quoted else ""))
        if quoted:
            draft.foreign(f"“{quoted}”")
        draft.add(")")
    if told.warning:
        draft.add(f" ⚠️ {told.warning}")


def _why(draft: _Draft, alert: Alert) -> None:
    draft.add("\n🎯 ")
    for index, route in enumerate(alert.routes[:_ROUTES]):
        draft.add(", " if index else f"{words.rules(len(alert.routes))} ")
        draft.foreign(_short(route, _ROUTE) or "?", "code")
    if alert.routes:
        draft.add(f"{_rest(alert.routes, _ROUTES)}: ")
    reasons = _reasons(alert)
    for index, (reason, count) in enumerate(reasons[:_REASONS]):
        draft.add(" + " if index else "")
        draft.foreign(reason)
        draft.add(f" ({words.hits(count)})")
    draft.add(_rest(reasons, _REASONS))
    steps = dict.fromkeys(step for match in alert.matches for step in match.steps if step not in _USUAL)
    for step in list(steps)[:_STEPS]:
        draft.add(" · ")
        draft.foreign(_short(step, _STEP) or "?")


def _reasons(alert: Alert) -> list[tuple[str, int]]:
    """What was met and how often: an actor by name (and as it is written, where that differs), a keyword as configured."""
    names = {actor.id: actor.name for actor in alert.actors}
    met: dict[tuple[str, str], list[Match]] = {}
    for match in alert.matches:
        met.setdefault((match.watch, "" if match.actor is not None else match.pattern), []).append(match)
    reasons = []
    for group in met.values():
        actor = group[0].actor
        if actor is None:
            reasons.append((f"“{_short(group[0].pattern or group[0].surface, _PATTERN)}”", len(group)))
            continue
        name = _short(names.get(actor, actor), _NAME)
        surfaces = [
            _short(surface, _PATTERN) for surface in list(dict.fromkeys(match.surface for match in group))[:_SURFACES]
        ]
        other = next((surface for surface in surfaces if surface.casefold() != name.casefold()), "")
        reasons.append((f"{name} {words.written(other)}" if other else name, len(group)))
    return reasons


def _around(alert: Alert) -> Passages:
    """The body around its hits; the headline's own end where only that was met and is cut; else the beginning of the body."""
    statement = alert.statement
    body = statement.text or statement.summary
    hits = [hit for match in alert.matches if (hit := _found(match, "body", body))]
    if not hits:
        far = [hit for match in alert.matches if (hit := _found(match, "title", statement.title))]
        if far and min(hit.end for hit in far) > _HEADLINE // 2:
            return passages(statement.title, far)
    return passages(body, hits)


def _found(match: Match, field: Field, text: str) -> Hit | None:
    """`match` in this text; where its place does not hold its words (another text was judged), the first place that does."""
    if match.field != field or not match.surface:
        return None
    if text[match.start : match.end] == match.surface:
        return Hit(match.start, match.end, match.watch)
    start = text.find(match.surface)
    return Hit(start, start + len(match.surface), match.watch) if start >= 0 else None


def _other_script(actor: Actor, matches: Sequence[Match]) -> str:
    """The name as the statement writes it, where that is in the other direction of writing than the configured name."""
    rtl = is_rtl(actor.name)
    return next((match.surface for match in matches if match.actor == actor.id and is_rtl(match.surface) != rtl), "")


def _short(text: str, limit: int) -> str:
    """Outside text on one line, fit to be shown, within `limit` UTF-16 units."""
    return cut(show(text[: limit * 8]).text, limit)
