"""More acceptance scenarios, as a reader would tell them, against the strict Bot API server: what operators live with.

S2 cron · S3 a container · S5 a noisy spelling · S6 a redesign. S2 and S3 run the real `bayan run` as a process.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.bot import watches
from alerts.health import BEAT, BEAT_MARGIN
from alerts.hours import Storm
from alerts.model import Actor, Route
from alerts.settings import DeliverySettings, HealthSettings, ServiceSettings
from alerts.shown import JOINER
from scraper import store
from scraper.model import Select
from tests.chat import ADMIN, DESK, baseline, enrolled, listening, press, world
from tests.fake_botapi import TOKEN
from tests.fake_site import FakeSite
from tests.real_run import BAYAN, Program, Store, write_config
from tests.street import Clock, configuration, eventually, house, local, phone
from tests.strict_botapi import StrictBotApi, strict_botapi
from tests.test_repair import new, old

pytestmark = pytest.mark.shared

OLD = [("o1", "An old statement that was there before")]
CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@pytest.fixture
def api(server: StrictBotApi) -> StrictBotApi:
    world(server)
    return server


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        running.pages["/feed"] = running.feed(OLD)
        yield running


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str
    took: float


@dataclass
class Command:
    """The installed `bayan` over one folder, as cron or a container runs it."""

    config: Path

    async def __call__(self, *words: str) -> Ran:
        began = time.monotonic()
        running = await self.begin(*words)
        out, err = await asyncio.wait_for(running.communicate(), 120)
        assert running.returncode is not None
        return Ran(running.returncode, out.decode(), err.decode(), time.monotonic() - began)

    async def until(self, code: int, *words: str) -> Ran:
        """Ask again and again until it ends with that code."""
        async with asyncio.timeout(150):
            while (ran := await self(*words)).code != code:  # noqa: ASYNC110 - another process knows, and it can only be asked
                await asyncio.sleep(0.2)
        return ran

    async def begin(self, *words: str) -> asyncio.subprocess.Process:
        environ = {**os.environ, "BAYAN_TELEGRAM_TOKEN": TOKEN, "NO_COLOR": "1"}
        return await asyncio.create_subprocess_exec(
            str(BAYAN), *words, "--config", str(self.config),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ,
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------------- S2: cron


async def test_s2_cron_runs_that_overlap_are_killed_or_fail_lose_nothing_and_say_by_their_code_how_it_was(
    api: StrictBotApi, tmp_path: Path, site: FakeSite
) -> None:
    bayan = Command(write_config(tmp_path, site.origin, api.url, [str(ADMIN)], interval="1s"))
    first = await bayan("run", "--once")
    assert (first.code, first.out, first.err) == (0, "", ""), "a run where all is well says nothing"

    # Telegram does not answer: the run is in the middle of a send when the next minute of cron comes.
    news = [("n2", "Qais al-Khazali speaks of the second matter"), ("n1", "Qais al-Khazali speaks of the first matter")]
    site.pages["/feed"] = site.feed([*news, *OLD])
    api.order("faults", kind="hang", when="before", seconds=300, count=1, methods=["sendMessage"])
    sending = await bayan.begin("run", "--once", "--source", "agency")
    await eventually(lambda: api.seen("calls", method="sendMessage") or not api.seen("faults"), seconds=60)
    second = await bayan("run", "--once")
    assert second.code == 75 and second.err.count("\n") == 1, "the second one ends with one line"
    assert sending.returncode is None, "and leaves the first one alone"

    # It is killed in the middle of the send, and the run after it brings everything, once.
    sending.kill()
    await sending.wait()
    api.well_again()
    third = await bayan("run", "--once")
    assert third.code == 0
    texts = api.texts(ADMIN)
    assert [sum(f"the {which} matter" in text for text in texts) for which in ("first", "second")] == [1, 1]
    assert ["may repeat" in text for text in texts].count(True) == 1, "what nobody can know is marked"
    assert (await bayan("run", "--once")).code == 0 and api.texts(ADMIN) == texts

    # One source of two fails; nothing can be reached; the configuration is wrong: each has its own code.
    text = bayan.config.read_text("utf-8")
    lost = f'[sources.lost]\nkind = "feed"\nurl = "{site.origin}/nothing"\nallow_private = true\n'
    bayan.config.write_text(text.replace("[actors.khazali]", f"{lost}[actors.khazali]"), "utf-8")
    some = await bayan("run", "--once", "--source", "lost", "--source", "agency")
    assert some.code == 1 and "lost" in some.err and "agency" not in some.err
    bayan.config.write_text(text + "[deliverie]\n", "utf-8")
    wrong = await bayan("run", "--once")
    assert wrong.code == 78 and "config.toml" in wrong.err
    assert api.texts(ADMIN) == texts


# ----------------------------------------------------------------------------------------------- S3: a container


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def figures(port: int) -> dict[str, float]:
    """What Prometheus would read; nothing while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            found = re.findall(r"(?m)^(bayan_\w+) ([\d.e+]+)$", answer.read().decode())
    except urllib.error.URLError:
        return {}
    return {name: float(value) for name, value in found}


def healthcheck() -> tuple[list[str], timedelta]:
    """The command that the image asks whether it is well, and how often."""
    line = re.search(
        r"^HEALTHCHECK --interval=(\d+)s .*CMD (\[.*\])$", (CHECKOUT / "Dockerfile").read_text("utf-8"), re.M
    )
    assert line is not None
    return json.loads(line[2])[1:], timedelta(seconds=int(line[1]))


async def test_s3_a_container_says_when_it_hangs_or_cannot_tell_anybody_stops_in_time_and_replays_nothing(
    api: StrictBotApi, tmp_path: Path, site: FakeSite
) -> None:
    asked, interval = healthcheck()
    assert asked == ["health"]
    assert 2 * interval >= 2 * BEAT + BEAT_MARGIN, "a loop that hangs is noticed within two intervals"
    assert ServiceSettings().shutdown_grace < timedelta(seconds=10), (
        "a send without an answer does not hold up the stop"
    )
    port = free_port()
    more = f'[service]\nlisten = "127.0.0.1:{port}"\n'
    config = write_config(tmp_path, site.origin, api.url, [str(ADMIN)], interval="1s", more=more)
    bayan, program = Command(config), Program(config)
    await asyncio.to_thread(program.start)
    try:
        assert await asyncio.to_thread(program.ready, 60) is not None, program.log.read_text("utf-8")[-2_000:]
        await eventually(lambda: site.requests("/feed") >= 2, seconds=60)
        well = await bayan(*asked)
        assert well.code == 0, well.out

        # The token is wrong: nobody can be told, health says so, and the figures show what waits and for how long.
        api.order("token", token=TOKEN, revoked=True)
        site.pages["/feed"] = site.feed([("n1", "Qais al-Khazali speaks while nobody can be told"), *OLD])
        unwell = await bayan.until(1, *asked)
        assert "nobody can be told" in unwell.out
        await eventually(lambda: figures(port).get("bayan_outbox_depth") == 1, seconds=60)
        await eventually(lambda: figures(port).get("bayan_outbox_oldest_seconds", 0) > 0, seconds=60)

        # It is stopped meanwhile: the alert stays in the outbox, and the next start sends it, once.
        code, took = await asyncio.to_thread(program.stop, 60)
        assert code == 0
        assert took < 10 + 10 * well.took, f"{took:.1f} s"  # ten seconds, and what a busy machine adds
        assert api.texts(ADMIN) == []
        api.order("token", token=TOKEN, revoked=False)
        await asyncio.to_thread(program.start)
        assert await asyncio.to_thread(program.ready, 60) is not None
        await eventually(lambda: len(api.texts(ADMIN)) == 1, seconds=60)
        assert "speaks while nobody can be told" in api.texts(ADMIN)[0]

        # The loop hangs (the process is frozen): the health check says so by itself.
        await bayan.until(0, *asked)
        program.process.send_signal(signal.SIGSTOP)
        hangs = await bayan.until(1, *asked)
        assert "it is stuck or has stopped" in hangs.out
        program.process.send_signal(signal.SIGCONT)
        await bayan.until(0, *asked)

        # A restart replays nothing.
        assert (await asyncio.to_thread(program.stop, 60))[0] == 0
        before = site.requests("/feed")
        await asyncio.to_thread(program.start)
        assert await asyncio.to_thread(program.ready, 60) is not None
        await eventually(lambda: site.requests("/feed") >= before + 2, seconds=60)
        assert len(api.texts(ADMIN)) == 1
    finally:
        await asyncio.to_thread(program.kill)
    assert Store(tmp_path / "data" / "bayan.db").faults() == []


# ------------------------------------------------------------------------------------------- S5: a noisy spelling

WRONG = [(f"w{n}", f"AAH {what} reports on the year {2000 + n} at some length") for n, what in enumerate(
    ("clinic", "orchestra", "harbour", "museum", "bakery", "school", "library", "railway", "brewery", "theatre", "choir") * 3
)][:31]  # fmt: skip
TRUE = [(f"t{n}", f"Asa'ib Ahl al-Haqq ({'AAH'}) {what} in Baghdad") for n, what in enumerate(
    ("rejects the draft law", "buries a commander", "thanks the judges", "opens an office", "denies the report", "calls for a vote")
)]  # fmt: skip
LEAGUE = {"type": "group", "name": "Asa'ib Ahl al-Haqq", "aliases": ["AAH"]}


async def test_s5_a_spelling_that_is_wrong_31_times_of_37_is_named_after_three_presses_and_changed_only_on_accept(
    api: StrictBotApi, tmp_path: Path, site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.bot.relevance._PATIENCE", 60.0)  # a busy machine counts as many as a quiet one
    noise, history = WRONG[:3], [*WRONG[3:], *TRUE]
    site.pages["/feed"] = site.feed(history)
    source = local("agency", f"{site.origin}/feed")
    delivery = DeliverySettings(body_wait=timedelta(0), per_chat_rate=10_000, storm=Storm(more_than=100))
    nobody = (Actor("nobody", "person", "Zbigniew Q"),)
    async with listening(api, tmp_path, sources=(source,), actors=nobody, delivery=delivery) as chat:
        await enrolled(chat)
        now = chat.house.clock.now
        await chat.house.db.write(
            lambda conn: watches.keep(conn, str(DESK), "actor", "league", LEAGUE, str(ADMIN), now)
        )
        await chat.house.service.take_over_chats()
        await baseline(chat)
        site.pages["/feed"] = site.feed([*noise, *history])
        chat.house.clock.advance(hours=1)
        alerts = (await chat.answers(DESK, 4))[1:]
        assert len(alerts) == 3, "what was there before did not ring"
        for alert in alerts:
            await press(chat, ADMIN, alert, "Not relevant")
        proposal = (await chat.answers(DESK, 5))[4]
        assert "“AAH” was not relevant 3 times here" in proposal["text"]
        first, second, *_ = proposal["text"].split("\n")[1:]
        assert first == "• Let it ring alone only near baghdad: silent for 3 of these 3, and for 28 of the others", (
            "of 31, the 28 that nobody pressed"
        )
        assert second.startswith("• Count it only beside a full name") and second.endswith("and for 28 of the others")

        def watched() -> Actor:
            return next(one for one in chat.house.service.configuration.actors if one.id.endswith("/league"))

        assert watched().aliases == ("AAH",), "nothing changes by itself"
        await press(chat, ADMIN, proposal, "Only near these words")
        await eventually(lambda: watched().weak_aliases == ("AAH",))
        accepted = (await chat.answers(DESK, 6))[5]
        fresh = [
            ("t9", "Asa'ib Ahl al-Haqq, AAH for short, speaks of the law"),
            ("t8", "A convoy of AAH was seen on its way to Baghdad"),
            ("w99", "AAH garage reports a good year"),
        ]
        site.pages["/feed"] = site.feed([*fresh, *noise, *history])
        chat.house.clock.advance(hours=1)
        rang = "".join(one["text"] for one in (await chat.answers(DESK, 8))[6:])
        assert "AAH for short" in rang and "A convoy of AAH" in rang, "what is meant rings"
        await chat.heard()
        assert len(api.texts(DESK)) == 8, "the noise is gone"
        (standing,) = [one for one in api.seen("messages", chat_id=DESK) if one["message_id"] == accepted["message_id"]]
        await press(chat, ADMIN, standing, "Undo")
        await eventually(lambda: watched().aliases == ("AAH",))
        own = [one.id for one in chat.house.service.configuration.keywords if one.id.startswith("chat:")]
        assert own == [], "one button takes the condition back, its rule included"


# -------------------------------------------------------------------------------------------------- S6: a redesign

TITLES = [f"The minister speaks of matter number {n} before the council" for n in range(1, 21)]
MISSED = [f"Qais al-Khazali warns the council for the {which} time" for which in ("first", "second", "third")]
CAPTCHA = "<html><head><title>Just a moment...</title></head><body><form id='challenge-form'>Verify you are human</form></body></html>"
SHELL = "<html><head><title>News</title><script src='/app.js'></script></head><body><div id='root'></div></body></html>"
SELECT = Select("ul.news > li", "a@href")


async def notices(api: StrictBotApi) -> list[str]:
    """What the operators' chat was told, without the joiners that keep it from making links."""
    return [text.replace(JOINER, "") for text in api.texts(ADMIN)]


@pytest.mark.parametrize(
    ("page", "trouble"),
    [
        pytest.param(new(TITLES), "It listed 20 items before", id="other markup"),
        pytest.param(SHELL, "a page that only a script fills", id="a page that a script fills"),
        pytest.param(CAPTCHA, "a wall that wants consent or a browser", id="a captcha"),
    ],
)
async def test_s6_a_redesign_is_told_once_removes_nothing_and_what_was_missed_comes_with_the_recovery(
    api: StrictBotApi, tmp_path: Path, site: FakeSite, page: str, trouble: str
) -> None:
    ministry = local("ministry", f"{site.origin}/press", kind="listing", select=SELECT)
    channels = (phone("ops", api.url, str(ADMIN)), phone("desk", api.url, str(DESK)))
    routes = (Route(name="desk", channels=("desk",)),)
    config = configuration(
        tmp_path, sources=(ministry,), channels=channels, routes=routes,
        health=HealthSettings(failures=3, notify=("ops",)), delivery=DeliverySettings(body_wait=timedelta(0), first_run=0),
    )  # fmt: skip
    site.pages["/press"] = old(TITLES)
    async with house(config, Clock()) as bayan:

        async def look(times: int = 1) -> None:
            for _ in range(times):
                await bayan.service.once(only=["ministry"], patience=timedelta())
                bayan.clock.advance(hours=3)

        await look(2)
        site.pages["/press"] = page
        await look(2)
        assert await notices(api) == [], "two polls may be a mishap"
        await look(4)
        (told,) = await notices(api)
        assert told.startswith("Source ministry is broken: ") and trouble in told
        assert "Next step: " in told
        if "teaser" in page:
            assert re.search(r'item = "article.teaser" finds 20, (\d+) of the last \1 again', told), (
                "a selector is proposed"
            )
        removed = await bayan.db.read(lambda conn: [one.id for one in store.find(conn) if one.removed_at is not None])
        assert removed == [], "nothing counts as removed"
        site.pages["/press"] = old([*MISSED, *TITLES[:-3]])
        await look(3)
        _, well = await notices(api)
        assert well.startswith("Source ministry is well again")
        assert sorted(title for text in api.texts(DESK) for title in MISSED if title in text) == sorted(MISSED)
        assert len(api.texts(DESK)) == 3, "what was missed rings, once each, and nothing else does"
