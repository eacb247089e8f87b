"""An alert as text and spans: who, what, where, when, why, and the passage itself. Pure: the same alert gives the same message.

    🔴 Qais Al-Khazali, secretary-general, Asa'ib Ahl al-Haqq: said  who: the watched name in bold, or the list's name
    Iraqi Militia Leader Qais Al-Khazali Condemns ...                the headline, a link in bold
    🗞 SOURCE · host                                                 where it stands
    🗣 said Fri 20 Jun 2025 (date only)                              the day that the text gives
    📅 published about Sun 22 Nov 2026, 21:00 UTC (to the hour)      the time that the page claims
    👁 seen Mon 23 Nov 2026, 04:00 UTC                               the time that is sure
    🔁 3 sources, first: SOURCE, 04:00 UTC · also: X +12 min         who else carries it, where somebody does
    🎯 rule desk: Qais Al-Khazali (2 hits) + “threat*” (1 hit)       why it rang
    💬 “a direct attack on sacred figures”                           what a speaker says word for word, where it is not below
    the passage with the hits underlined                             a quotation
    #A7F3-21                                                         the tag

Whatever comes from a page or a configuration goes through `shown.show`: it can neither style, link, mention nor command, and
what is written from right to left is fenced in by isolates.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.excerpt import Excerpt, Hit, Passages, apart, passages
from alerts.links import link
from alerts.model import PARTS, Actor, Alert, Field, Match, Message, Part, owner
from alerts.sheet import Sheet, short
from alerts.shown import FSI, MARK, PDI, RLM, begins_ltr, cut, is_rtl, isolate, show, units
from alerts.times import LONG_AGO, Told, tell, tell_time
from alerts.watch.attribution import quotes
from alerts.watch.described import Described, described
from alerts.words import words_of

LONGEST = 4_096
"""UTF-16 units of one message (Bot API, sendMessage); measured against the sum of all lines, before anything is sent."""
_HEADLINE, _NAME, _ROLE, _SOURCE, _HOST, _ROUTE, _PATTERN, _STEP = 300, 80, 60, 100, 255, 60, 50, 60
"""UTF-16 units of the lines' parts: all of them at their longest leave room for a passage."""
_CAPTION = 1_000
"""UTF-16 units of a message that goes with a file (Bot API, sendDocument: 1,024)."""
_LOOKED_AT = 4_000
_TAG = 40
_OUTLETS, _OUTLET, _QUOTES, _QUOTE = 6, 40, 2, 200
_ACTORS, _GROUPS, _ROUTES, _REASONS, _STEPS = 4, 2, 4, 6, 2
_SURFACES = 20
_HEADLINE_HITS, _HITS = 8, 55
"""Underlined places; with all other spans that is under Telegram's 100 entities for one message."""
_USUAL = frozenset({"folded", "star"})
"""Steps of matching that tell a person nothing: letters made comparable, and the star that the pattern shows itself."""
_NOTICE_LINES, _NOTICE_LINE = 40, 1_000
_FENCED = re.compile("\u2068([^\u2068\u2069]*)\u2069")
_TAGGED = re.compile(r"#?[0-9A-Fa-f]{4}-([1-9][0-9]{0,17})")


def tag(statement_id: int) -> str:
    """A short, stable name for people to say: `A7F3-21`. The number is the statement's id, the rest checks it."""
    digest = hashlib.sha256(f"{statement_id}/1".encode("ascii")).hexdigest()
    return f"{digest[:4].upper()}-{statement_id}"


def tagged(text: str) -> int | None:
    """The statement that a tag names, with or without `#`, in either case; None where it is no tag of ours."""
    found = _TAGGED.fullmatch(text.strip())
    return int(found[1]) if found is not None and text.strip().lstrip("#").upper() == tag(int(found[1])) else None


def plain(message: Message) -> Message:
    """The same message without spans, for after the styled form was refused."""
    return replace(message, spans=())


def draw_notice(text: str, language: str = "en") -> Message:
    """A notice to the operator as plain words, line by line, safe whatever a source put into it; cut with a mark when too long.

    What it fenced in itself (`shown.fence`) stays fenced.
    """
    rtl = words_of(language).RIGHT_TO_LEFT
    lines = [
        f"{RLM}{line}" if rtl and not begins_ltr(raw) else line
        for raw in text.split("\n")
        if (line := _noticed(raw[: LONGEST * 2]))
    ]
    if len(lines) > _NOTICE_LINES:
        lines[_NOTICE_LINES:] = [MARK]
    out = ""
    for line in lines:
        if units(out) + units(line) + 2 > LONGEST - 2:
            out += f"\n{MARK}"
            break
        out += f"\n{line}" if out else line
    return Message(out or words_of(language).EMPTY_NOTICE)


def _noticed(raw: str) -> str:
    """One line of a notice. Of the isolates in it only those stay that hold no other and are closed in it."""
    parts = _FENCED.split(raw)
    if len(parts) == 1:
        return isolate(cut(show(raw).text, _NOTICE_LINE))
    out = ""
    for place, part in enumerate(parts):
        shown = show(part).text
        if place % 2:
            out += f"{FSI}{shown}{PDI}" if shown else ""
        else:  # `show` takes the spaces at its edges, which stand between words here
            out += f"{' ' * part[:1].isspace()}{shown}{' ' * (part[-1:].isspace() and bool(shown))}"
    out = cut(out.strip(), _NOTICE_LINE)
    return out + PDI * (out.count(FSI) - out.count(PDI))


def draw(
    alert: Alert,
    *,
    now: datetime,
    timezone: str = "UTC",
    excerpt: int = 600,
    language: str = "en",
    max_age: timedelta = LONG_AGO,
    show: Collection[Part] = PARTS,
) -> Message:
    """`alert` as a message of at most 4,096 UTF-16 units and 100 spans, isolates balanced.

    `now` (aware) judges which times are in the future or long past; `timezone` is the IANA name in which times are
    written out (Telegram shows them in each reader's own besides); `excerpt` is the length of the passage in code points;
    `language` is that of our own words. What claims to be older than `max_age` is marked; `show` are the parts that are told.
    """
    size = excerpt
    around = _around(alert)
    while True:
        passage = around.take(size)
        message = _drawn(alert, now, timezone, language, passage, max_age, show)
        over = units(message.text) - LONGEST
        if over <= 0:
            return message
        if not passage.text:
            return _drawn(alert, now, timezone, language, passage, max_age, show, quoted=False)
        size = min(size, len(passage.text))
        size = min(size - 1, size * max(0, units(passage.text) - over) // units(passage.text))


def _drawn(
    alert: Alert,
    now: datetime,
    timezone: str,
    language: str,
    passage: Excerpt,
    max_age: timedelta,
    show: Collection[Part],
    *,
    quoted: bool = True,
) -> Message:
    statement = alert.statement
    draft = Sheet(language)
    words = draft.words
    if alert.relayed is not None:
        _relayed(draft, *alert.relayed, timezone)
        draft.add("\n")
    if "actor" in show:
        _who(draft, alert)
        draft.add("\n")
    _headline(draft, alert, linked="link" in show)
    if "source" in show:
        _where(draft, alert, linked="link" in show)
    said_on, published = (
        tell(one, now, timezone, language, max_age=max_age) for one in (statement.said_on, statement.published)
    )
    if statement.said_on is not None and ("published" in show or said_on.warning):
        _when(draft, f"🗣 {words.SAID_ON}", said_on)
    if "published" in show or published.warning:
        _when(draft, f"📅 {words.PUBLISHED}", published)
    if "first_seen" in show:
        _when(draft, f"👁 {words.SEEN}", tell_time(statement.first_seen_at, timezone, language))
    _carried(draft, alert, timezone)
    if "original_and_folded_match" in show:
        _why(draft, alert)
    _since(draft, alert, timezone)
    if alert.may_repeat:
        draft.add(f"\n⚠️ {words.MAY_REPEAT}")
    if alert.delayed is not None:
        draft.add(f"\n⏱ {words.delayed(alert.delayed)}")
    if alert.meanwhile is not None:
        channel, at = alert.meanwhile
        draft.add(f"\n↪️ {words.SENT_MEANWHILE} ")
        draft.foreign(short(channel, _NAME) or "?", "code")
        draft.add(words.COMMA)
        draft.moment(at, timezone)
    for said in _quotes(alert, passage) if quoted else ():
        draft.add("\n💬 ")
        draft.foreign(said)
    if passage.text:
        draft.add("\n")
        start = draft.length
        draft.foreign(passage.text, hits=passage.hits[:_HITS])
        draft.span(start, draft.length, "quote")
    draft.add("\n")
    draft.foreign(f"#{short(alert.tag, _TAG)}", "code")
    return draft.message()


def _relayed(draft: Sheet, channel: str, since: datetime | None, timezone: str) -> None:
    """For which channel a message is told, and why here."""
    draft.add(f"↪️ {draft.words.THROUGH_FALLBACK} ")
    draft.foreign(short(channel, _NAME) or "?", "code")
    draft.add(f" {draft.words.UNREACHED_SINCE if since is not None else draft.words.UNREACHED}")
    if since is not None:
        draft.add(" ")
        draft.moment(since, timezone)


def relayed(
    message: Message, channel: str, since: datetime | None, *, timezone: str = "UTC", language: str = "en"
) -> Message:
    """`message`, told for another channel that takes nothing `since` then: it says so first, and gives lines at its end for that."""
    sheet = Sheet(language)
    _relayed(sheet, channel, since, timezone)
    sheet.add("\n")
    head = sheet.message()
    most = (_CAPTION if message.file is not None else LONGEST) - units(head.text) - 2
    text, kept = message.text, message.text
    while units(text) > most and kept:
        kept = kept.rpartition("\n")[0]  # whole lines: an isolate ends in the line that it begins in
        text = f"{kept}\n{MARK}"
    moved = tuple(
        replace(span, start=span.start + len(head.text), end=min(span.end, len(kept)) + len(head.text))
        for span in message.spans
        if span.start < len(kept)
    )
    return replace(message, text=head.text + text, spans=(*head.spans, *moved), edits="", reply_to="")


def _who(draft: Sheet, alert: Alert) -> None:
    draft.add("🔴 ")
    names = {group.id: group.name for group in alert.groups}
    speakers = {match.actor for match in alert.matches if match.role == "speaker"}
    for index, actor in enumerate(sorted(alert.actors, key=lambda one: one.id not in speakers)[:_ACTORS]):
        draft.add(" · " if index else "")
        mentioned = any(match.actor == actor.id and match.role == "mentioned" for match in alert.matches)
        draft.add(f"{draft.words.MENTIONS} " if mentioned and actor.id not in speakers else "")
        draft.foreign(short(actor.name, _NAME) or actor.id, "bold")
        other = short(_other_script(actor, alert.matches, known=actor.id in speakers), _NAME)
        if other:
            draft.add(" · ")
            draft.foreign(other, "bold")
        groups = [group for group in actor.member_of if all(met.id != group for met in alert.actors)]
        told_of = _described(actor, alert)
        role = actor.role or told_of.role
        for word in (role, *([names.get(group, group) for group in groups[:_GROUPS]] or [told_of.group])):
            if told := short(word, _ROLE):
                draft.add(draft.words.COMMA)
                draft.foreign(told)
        draft.add(f": {draft.words.SAID}" if actor.id in speakers else "")
    draft.add(_rest(draft, alert.actors, _ACTORS))
    if not alert.actors:
        lists = list(dict.fromkeys(match.rule for match in alert.matches if match.rule)) or [draft.words.NO_RULE]
        for index, name in enumerate(lists[:_ACTORS]):
            draft.add(" · " if index else "")
            draft.foreign(short(name, _NAME) or "?", "bold")
        draft.add(_rest(draft, lists, _ACTORS))


def _described(actor: Actor, alert: Alert) -> Described:
    """What the text itself says that this person is, for what the configuration does not say."""
    statement = alert.statement
    if actor.type == "person" and not (actor.role and actor.member_of):
        mine = [match for match in alert.matches if match.actor == actor.id]
        for match in sorted(mine, key=lambda one: one.field != "body")[:_SURFACES]:  # a headline says it shorter
            text = statement.title if match.field == "title" else statement.text or statement.summary
            if (hit := _found(match, match.field, text)) and (told := described(text, (hit.start, hit.end))):
                return told
    return Described("", "")


def _rest(draft: Sheet, things: Sequence[object], shown: int) -> str:
    """What stands for the things that were not named."""
    return f" {draft.words.more(len(things) - shown)}" if len(things) > shown else ""


def _headline(draft: Sheet, alert: Alert, *, linked: bool) -> None:
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
    url = link(alert.statement.url).url if linked else ""
    if url:
        draft.foreign(text or draft.words.NO_HEADLINE, "link", "bold", hits=apart(hits)[:_HEADLINE_HITS], url=url)
    else:
        draft.foreign(text or draft.words.NO_HEADLINE, "bold", hits=apart(hits)[:_HEADLINE_HITS])


def _where(draft: Sheet, alert: Alert, *, linked: bool) -> None:
    draft.add("\n🗞 ")
    draft.foreign(short(alert.source_name, _SOURCE) or short(alert.statement.source, _SOURCE))
    where = link(alert.statement.url)
    if where.url:
        draft.add(" · ")
        draft.foreign(short(where.host, _HOST))
    elif alert.statement.url and linked:
        draft.add(" · ")
        draft.foreign(short(draft.words.no_link(where.host or where.scheme or "?"), _HOST))


def _when(draft: Sheet, name: str, told: Told) -> None:
    draft.add(f"\n{name} {told.before} " if told.before else f"\n{name} ")
    draft.time(told)
    quoted = short(told.quoted, _PATTERN)
    if told.precision or quoted:
        draft.add(f" ({told.precision}" + (": " if told.precision and quoted else ""))
        if quoted:
            draft.foreign(f"“{quoted}”")
        draft.add(")")
    if told.warning:
        draft.add(f" ⚠️ {told.warning}")


def _carried(draft: Sheet, alert: Alert, timezone: str) -> None:
    """Who carries the statement besides the alert's own source, and by how much each came later than the first."""
    if len(alert.carried) < 2:
        return
    first, *later = alert.carried
    draft.add(f"\n🔁 {draft.words.sources(len(alert.carried))}{draft.words.COMMA}{draft.words.FIRST}: ")
    draft.foreign(short(first.source, _OUTLET) or "?")
    draft.add(draft.words.COMMA)
    draft.moment(first.seen_at, timezone)
    for index, one in enumerate(later[:_OUTLETS]):
        draft.add(draft.words.COMMA if index else f" · {draft.words.ALSO}: ")
        draft.foreign(short(one.source, _OUTLET) or "?")
        draft.add(f" {draft.words.lead(one.seen_at - first.seen_at)}")
    draft.add(_rest(draft, later, _OUTLETS))


def _since(draft: Sheet, alert: Alert, timezone: str) -> None:
    """Why it rings though its story did before; and what became of the statement after it rang."""
    if alert.news:
        draft.add(f"\n🆕 {draft.words.news(alert.news)}")
        if alert.follows:
            draft.add(f" {draft.words.IN_THE_STORY_OF} ")
            draft.foreign(f"#{short(alert.follows, _TAG)}", "code")
    words = draft.words
    for sign, word, at in (("✏️", words.EDITED, alert.edited_at), ("🗑", words.REMOVED, alert.removed_at)):
        if at is not None:
            _when(draft, f"{sign} {word}", tell_time(at, timezone, draft.language))


def _quotes(alert: Alert, passage: Excerpt) -> list[str]:
    """What the watched speakers say word for word, where the passage does not hold it anyway."""
    body = alert.statement.text or alert.statement.summary
    found: dict[tuple[int, int], None] = {}
    for match in alert.matches:
        if match.role == "speaker" and (hit := _found(match, "body", body)):
            found |= dict.fromkeys((quote.start, quote.end) for quote in quotes(body, (hit.start, hit.end)))
        if len(found) >= _QUOTES * 4:
            break
    shown = [show(body[start : min(end, start + _QUOTE * 4)]).text for start, end in sorted(found)]
    return [f"“{cut(one, _QUOTE)}”" for one in shown if one and one not in passage.text][:_QUOTES]


def _why(draft: Sheet, alert: Alert) -> None:
    draft.add("\n🎯 ")
    for index, route in enumerate(alert.routes[:_ROUTES]):
        draft.add(draft.words.COMMA if index else f"{draft.words.rules(len(alert.routes))} ")
        draft.foreign(draft.words.OWN_WATCHLIST if owner(route) else short(route, _ROUTE) or "?", "code")
    if alert.routes:
        draft.add(f"{_rest(draft, alert.routes, _ROUTES)}: ")
    reasons = _reasons(alert)
    for index, (name, written, count) in enumerate(reasons[:_REASONS]):
        draft.add(" + " if index else "")
        draft.foreign(name)
        draft.add(f" {draft.words.written(draft.fenced(written))}" if written else "")
        draft.add(f" ({draft.words.hits(count)})")
    draft.add(_rest(draft, reasons, _REASONS))
    steps = dict.fromkeys(step for match in alert.matches for step in match.steps if step not in _USUAL)
    for step in list(steps)[:_STEPS]:
        draft.add(" · ")
        draft.foreign(short(step, _STEP) or "?")


def _reasons(alert: Alert) -> list[tuple[str, str, int]]:
    """What was met, how it is written where that differs, and how often: an actor by name, a keyword as configured."""
    names = {actor.id: actor.name for actor in alert.actors}
    met: dict[tuple[str, str], list[Match]] = {}
    for match in alert.matches:
        met.setdefault((match.watch, "" if match.actor is not None else match.pattern), []).append(match)
    reasons = []
    for group in met.values():
        actor = group[0].actor
        if actor is None:
            reasons.append((f"“{short(group[0].pattern or group[0].surface, _PATTERN)}”", "", len(group)))
            continue
        name = short(names.get(actor, actor), _NAME)
        surfaces = [short(surface, _PATTERN) for surface in _plainest(group)[:_SURFACES]]
        other = surfaces[0] if surfaces[0].casefold() != name.casefold() else ""
        reasons.append((name, other, len(group)))
    return reasons


def _plainest(group: Sequence[Match]) -> list[str]:
    """The spellings of one watch, those first that have as many words as the configured one: no title, nothing left out."""

    def more(match: Match) -> int:
        return abs(len(match.surface.split()) - len(match.pattern.split()))

    return list(dict.fromkeys(match.surface for match in sorted(group, key=more)))


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


def _other_script(actor: Actor, matches: Sequence[Match], *, known: bool) -> str:
    """The name in the other direction of writing: as the statement has it, else with `known` as the configuration does."""
    rtl = is_rtl(actor.name)
    written = (match.surface for match in matches if match.actor == actor.id)
    return next(
        (name for name in (*written, *(actor.aliases if known else ())) if name.strip() and is_rtl(name) != rtl), ""
    )
