"""The webhook channel against a real receiver on loopback: what it posts, how that is signed, and what each answer means."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import trustme

from alerts import outbox
from alerts.channels import Channels
from alerts.channels.webhook import WebhookChannel, as_json, judge, key_of, signature
from alerts.errors import ChannelDown, DeliveryError, MessageRefused, RecipientGone, TryLater
from alerts.logs import set_up
from alerts.message import draw_notice
from alerts.model import About, Message
from alerts.settings import ChannelSettings, Configuration, HealthSettings, LoggingSettings
from scraper.net.answer import Head
from scraper.net.post import Parcel, Posted, Poster
from scraper.secret import Secret
from scraper.settings import FetchSettings
from tests.configurations import read, wrong
from tests.fake_site import FakeSite
from tests.receiver import Receiver
from tests.street import House, configuration, house, local

CHECKOUT = Path(__file__).resolve().parent.parent
SECRET = "a key of more than sixteen letters"
NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
HELLO = Message("hello")
OLD = [("o1", "An old statement that was there before")]
RINGS = ("n1", "Qais al-Khazali speaks of the first matter today")
SECOND = ("n2", "Qais al-Khazali speaks of another matter tonight")


def hook(url: str, name: str = "siem", **more: Any) -> ChannelSettings:
    given: dict[str, Any] = {"secret": Secret(SECRET), "allow_private": True, **more}
    return ChannelSettings(name, "webhook", url=Secret(url), **given)


async def put(
    settings: ChannelSettings,
    message: Message = HELLO,
    *,
    seconds: float = 20.0,
    fetch: FetchSettings | None = None,
) -> str:
    channels = Channels([settings], clock=lambda: NOW, fetch=fetch, answer_timeout=seconds)
    try:
        return (await channels.reach(settings.id).send(message)).message_id
    finally:
        await channels.aclose()


async def refused(settings: ChannelSettings, **more: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await put(settings, **more)
    return caught.value


def about(number: int = 7, attempt: int = 1, **more: Any) -> About:
    return About(number, "alert", attempt, NOW - timedelta(seconds=3), more.pop("may_repeat", False), **more)


# ---------------------------------------------------------------------------------------------- what is posted


def watching(folder: Path, site: FakeSite, *channels: ChannelSettings) -> Configuration:
    ops = ChannelSettings("ops", "console")
    return configuration(
        folder,
        sources=(local("agency", f"{site.origin}/feed"),),
        channels=(*channels, ops),
        health=HealthSettings(notify=("ops",)),
    )


async def publish(bayan: House, site: FakeSite, *items: tuple[str, str]) -> None:
    site.pages["/feed"] = site.feed([*items, *OLD], teaser="He spoke for an hour.")
    await bayan.service.once(only=["agency"], patience=timedelta())


def states(bayan: House) -> list[str]:
    found = bayan.db.read_now(lambda conn: outbox.entries(conn))
    return [entry.state for entry in reversed(found) if entry.channel == "siem" and entry.kind == "alert"]


async def test_an_alert_is_posted_with_its_values_and_its_words(tmp_path: Path) -> None:
    async with FakeSite() as site, Receiver() as receiver, house(watching(tmp_path, site, hook(receiver.url))) as bayan:
        await publish(bayan, site)
        assert receiver.taken == []
        await publish(bayan, site, RINGS)
    (taken,) = receiver.taken
    assert (taken.method, taken.path, taken.headers["content-type"]) == ("POST", "/hook", "application/json")
    body = taken.json
    assert body["schema"] == 1 and body["kind"] == "alert" and body["channel"] == "siem"
    assert body["id"] == taken.headers["idempotency-key"]
    assert body["may_repeat"] is False and body["attempt"] == 1 and body["edits"] is None
    assert RINGS[1] in body["text"] and body["sent_at"] == "2026-06-20T12:00:00Z"
    (alert,) = body["alerts"]
    assert alert["source"] == {"id": "agency", "name": "agency"}
    assert alert["statement"]["title"] == RINGS[1] and alert["statement"]["text"] == "He spoke for an hour."
    assert alert["statement"]["url"] == f"{site.origin}/article/n1" and not alert["statement"]["text_is_cut"]
    assert alert["statement"]["first_seen_at"] == "2026-06-20T12:00:00Z" and alert["statement"]["published"] is None
    assert [actor["id"] for actor in alert["actors"]] == ["khazali"]
    (match,) = alert["matches"]
    assert RINGS[1][match["start"] : match["end"]] == match["surface"] == "Qais al-Khazali"


async def test_an_edit_of_an_alert_names_the_post_that_it_replaces(tmp_path: Path) -> None:
    async with FakeSite() as one, FakeSite() as two, Receiver() as receiver:
        config = watching(tmp_path, one, hook(receiver.url))
        config = replace(config, sources=(*config.sources, local("wire", f"{two.origin}/feed")))
        async with house(config) as bayan:
            two.pages["/feed"] = two.feed(OLD)
            await bayan.service.once(patience=timedelta())
            await publish(bayan, one)
            await publish(bayan, one, RINGS)
            two.pages["/feed"] = two.feed([("w1", RINGS[1]), *OLD])
            await bayan.service.once(only=["wire"], patience=timedelta())
    first, second = (put.json for put in receiver.taken)
    assert second["kind"] == "also" and second["edits"] == first["id"] != second["id"]
    assert [one["source"] for one in second["alerts"][0]["carried"]] == ["agency", "wire"]


def test_a_time_that_a_page_claims_is_posted_with_its_precision_and_where_it_was_read() -> None:
    from tests.alert_values import model_alert

    body = as_json(Message("x", about=about(alerts=(model_alert(),))), "siem", "7-x", NOW)
    (told,) = body["alerts"]
    assert told["statement"]["published"] is not None
    assert set(told["statement"]["published"]) == {"at", "precision", "method", "confident"}


def test_a_long_text_is_cut_and_a_long_digest_says_how_many_are_left_out() -> None:
    from tests.alert_values import model_alert

    long = replace(model_alert(), statement=replace(model_alert().statement, text="x" * 50_000))
    told = as_json(Message("x", about=about(alerts=(long,))), "siem", "7-x", NOW)["alerts"][0]["statement"]
    assert len(told["text"]) == 20_000 and told["text_is_cut"]
    body = as_json(Message("x", about=about(alerts=(long,) * 130)), "siem", "7-x", NOW)
    assert len(body["alerts"]) == 100 and body["alerts_left_out"] == 30
    assert len(body["alerts"][0]["statement"]["text"]) == 2_000


def test_the_key_is_the_same_at_each_attempt_and_another_one_in_another_store() -> None:
    first, again = Message("a", about=about()), Message("b", about=about(attempt=2, may_repeat=True))
    assert key_of(first, NOW) == key_of(again, NOW + timedelta(hours=1)) == "7-20260620T115957"
    elsewhere = replace(about(), created_at=NOW)
    assert key_of(Message("a", about=elsewhere), NOW) != key_of(first, NOW)


async def test_more_headers_are_sent_and_never_in_the_place_of_ours() -> None:
    async with Receiver() as receiver:
        await put(hook(receiver.url, headers={"Authorization": "Splunk abc", "Idempotency-Key": "mine"}))
    (taken,) = receiver.taken
    assert taken.headers["authorization"] == "Splunk abc"
    assert taken.headers["idempotency-key"].startswith("test-")


# ------------------------------------------------------------------------------------------------- the signature


async def test_the_signature_is_an_hmac_of_the_time_and_the_body() -> None:
    async with Receiver() as receiver:
        await put(hook(receiver.url))
    (taken,) = receiver.taken
    at, _, said = taken.headers["bayan-signature"].removeprefix("t=").partition(",v1=")
    assert int(at) == int(NOW.timestamp())
    assert said == hmac.new(SECRET.encode(), f"{at}.".encode() + taken.body, hashlib.sha256).hexdigest()


async def test_without_a_secret_nothing_is_signed() -> None:
    async with Receiver() as receiver:
        await put(hook(receiver.url, secret=None))
    assert "bayan-signature" not in receiver.taken[0].headers


def verify_of_the_manual() -> Callable[..., bool]:
    """The receiver's check, as the manual shows it."""
    page = (CHECKOUT / "docs" / "webhooks.md").read_text("utf-8")
    (snippet,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(snippet, names)
    found: Callable[..., bool] = names["is_genuine"]
    return found


def test_the_check_of_the_manual_takes_what_we_sign_and_refuses_everything_else() -> None:
    is_genuine = verify_of_the_manual()
    body = b'{"schema": 1}'
    header = signature(SECRET, body, NOW)
    now = NOW.timestamp()
    assert is_genuine(header, body, SECRET, now)
    assert is_genuine(header, body, SECRET, now + 299)
    assert not is_genuine(header, body, SECRET, now + 301), "a replay"
    assert not is_genuine(header, body, SECRET, now - 301), "from the future"
    assert not is_genuine(header, body + b" ", SECRET, now)
    assert not is_genuine(header, body, "another key of sixteen letters", now)
    assert not is_genuine(header.replace("t=1", "t=2"), body, SECRET, now)
    for broken in ("", "t=,v1=", "v1=abc", "t=x,v1=y", f"t={'9' * 400},v1=00", header.partition(",")[0]):
        assert not is_genuine(broken, body, SECRET, now)


# ------------------------------------------------------------------------------------------- the table of answers


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_every_2xx_is_a_receipt(status: int) -> None:
    async with Receiver(always=f"{status} X") as receiver:
        assert await put(hook(receiver.url), Message("x", about=about())) == "7-20260620T115957"


@pytest.mark.parametrize(
    ("answer", "kind", "certain"),
    [
        ("400 X", MessageRefused, None),
        ("413 X", MessageRefused, None),
        ("422 X", MessageRefused, None),
        ("401 X", ChannelDown, None),
        ("403 X", ChannelDown, None),
        ("404 X", ChannelDown, None),
        ("405 X", ChannelDown, None),
        ("301 X\r\nLocation: /other", ChannelDown, None),
        ("307 X\r\nLocation: /other", ChannelDown, None),
        ("304 X", ChannelDown, None),
        ("410 X", RecipientGone, None),
        ("408 X", TryLater, False),
        ("425 X", TryLater, True),
        ("429 X", TryLater, True),
        ("500 X", TryLater, False),
        ("503 X", TryLater, False),
        ("599 X", TryLater, False),
        ("reset", TryLater, False),
        ("half", TryLater, False),
        ("rubbish", TryLater, False),
    ],
)
async def test_what_an_answer_means(answer: str, kind: type[DeliveryError], certain: bool | None) -> None:
    async with Receiver(always=answer) as receiver:
        error = await refused(hook(receiver.url))
    assert type(error) is kind
    assert getattr(error, "certain", None) is certain
    assert len(receiver.taken) == 1, "nothing is followed, nothing tried twice at once"


async def test_a_receiver_that_says_nothing_leaves_it_open() -> None:
    async with Receiver(always="silence") as receiver:
        error = await refused(hook(receiver.url), seconds=0.3)
    assert isinstance(error, TryLater) and not error.certain and len(receiver.taken) == 1


async def test_a_refused_connection_surely_sent_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = await refused(hook(f"http://127.0.0.1:{port}/"))
    assert isinstance(error, TryLater) and error.certain


async def test_a_listener_that_never_takes_the_connection_further_is_not_waited_for_longer_than_it_may_take() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        error = await refused(hook(f"http://127.0.0.1:{silent.getsockname()[1]}/"), seconds=0.3)
    assert isinstance(error, TryLater) and not error.certain, "its bytes are with the other side's kernel"


async def test_a_name_that_does_not_resolve_surely_sent_nothing() -> None:
    async def nowhere(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    posted = await Poster(FetchSettings(), resolve=nowhere).post(Parcel("https://hook.example.org/x", b"{}"))
    assert not posted.sent
    with pytest.raises(TryLater) as caught:
        judge(posted, NOW)
    assert caught.value.certain


@pytest.mark.parametrize(
    ("said", "seconds"), [("120", 120), ("Sat, 20 Jun 2026 12:05:00 GMT", 300), ("99999999", 86_400)]
)
async def test_retry_after_is_kept_in_both_of_its_forms_and_at_most_for_a_day(said: str, seconds: int) -> None:
    async with Receiver(always=f"503 X\r\nRetry-After: {said}") as receiver:
        error = await refused(hook(receiver.url))
    assert isinstance(error, TryLater) and error.after == timedelta(seconds=seconds)


async def test_an_endless_head_of_an_answer_is_given_up() -> None:
    async with Receiver(always="200 X\r\nX: " + "a" * 300_000) as receiver:
        error = await refused(hook(receiver.url))
    assert isinstance(error, TryLater) and not error.certain


def test_only_the_status_counts_whatever_else_an_answer_says() -> None:
    judge(Posted(Head(204, [(b"Location", b"http://10.0.0.1/"), (b"Retry-After", b"7")]), sent=True), NOW)


# -------------------------------------------------------------------------------------------------- guarded


async def test_a_private_address_is_refused_unless_the_channel_or_fetch_opens_it() -> None:
    async with Receiver() as receiver:
        error = await refused(hook(receiver.url, allow_private=False))
        assert isinstance(error, ChannelDown) and "allow_private" in error.reason
        assert receiver.connections == 0
        assert await put(hook(receiver.url, allow_private=False), fetch=FetchSettings(allow_private=("127.0.0.0/8",)))
    assert len(receiver.taken) == 1


async def test_a_name_that_resolves_to_a_private_address_is_refused_before_anything_is_sent() -> None:
    async def home(host: str, port: int) -> list[str]:
        return ["203.0.114.9", "127.0.0.1"]

    async with Receiver() as receiver:
        port = receiver.url.rpartition(":")[2].partition("/")[0]
        posted = await Poster(FetchSettings(), resolve=home).post(Parcel(f"http://hook.example.org:{port}/", b"{}"))
        assert (posted.outcome, posted.sent, receiver.connections) == ("blocked", False, 0)


async def test_a_certificate_that_nobody_knows_surely_sent_nothing_and_a_known_one_is_taken() -> None:
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(server)
    authority.configure_trust(client)
    async with Receiver(tls=server) as receiver:
        error = await refused(hook(receiver.url))
        assert isinstance(error, TryLater) and error.certain and "certificate" in error.reason
        poster = Poster(FetchSettings(), verify=client)
        way = WebhookChannel(hook(receiver.url), poster, lambda: NOW)
        assert (await way.send(Message("hello"))).message_id.startswith("test-")
    assert [put.json["text"] for put in receiver.taken] == ["hello"]


async def test_no_word_of_a_secret_reaches_an_error_a_repr_or_the_log() -> None:
    log = StringIO()
    key = "hunter2-hunter2-hunter2"
    settings = hook("http://127.0.0.1:9/services/T000/hunter2", secret=Secret(key), headers={"X-Key": f"{key}-more"})
    set_up(LoggingSettings(level="debug"), secrets=settings.secrets, stream=log)
    try:
        said = [str(await refused(settings))]
        for answer in ("301 X\r\nLocation: http://127.0.0.1/hunter2", "401 X", "400 X", "500 X", "rubbish", "reset"):
            async with Receiver(always=answer) as receiver:
                here = replace(settings, url=Secret(f"{receiver.url}/hunter2"))
                error = await refused(here)
                said += [str(error), repr(error), repr(here), f"{error.__cause__} {error.__context__}"]
    finally:
        for handler in list(logging.getLogger().handlers):
            logging.getLogger().removeHandler(handler)
    assert "hunter2" not in " ".join(said)
    assert "hunter2" not in log.getvalue()


# --------------------------------------------------------------------------------------------- through the outbox


async def test_an_ambiguous_attempt_is_posted_again_with_the_same_key_and_marked(tmp_path: Path) -> None:
    async with FakeSite() as site, Receiver() as receiver, house(watching(tmp_path, site, hook(receiver.url))) as bayan:
        await publish(bayan, site)
        receiver.answers += ["reset"]
        await publish(bayan, site, RINGS)
        assert states(bayan) == ["unconfirmed"]
        bayan.clock.advance(minutes=1)
        await bayan.service.once(patience=timedelta())
        assert states(bayan) == ["sent"]
    first, again = receiver.taken
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"]
    assert (first.json["may_repeat"], again.json["may_repeat"], again.json["attempt"]) == (False, True, 2)
    assert "may repeat" in again.json["text"]


async def test_a_key_that_is_refused_holds_everything_and_the_operators_are_told(tmp_path: Path) -> None:
    async with FakeSite() as site, Receiver() as receiver, house(watching(tmp_path, site, hook(receiver.url))) as bayan:
        await publish(bayan, site)
        receiver.answers += ["401 X"]
        await publish(bayan, site, RINGS)
        assert states(bayan) == ["pending"]
        bayan.clock.advance(minutes=10)
        await bayan.service.once(patience=timedelta())
        assert states(bayan) == ["sent"] and receiver.taken[-1].json["may_repeat"] is False
        assert "Channel siem is down: status 401: it refuses our credentials" in bayan.shown
        assert "Channel siem takes messages again" in bayan.shown


async def test_a_receiver_that_is_gone_is_told_and_what_follows_waits(tmp_path: Path) -> None:
    async with FakeSite() as site, Receiver() as receiver, house(watching(tmp_path, site, hook(receiver.url))) as bayan:
        await publish(bayan, site)
        receiver.answers += ["410 X"]
        await publish(bayan, site, RINGS)
        await publish(bayan, site, SECOND, RINGS)
        assert states(bayan) == ["failed", "pending"]
        assert "Channel siem no longer takes messages" in bayan.shown


async def test_a_retry_after_is_kept_to_the_second_and_over_a_restart(tmp_path: Path) -> None:
    async with FakeSite() as site, Receiver() as receiver:
        config = watching(tmp_path, site, hook(receiver.url))
        async with house(config) as bayan:
            await publish(bayan, site)
            receiver.answers += ["429 X\r\nRetry-After: 300"]
            await publish(bayan, site, RINGS)
        async with house(config, bayan.clock) as bayan:
            bayan.clock.advance(seconds=299)
            await bayan.service.once(patience=timedelta())
            assert len(receiver.taken) == 1, "too early"
            bayan.clock.advance(seconds=1)
            await bayan.service.once(patience=timedelta())
            assert states(bayan) == ["sent"]


async def test_another_address_of_a_channel_is_another_destination() -> None:
    one, other = hook("https://a.example.org/x"), hook("https://a.example.org/y")
    assert one.fingerprint != other.fingerprint == replace(other, secret=None).fingerprint
    assert "example" not in one.fingerprint


async def test_many_posts_at_once_each_have_a_connection_of_their_own() -> None:
    async with Receiver() as receiver:
        channels = Channels([hook(receiver.url)], clock=lambda: NOW)
        way = channels.reach("siem")
        await asyncio.gather(*(way.send(draw_notice(f"number {n}")) for n in range(20)))
        assert receiver.connections == 20 and len(set(receiver.texts())) == 20


# ------------------------------------------------------------------------------------------- in the configuration

HOOK = '[channels.siem]\nkind = "webhook"\n'


def test_a_webhook_is_read_with_its_address_and_key(tmp_path: Path) -> None:
    text = f'{HOOK}url = "https://siem.example.org/hook?k=1"\nsecret = {{ env = "KEY" }}\nheaders = {{ "X-A" = "b" }}\n'
    siem, _ = read(tmp_path, text, {"KEY": SECRET}).channels
    assert siem == ChannelSettings(
        "siem", "webhook", url=Secret("https://siem.example.org/hook?k=1"), secret=Secret(SECRET), headers={"X-A": "b"}
    )


def test_every_mistake_in_a_webhook_is_told_and_none_of_its_secrets(tmp_path: Path) -> None:
    text = f"""{HOOK}url = {{ env = "URL" }}
secret = {{ env = "KEY" }}
headers = {{ "Idempotency-Key" = "x" }}
chat = 5
"""
    said = wrong(tmp_path, text, {"URL": "ftp://hunter2.example.org/x", "KEY": "hunter2"})
    assert [line.partition(": ")[2].partition(": ")[0] for line in said] == [
        "channels.siem.url", "channels.siem.secret", "channels.siem.headers.Idempotency-Key", "channels.siem.chat",
    ]  # fmt: skip
    assert "hunter2" not in " ".join(said)
    assert any("channels.siem.url: is missing" in line for line in wrong(tmp_path, HOOK))


def test_what_is_unsigned_unencrypted_or_not_public_is_worth_a_line(tmp_path: Path) -> None:
    warnings = " ".join(read(tmp_path, f'{HOOK}url = "http://10.1.2.3/hook"\n').warnings)
    assert "nothing is signed" in warnings and "unencrypted" in warnings and "not on the public internet" in warnings
    near = read(
        tmp_path,
        f'{HOOK}url = "http://127.0.0.1:9/x"\nallow_private = true\nsecret = {{ env = "KEY" }}\n',
        {"KEY": SECRET},
    )
    assert not [line for line in near.warnings if "route" not in line]
