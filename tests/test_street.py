"""The street, end to end: a page on a real server becomes a message at a real (loopback) Bot API. Time is handed in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts import outbox
from alerts.settings import Configuration, DeliverySettings, HealthSettings
from scraper import sources, store
from scraper.sources import SourceState
from tests.fake_botapi import FakeBotApi
from tests.fake_site import Asked, FakeSite
from tests.street import Clock, House, configuration, house, local, phone

OLD = [("o1", "An old statement that was there before"), ("o2", "Another old statement of no interest")]
RINGS = ("n1", "Qais al-Khazali speaks of the first matter today")
SECOND = ("n2", "Qais al-Khazali speaks of another matter tonight")
BODY = "<html><body><article><h1>A headline</h1>{}</article></body></html>"


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        running.pages["/feed"] = running.feed(OLD)
        yield running


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


def watching(folder: Path, site: FakeSite, api: FakeBotApi | None = None, **more: object) -> Configuration:
    told = {} if api is None else {"channels": (phone("phone", api.url, "11"),)}
    return configuration(folder, sources=(local("agency", f"{site.origin}/feed"),), **{**told, **more})


async def poll(bayan: House, source: str = "agency") -> None:
    await bayan.service.once(only=[source], patience=timedelta())


def state(bayan: House, source: str = "agency") -> SourceState:
    found = bayan.db.read_now(lambda conn: sources.state(conn, source))
    assert found is not None
    return found


def deliveries(bayan: House) -> list[tuple[str, str]]:
    return [(entry.channel, entry.state) for entry in bayan.db.read_now(lambda conn: outbox.entries(conn))]


# ------------------------------------------------------------------------------------------------------ polling


async def test_the_first_poll_stores_and_stays_silent_and_the_second_rings_once(tmp_path: Path, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed([RINGS])
    async with house(watching(tmp_path, site)) as bayan:
        await poll(bayan)
        assert bayan.shown == ""
        site.pages["/feed"] = site.feed([SECOND, RINGS])
        await poll(bayan)
        await poll(bayan)
        shown = bayan.shown
        assert shown.count(SECOND[1]) == 1
        assert RINGS[1] not in shown


async def test_a_first_poll_that_was_empty_is_no_baseline(tmp_path: Path, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed([])
    async with house(watching(tmp_path, site)) as bayan:
        await poll(bayan)
        assert state(bayan).baseline_at is None
        assert state(bayan).outcome == "empty"
        site.pages["/feed"] = site.feed([RINGS])
        await poll(bayan)
        assert state(bayan).baseline_at is not None
        assert bayan.shown == ""


async def test_an_unchanged_page_costs_one_conditional_request_and_no_parsing(tmp_path: Path, site: FakeSite) -> None:
    async with house(watching(tmp_path, site)) as bayan:
        await poll(bayan)
        await poll(bayan)
        assert state(bayan).outcome == "not_modified"
        assert "if-none-match" in site.asked[-1].headers


async def test_a_failed_poll_is_recorded_harms_nothing_and_is_never_healed_by_a_304(
    tmp_path: Path, site: FakeSite
) -> None:
    good = site.pages["/feed"]
    async with house(watching(tmp_path, site)) as bayan:
        await poll(bayan)
        site.pages["/feed"] = 500
        await poll(bayan)
        assert (state(bayan).outcome, state(bayan).failures) == ("http_error", 1)
        assert len(bayan.db.read_now(lambda conn: store.find(conn))) == len(OLD)
        site.pages["/feed"] = good
        await poll(bayan)
        assert "if-none-match" not in site.asked[-1].headers
        assert (state(bayan).outcome, state(bayan).failures) == ("ok", 0)


async def test_a_web_page_in_place_of_the_feed_removes_nothing_and_rings_nothing(
    tmp_path: Path, site: FakeSite
) -> None:
    async with house(watching(tmp_path, site)) as bayan:
        await poll(bayan)
        site.pages["/feed"] = "<html><body><h1>Please accept our cookies, Qais al-Khazali</h1></body></html>"
        await poll(bayan)
        assert state(bayan).outcome == "suspect"
        assert len(bayan.db.read_now(lambda conn: store.find(conn))) == len(OLD)


async def test_one_source_that_fails_does_not_stop_another(tmp_path: Path, site: FakeSite) -> None:
    good, bad = local("good", f"{site.origin}/feed"), local("bad", f"{site.origin}/nothing")
    async with house(configuration(tmp_path, sources=(bad, good))) as bayan:
        report = await bayan.service.once(patience=timedelta())
        assert {polled.source: polled.outcome for polled in report.polled} == {"bad": "http_error", "good": "ok"}


async def test_what_is_not_due_is_not_asked_for(tmp_path: Path, site: FakeSite) -> None:
    clock = Clock()
    async with house(watching(tmp_path, site), clock) as bayan:
        await bayan.service.once(patience=timedelta())
        await bayan.service.once(patience=timedelta())
        assert site.requests("/feed") == 1
        clock.advance(minutes=11)
        await bayan.service.once(patience=timedelta())
        assert site.requests("/feed") == 2


# ----------------------------------------------------------------------------------------------------- articles


def with_articles(folder: Path, site: FakeSite) -> Configuration:
    source = local("agency", f"{site.origin}/feed", full_text=True)
    return configuration(folder, sources=(source,), delivery=DeliverySettings(body_wait=timedelta(seconds=15)))


async def test_a_body_is_read_behind_a_new_headline_and_shown_in_the_one_alert(tmp_path: Path, site: FakeSite) -> None:
    async with house(with_articles(tmp_path, site)) as bayan:
        await poll(bayan)
        site.pages["/feed"] = site.feed([RINGS, *OLD])
        words = "He said that a threat of this kind will be answered in due course. " * 5
        site.pages["/article/n1"] = BODY.format(f"<p>{words}</p>")
        await poll(bayan)
        assert bayan.shown.count(RINGS[1]) == 1
        assert "will be answered in due course" in bayan.shown


async def test_a_name_that_stands_in_the_body_only_rings_too(tmp_path: Path, site: FakeSite) -> None:
    quiet = ("n9", "A militia leader speaks of the first matter today")
    async with house(with_articles(tmp_path, site)) as bayan:
        await poll(bayan)
        site.pages["/feed"] = site.feed([quiet, *OLD])
        site.pages["/article/n9"] = BODY.format(f"<p>{'It was said at length by Qais al-Khazali in Baghdad. ' * 6}</p>")
        await poll(bayan)
        assert bayan.shown.count(quiet[1]) == 1


async def test_an_article_that_fails_costs_the_body_and_not_the_alert_and_is_tried_again(
    tmp_path: Path, site: FakeSite
) -> None:
    clock = Clock()
    async with house(with_articles(tmp_path, site), clock) as bayan:
        await poll(bayan)
        site.pages["/feed"] = site.feed([RINGS, *OLD])
        site.pages["/article/n1"] = 503
        await poll(bayan)
        assert bayan.shown.count(RINGS[1]) == 1
        site.pages["/article/n1"] = BODY.format(f"<p>{'At last the body of this article is here. ' * 8}</p>")
        clock.advance(minutes=2)
        await bayan.service.once(patience=timedelta())
        (statement,) = [one for one in bayan.db.read_now(lambda conn: store.find(conn)) if one.title == RINGS[1]]
        assert "At last the body" in statement.text
        assert statement.revision == 1
        assert bayan.shown.count(RINGS[1]) == 1


async def test_the_baseline_asks_for_no_articles(tmp_path: Path, site: FakeSite) -> None:
    async with house(with_articles(tmp_path, site)) as bayan:
        await poll(bayan)
        assert [asked.path for asked in site.asked if asked.path.startswith("/article")] == []


# --------------------------------------------------------------------------------------------------- delivering


async def ring(bayan: House, site: FakeSite, *items: tuple[str, str]) -> None:
    """Let the site publish these, after its baseline."""
    await poll(bayan)
    site.pages["/feed"] = site.feed([*items, *OLD])
    await poll(bayan)


async def test_a_lost_answer_is_retried_and_the_copy_is_marked(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        api.fail("reset", when="after")
        await ring(bayan, site, RINGS)
        bayan.clock.advance(seconds=5)
        await bayan.service.once(patience=timedelta())
        assert ["may repeat" in message["text"] for message in api.accepted] == [False, True]
        assert deliveries(bayan) == [("phone", "sent")]


async def test_a_refused_connection_is_retried_without_a_mark(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await api.refuse()
        await ring(bayan, site, RINGS)
        assert deliveries(bayan) == [("phone", "pending")]
        await api.listen()
        bayan.clock.advance(seconds=5)
        await bayan.service.once(patience=timedelta())
        assert ["may repeat" in message["text"] for message in api.accepted] == [False]


async def test_a_flood_wait_for_one_chat_does_not_hold_up_another(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    both = (phone("one", api.url, "11"), phone("two", api.url, "22"))
    async with house(watching(tmp_path, site, channels=both)) as bayan:
        api.fail("flood", chat="11", seconds=300)
        await ring(bayan, site, RINGS)
        assert [str(message["chat_id"]) for message in api.accepted] == ["22"]
        bayan.clock.advance(seconds=301)
        await bayan.service.once(patience=timedelta())
        assert [str(message["chat_id"]) for message in api.accepted] == ["22", "11"]
        assert not any("may repeat" in message["text"] for message in api.accepted)


async def test_six_hours_without_telegram_lose_nothing_and_keep_the_order(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await poll(bayan)
        await api.refuse()
        published: list[tuple[str, str]] = []
        for hour in range(6):
            name = f"h{hour}"
            published.insert(0, (name, f"Qais al-Khazali speaks in hour {hour} of the silence"))
            site.pages["/feed"] = site.feed([*published, *OLD])
            await poll(bayan)
            for _ in range(12):
                clock.advance(minutes=5)
                await bayan.service.once(patience=timedelta())
        assert {state for _, state in deliveries(bayan)} == {"pending"}
        await api.listen()
        clock.advance(minutes=5)
        await bayan.service.once(patience=timedelta())
        heard = [message["text"] for message in api.accepted]
        assert [n for text in heard for n in range(6) if f"hour {n} of" in text] == list(range(6))
        assert all("delayed" in text for text in heard)
        assert not any("may repeat" in text for text in heard)


async def test_what_one_poll_brings_is_told_oldest_first(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await poll(bayan)
        site.pages["/feed"] = site.feed([SECOND, RINGS, *OLD])  # newest on top, as lists are
        await poll(bayan)
        heard = [message["text"] for message in api.accepted]
    assert ["first matter" in one for one in heard] == [True, False]
    assert "another matter" in heard[-1]


async def test_a_new_start_tries_at_once_what_rested_after_failures(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    config = watching(tmp_path, site, api)
    async with house(config) as bayan:
        api.fail("error", code=500, count=1)
        await ring(bayan, site, RINGS)
        assert deliveries(bayan) == [("phone", "unconfirmed")]
    async with house(config, bayan.clock) as bayan:
        await bayan.service.once(patience=timedelta())
        assert deliveries(bayan) == [("phone", "sent")]


async def test_a_new_start_keeps_the_rest_that_telegram_asked_for(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    config = watching(tmp_path, site, api)
    async with house(config) as bayan:
        api.fail("flood", seconds=60)
        await ring(bayan, site, RINGS)
    async with house(config, bayan.clock) as bayan:
        bayan.clock.advance(seconds=59)
        await bayan.service.once(patience=timedelta())
        assert deliveries(bayan) == [("phone", "pending")]
        bayan.clock.advance(seconds=1)
        await bayan.service.once(patience=timedelta())
        assert deliveries(bayan) == [("phone", "sent")]


@pytest.mark.parametrize("failures", range(1, 9))
async def test_after_any_number_of_refused_connections_the_order_is_kept(
    failures: int, tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await poll(bayan)
        await api.refuse()
        site.pages["/feed"] = site.feed([RINGS, *OLD])
        await poll(bayan)
        site.pages["/feed"] = site.feed([SECOND, RINGS, *OLD])
        for _ in range(failures - 1):
            clock.advance(minutes=5)
            await poll(bayan)
        await api.listen()
        clock.advance(minutes=5)
        await poll(bayan)
        assert [one[1] in message["text"] for one, message in zip((RINGS, SECOND), api.accepted, strict=True)] == [
            True
        ] * 2


async def test_a_message_that_alone_is_refused_every_time_does_not_hold_up_the_others(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await poll(bayan)
        site.pages["/feed"] = site.feed([RINGS, *OLD])
        api.fail("error", code=500, description="Internal Server Error", count=3)
        await poll(bayan)
        site.pages["/feed"] = site.feed([SECOND, RINGS, *OLD])
        for _ in range(3):
            clock.advance(minutes=1)
            await poll(bayan)
        assert any(SECOND[1] in message["text"] for message in api.accepted)


async def test_a_group_that_became_a_supergroup_is_followed(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        api.fail(
            "error", code=400, description="Bad Request: group chat was upgraded to a supergroup chat",
            parameters={"migrate_to_chat_id": -100999},
        )  # fmt: skip
        await ring(bayan, site, RINGS)
        assert [str(message["chat_id"]) for message in api.accepted] == ["-100999"]


async def test_a_blocked_bot_stops_at_that_chat_and_tells_the_operators(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    both = (phone("desk", api.url, "11"), phone("ops", api.url, "99"))
    config = watching(tmp_path, site, channels=both, health=HealthSettings(notify=("ops",)))
    async with house(config) as bayan:
        api.fail("error", code=403, description="Forbidden: bot was blocked by the user", chat="11")
        await ring(bayan, site, RINGS, SECOND)
        to_ops = [message["text"] for message in api.accepted if str(message["chat_id"]) == "99"]
        assert any("desk no longer takes messages" in text for text in to_ops)
        assert sorted(state for channel, state in deliveries(bayan) if channel == "desk") == ["failed", "pending"]


async def test_a_revoked_token_holds_everything_and_loses_nothing(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        api.fail("error", code=401, description="Unauthorized")
        await ring(bayan, site, RINGS)
        assert deliveries(bayan) == [("phone", "pending")]
        bayan.clock.advance(minutes=6)
        await bayan.service.once(patience=timedelta())
        assert deliveries(bayan) == [("phone", "sent")]


async def test_entities_that_are_refused_are_sent_again_as_plain_text(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        api.fail(
            "error", code=400, description="Bad Request: can't parse entities: unsupported start tag at byte offset 7"
        )
        await ring(bayan, site, RINGS)
        (message,) = api.accepted
        assert not message.get("entities")
        assert RINGS[1] in message["text"]


async def test_an_alert_that_cannot_be_drawn_is_sent_as_bare_words(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    """A zone that does not exist stands for any fault of our own drawing: the news arrives all the same."""
    config = replace(watching(tmp_path, site, api), timezone="No/Where")
    async with house(config) as bayan:
        await ring(bayan, site, RINGS)
        (message,) = api.accepted
        assert RINGS[1] in message["text"]
        assert deliveries(bayan) == [("phone", "sent")]


# ------------------------------------------------------------------------------------------------------- health


async def test_a_source_that_breaks_is_told_once_and_its_recovery_once(tmp_path: Path, site: FakeSite) -> None:
    config = watching(tmp_path, site, health=HealthSettings(failures=2, notify=("screen",)))
    good = site.pages["/feed"]
    async with house(config) as bayan:
        await poll(bayan)
        site.pages["/feed"] = 500
        for _ in range(4):
            await poll(bayan)
        assert bayan.shown.count("is broken") == 1
        site.pages["/feed"] = good
        await poll(bayan)
        await poll(bayan)
        assert bayan.shown.count("is well again") == 1
        site.pages["/feed"] = 500
        bayan.clock.advance(minutes=1)
        for _ in range(2):
            await poll(bayan)
        assert bayan.shown.count("is broken") == 2


# ------------------------------------------------------------------------------------------ the service that stays


async def test_the_service_stops_polling_at_once_and_waits_for_the_send_under_way(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    config = watching(tmp_path, site, api)
    async with house(config) as bayan:
        await poll(bayan)
    config = replace(config, sources=tuple(replace(one, interval=timedelta(seconds=1)) for one in config.sources))
    site.pages["/feed"] = site.feed([RINGS, *OLD])
    async with house(config, Clock(Clock().now + timedelta(hours=1))) as bayan:
        running = asyncio.create_task(bayan.service.run())
        async with asyncio.timeout(20):
            while not api.accepted:
                await asyncio.wait({running}, timeout=0.02)
        bayan.service.stop()
        await asyncio.wait_for(running, 10)
        assert deliveries(bayan) == [("phone", "sent")]


async def test_redirect_of_an_article_to_a_private_address_reaches_nothing(tmp_path: Path, site: FakeSite) -> None:
    async with FakeSite() as inner:
        inner.pages["/secret"] = BODY.format("<p>internal</p>")

        def away(_: Asked) -> tuple[int, str]:
            return 200, site.feed(OLD)

        site.pages["/feed"] = away
        async with house(with_articles(tmp_path, site)) as bayan:
            await poll(bayan)
            linked = site.feed([RINGS]).replace(f"{site.origin}/article/n1", f"{inner.origin}/secret")
            site.pages["/feed"] = linked
            await poll(bayan)
            assert inner.asked == []
            assert bayan.shown.count(RINGS[1]) == 1
