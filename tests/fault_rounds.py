"""Each fault of a chat by itself, again and again, without kills: short runs of the real command, and six hours by a clock.

`tests/outage_rounds.py --each 20` runs them. A short run is a site, a Bot API and `bayan run` with intervals of a second: alerts
arrive, the fault comes for some seconds, the news ends, and everything must be told. A pause after a failure and the wait for an
answer have no key in the configuration, so six hours are lived in this process, with a clock that is set.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import signal
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from tests.fake_botapi import FakeBotApi
from tests.fake_site import WINDOW, FakeSite, headline
from tests.kill_judge import Evidence, Verdict
from tests.kill_rounds import CHATS, LOST_ANSWERS, serials_of
from tests.outage_judge import Told, judge_outage
from tests.real_run import Program, Store, beside, control, lines, wait_for, write_config
from tests.street import Clock, configuration, house, local, phone

FOR_EVER = 1_000_000
ONE_BY_ONE = """
[delivery.storm]
more_than = 1000
"""
"""Alerts of a short run stay messages of their own, however late they are: so their order can be seen."""
PATIENCE = 240.0
AT_ONCE = 5
"""Short runs side by side: nearly all of their time they wait."""
SURE = frozenset({"refused", "429 storms", "six hours, refused", "six hours, 429"})
"""Ways to fail that say surely that nothing was sent: then nothing is marked, and the order is kept to the last."""
SHORT = ("refused", "429 storms", "500", "silent", "reset")
LONG = ("six hours, refused", "six hours, 429", "six hours, 500", "six hours, reset")
STEP = timedelta(minutes=10)


def short(folder: Path, way: str, seed: int) -> Verdict:
    """One short run of the real command with one fault, and its judgement."""
    rng = random.Random(f"{way} {seed}")
    api_log, site_log = folder / "api.log", folder / "site.log"
    store = Store(folder / "data" / "bayan.db")
    with contextlib.ExitStack() as stack:
        options = ("--log", str(site_log), "--total", "5000", "--grow", "2")
        origin, site = stack.enter_context(beside("fake_site", folder, *options))
        api, _ = stack.enter_context(beside("fake_botapi", folder, "--log", str(api_log)))
        program = Program(write_config(folder, origin, api, CHATS, more=ONE_BY_ONE))
        program.start()
        stack.callback(program.kill)

        assert program.ready(60) is not None, "it does not start"
        assert wait_for(lambda: lines(api_log), 60, every=0.1), "no alert came before the fault"

        def met() -> bool:
            return b"alert not sent, will be tried again" in program.log.read_bytes()

        _order(api, way, rng)
        while not wait_for(met, 10 if way == "refused" else 90, every=0.1):
            _order(api, way, rng)  # nobody was at the door, and a busy machine had nothing to send
        time.sleep(rng.uniform(1, 4))  # more news, while it lasts
        site.send_signal(signal.SIGUSR1)

        def settled() -> bool:
            served = {serial for answer in lines(site_log) for serial in answer}
            stored = {serial_of_title(title) for (title,) in store.rows("SELECT title FROM statement")}
            return served <= stored and not store.waits()

        wait_for(settled, PATIENCE, every=0.5)
        time.sleep(2)  # a poll that was under way may have brought more
        wait_for(settled, PATIENCE, every=0.5)
        code, _ = program.stop()
    return judged(
        store, lines(site_log), lines(api_log), is_sure=way in SURE, stopped_badly=code != 0,
        may_overtake=int(way not in SURE),
    )  # fmt: skip


def _order(api: str, way: str, rng: random.Random) -> None:
    """Let the Bot API fail in that way."""
    if way == "refused":
        control(api, "away", seconds=rng.uniform(2, 8))
        return
    for chat in CHATS if way != "silent" else (rng.choice(CHATS),):
        when = rng.choice(("after", "after", "before"))
        many, skip = rng.randint(1, 3), rng.randint(0, 2)
        if way == "429 storms":
            for _ in range(many + 1):
                control(api, "fail", kind="flood", seconds=rng.randint(1, 5), chat=chat)
        elif way == "500":
            told = "Internal Server Error"
            control(api, "fail", kind="error", code=500, description=told, when=when, count=many, skip=skip, chat=chat)
        elif way == "silent":
            control(api, "fail", kind="silent", when="after", skip=skip, chat=chat)
        else:
            control(api, "fail", kind="reset", when=when, count=many, skip=skip, chat=chat)


async def six_hours(folder: Path, way: str, seed: int, *, hours: float = 6) -> Verdict:
    """Telegram is away for six hours of a clock that is set, while a site goes on; then it is back. Its judgement."""
    rng = random.Random(f"{way} {seed}")
    clock = Clock(datetime(2026, 6, 20, 12, 0, tzinfo=UTC) + timedelta(minutes=rng.randrange(1440)))
    answers: list[list[int]] = []
    known = 3

    def answered(path: str, body: str) -> None:
        if path == "/feed" and body.startswith("<?xml"):
            answers.append([int(part[1:6]) for part in body.split("<guid isPermaLink='false'>")[1:]])

    async with FakeSite() as site, FakeBotApi(clock=lambda: clock.now.timestamp()) as api:
        site.answered = answered

        def publish(more: int) -> None:
            nonlocal known
            known += more
            shown = range(known, max(known - WINDOW, 0), -1)
            site.pages["/feed"] = site.feed([(f"S{number:05d}", headline(number)) for number in shown])

        channels = tuple(phone(f"chat{chat}", api.url, chat) for chat in CHATS)
        config = configuration(folder, sources=(local("agency", f"{site.origin}/feed"),), channels=channels)
        publish(0)
        async with house(config, clock) as bayan:
            await bayan.service.once(patience=timedelta())
            if way == "six hours, refused":
                await api.refuse()
            elif way == "six hours, 429":
                api.fail("flood", seconds=rng.randint(30, 900), count=FOR_EVER)
            elif way == "six hours, 500":
                api.fail("error", code=500, description="Internal Server Error", count=FOR_EVER)
            else:
                api.fail("reset", when="after", chat=rng.choice(CHATS))
                api.fail("reset", count=FOR_EVER)
            ends = clock.now + timedelta(hours=hours)
            while clock.now < ends:
                publish(rng.choice((0, 1, 2)))
                clock.now += STEP * rng.uniform(0.5, 1.5)
                await bayan.service.once(patience=timedelta())
            if way == "six hours, refused":
                await api.listen()
            api.heal()
            for _ in range(60):
                clock.now += timedelta(minutes=1)
                await bayan.service.once(patience=timedelta())
                if not Store(folder / "bayan.db").waits():
                    break
    store = Store(folder / "bayan.db")
    return judged(store, answers, api.accepted, is_sure=way in SURE, may_overtake=int(way not in SURE))


def judged(store: Store, answers: Sequence[Sequence[int]], accepted: Sequence[dict[str, Any]], **how: Any) -> Verdict:
    """The verdict on what stands in the store and in the logs of the other two. `how`: see `judge_outage`."""
    told = [
        Told(one["chat_id"], tuple(serials_of(one["text"])), one["text"], one["at"], one["text"][:1] in "🌊🗞🌙🔕⏱")
        for one in accepted
        if "edits" not in one
    ]
    ambiguous: dict[tuple[str, int], int] = {}
    for one in accepted:
        if one.get("fault") in LOST_ANSWERS and "edits" not in one:
            for serial in serials_of(one["text"]):
                ambiguous[one["chat_id"], serial] = ambiguous.get((one["chat_id"], serial), 0) + 1
    evidence = Evidence(
        answers=answers,
        stored=[
            (serial_of_title(title), bool(old)) for title, old in store.rows("SELECT title, baseline FROM statement")
        ],
        heard=[(one.chat, serial, "may repeat" in one.text) for one in told for serial in one.serials],
        chats=CHATS,
        ambiguous=ambiguous,
        integrity_failures=len(store.faults()),
    )
    made = {
        (channel.removeprefix("chat"), serial_of_title(title)): datetime.fromisoformat(at)
        .replace(tzinfo=UTC)
        .timestamp()
        for channel, title, at in store.rows(
            "SELECT channel, title, created_at FROM delivery JOIN statement ON statement.id = delivery.statement"
            " WHERE kind = 'alert'"
        )
    }
    (tries,) = store.rows("SELECT coalesce(sum(attempts - 1), 0) FROM delivery WHERE kind = 'alert' AND attempts > 1")[
        0
    ]
    return judge_outage(evidence, told, made, failures=tries, **how)


def serial_of_title(title: str) -> int:
    """The serial of a headline of `fake_site.py`."""
    return serials_of(title)[0]


def each(folder: Path, rounds: int, seed: int) -> bool:
    """Every fault so many times, a line for each way in print. Whether all went as promised."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    well = True
    for way in (*SHORT, *LONG):
        began = time.monotonic()

        def one(number: int, way: str = way) -> Verdict:
            place = folder / f"{way} {number}".replace(",", "").replace(" ", "-")
            place.mkdir()
            if way in SHORT:
                return short(place, way, seed + number)
            return asyncio.run(six_hours(place, way, seed + number))

        if way in SHORT:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                verdicts = list(pool.map(one, range(rounds)))
        else:
            verdicts = [one(number) for number in range(-(-rounds // len(LONG)))]
        for number, verdict in enumerate(verdicts):
            if verdict.faults:
                well = False
                print(f"{way}, round {number}:\n{verdict}")
        print(f"{figures(way, verdicts)}, {time.monotonic() - began:.0f} s", flush=True)
    return well


def figures(way: str, verdicts: Sequence[Verdict]) -> str:
    """What all rounds of one fault came to, in a line."""

    def total(name: str) -> int | float:
        return sum(verdict.counts[name] for verdict in verdicts)

    names = (
        "tries that failed", "matching", "lost", "doubled in store", "undelivered", "extra copies", "ambiguous events",
        "extra copies unmarked", "extra copies unexplained", "overtaken", "delay told wrongly", "marked though sure",
        "integrity failures",
    )  # fmt: skip
    passed = sum(not verdict.faults for verdict in verdicts)
    return f"{way}: {passed} of {len(verdicts)} passed; " + ", ".join(f"{name} {total(name)}" for name in names)
