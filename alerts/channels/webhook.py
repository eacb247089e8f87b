"""A webhook: each message as JSON, put to one address and signed, so that a program may trust it and refuse what it had already.

    message -> JSON -> signature -> POST -> receipt, or one of the four errors

`docs/webhooks.md` tells receivers what they get. The header Idempotency-Key names the delivery: a message that comes a second
time carries the same one. The signature is that of the widespread form `t=SECONDS,v1=HEX`, HMAC-SHA256 over
`SECONDS.BODY`: who refuses old times refuses replays.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from alerts.errors import ChannelDown, MessageRefused, RecipientGone, TryLater
from alerts.model import Alert, Match, Message, Receipt
from alerts.settings import ChannelSettings
from scraper.model import Moment, Statement
from scraper.net.answer import Head, retry_after
from scraper.net.post import Parcel, Posted, Poster

SCHEMA: Final = 1
"""The number of the JSON's form. It changes when something that receivers may rely on does, not when something is added."""
LONGEST_TEXT, SHORT_TEXT = 20_000, 2_000
"""Code points of a statement's text: of one alert, and of each in a digest."""
MOST_ALERTS = 100
"""Alerts of one digest; `alerts_left_out` says how many more there are."""
MOST_MATCHES = 200

_LONGEST_WAIT = timedelta(hours=24)
_CONFIGURED_WRONGLY = {
    401: "it refuses our credentials",
    403: "it refuses us",
    404: "there is nothing at its address",
    405: "its address takes no POST",
    407: "its proxy asks for credentials",
    421: "its address belongs to another server",
}
"""Statuses that say something of the way and nothing of this message: every message would meet them."""
_NOT_NOW = {408: False, 425: True, 429: True}
"""To be tried again, and whether the message then surely was not taken."""


class WebhookChannel:
    """An address that takes messages as JSON."""

    __slots__ = ("_clock", "_poster", "_settings", "_wait")

    def __init__(
        self, settings: ChannelSettings, poster: Poster, clock: Callable[[], datetime], *, answer_timeout: float = 20.0
    ) -> None:
        """`clock` gives the aware UTC time; `answer_timeout` is how many seconds a POST may take in all."""
        self._settings = settings
        self._poster = poster
        self._clock = clock
        self._wait = timedelta(seconds=answer_timeout)

    async def send(self, message: Message) -> Receipt:
        """Put one message there; the receipt is its key. Raises one of the four errors of `alerts/errors.py`."""
        settings, now = self._settings, self._clock()
        if settings.url is None:
            raise ChannelDown(f"channel {settings.id!r} has no address")
        key = key_of(message, now)
        body = json.dumps(as_json(message, settings.id, key, now), ensure_ascii=False).encode("utf-8", "replace")
        headers = {**settings.headers, "Content-Type": "application/json", "Idempotency-Key": key}
        if settings.secret is not None:
            headers["Bayan-Signature"] = signature(settings.secret.reveal(), body, now)
        posted = await self._poster.post(
            Parcel(
                settings.url.reveal(),
                body,
                tuple(headers.items()),
                allow_private=settings.allow_private,
                proxy=settings.proxy,
                max_wait=self._wait,
            )
        )
        judge(posted, now)
        return Receipt(key)

    def __repr__(self) -> str:
        return f"WebhookChannel({self._settings.id!r})"


def signature(secret: str, body: bytes, now: datetime) -> str:
    """The header Bayan-Signature of a body that leaves at `now` (aware)."""
    at = str(int(now.timestamp()))
    signed = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256)
    return f"t={at},v1={signed.hexdigest()}"


def key_of(message: Message, now: datetime) -> str:
    """What names a message for its receiver: the same at each attempt, and another one in another store or after a backup."""
    about = message.about
    return f"test-{now:%Y%m%dT%H%M%S%f}" if about is None else f"{about.delivery}-{about.created_at:%Y%m%dT%H%M%S}"


def judge(posted: Posted, now: datetime) -> None:
    """What an attempt means for the message: nothing where it was taken, else one of the four errors is raised."""
    head = posted.head
    if head is None:
        if posted.outcome == "blocked":
            raise ChannelDown(f"{posted.detail}: it may not be reached (`allow_private` opens it)")
        said = "sent, but no clear answer" if posted.sent else "not sent"
        raise TryLater(f"{said}: {posted.detail}", certain=not posted.sent)
    status = head.status
    if 200 <= status < 300:
        return
    if status == 410:
        raise RecipientGone("status 410: the receiver wants no more messages")
    if status in _NOT_NOW or status >= 500:
        raise _later(head, now)
    if status < 400:
        raise ChannelDown(
            f"status {status}: it answers with another address, which is not followed; write that one down"
        )
    if status in _CONFIGURED_WRONGLY:
        raise ChannelDown(f"status {status}: {_CONFIGURED_WRONGLY[status]}")
    raise MessageRefused(f"status {status}: the receiver refuses this message")


def _later(head: Head, now: datetime) -> TryLater:
    after = retry_after(head, now, _LONGEST_WAIT)
    said = "too many requests" if head.status == 429 else "it has failed" if head.status >= 500 else "not now"
    asked = f"; retry after {after.total_seconds():.0f} s" if after is not None else ""
    return TryLater(
        f"status {head.status}: {said}{asked}",
        certain=_NOT_NOW.get(head.status, False),
        after=after,
        whole_channel=head.status == 429,
    )


# ------------------------------------------------------------------------------------------------- the JSON


def as_json(message: Message, channel: str, key: str, now: datetime) -> dict[str, Any]:
    """The body: what the message says, and the values that it was drawn from. Times are UTC, positions code points."""
    about = message.about
    alerts = about.alerts if about is not None else ()
    longest = LONGEST_TEXT if len(alerts) == 1 else SHORT_TEXT
    return {
        "schema": SCHEMA,
        "id": key,
        "channel": channel,
        "kind": about.kind if about is not None else "test",
        "sent_at": _instant(now),
        "created_at": _instant(about.created_at if about is not None else now),
        "attempt": about.attempt if about is not None else 1,
        "may_repeat": about is not None and about.may_repeat,
        "edits": message.edits or None,
        "reply_to": message.reply_to or None,
        "text": message.text,
        "file": None if message.file is None else {"name": message.file.name, "text": message.file.text},
        "alerts": [_alert(alert, longest) for alert in alerts[:MOST_ALERTS]],
        "alerts_left_out": max(0, len(alerts) - MOST_ALERTS),
    }


def _alert(alert: Alert, longest: int) -> dict[str, Any]:
    return {
        "tag": alert.tag,
        "statement": _statement(alert.statement, longest),
        "source": {"id": alert.statement.source, "name": alert.source_name},
        "actors": [
            {
                "id": actor.id,
                "type": actor.type,
                "name": actor.name,
                "role": actor.role,
                "member_of": list(actor.member_of),
            }
            for actor in alert.actors
        ],
        "matches": [_match(match) for match in alert.matches[:MOST_MATCHES]],
        "routes": list(alert.routes),
        "carried": [{"source": one.source, "seen_at": _instant(one.seen_at)} for one in alert.carried],
        "news": alert.news or None,
        "follows": alert.follows or None,
        "delayed_seconds": None if alert.delayed is None else round(alert.delayed.total_seconds()),
        "relayed_for": alert.relayed[0] if alert.relayed is not None else None,
        "told_meanwhile_through": alert.meanwhile[0] if alert.meanwhile is not None else None,
        "edited_at": None if alert.edited_at is None else _instant(alert.edited_at),
        "removed_at": None if alert.removed_at is None else _instant(alert.removed_at),
    }


def _statement(found: Statement, longest: int) -> dict[str, Any]:
    text = found.text or found.summary
    return {
        "id": found.id,
        "revision": found.revision,
        "key": found.key,
        "url": found.url,
        "title": found.title,
        "text": text[:longest],
        "text_is_cut": len(text) > longest,
        "author": found.author,
        "language": found.language,
        "published": _claimed(found.published),
        "said_on": _claimed(found.said_on),
        "first_seen_at": _instant(found.first_seen_at),
    }


def _match(match: Match) -> dict[str, Any]:
    return {
        "rule": match.rule,
        "actor": match.actor,
        "tier": match.tier,
        "role": match.role,
        "field": match.field,
        "start": match.start,
        "end": match.end,
        "surface": match.surface,
        "pattern": match.pattern,
        "steps": list(match.steps),
    }


def _claimed(moment: Moment | None) -> dict[str, Any] | None:
    """A time that the page claims: only what is certain of it by its precision counts, and `method` says where it was read."""
    if moment is None:
        return None
    at = moment.at.date().isoformat() if moment.precision == "day" else moment.at.isoformat()
    return {"at": at, "precision": moment.precision, "method": moment.method, "confident": moment.confident}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
