"""Deadlines that do not count how late our own loop was."""

from __future__ import annotations

import asyncio
import time

import pytest

from scraper.net.patience import Pulse


async def test_a_deadline_ends_what_takes_longer() -> None:
    with pytest.raises(TimeoutError):
        async with Pulse()(0.05):
            await asyncio.Event().wait()


async def test_none_is_no_deadline() -> None:
    async with Pulse()(None) as deadline:
        assert deadline.when() is None


async def test_a_loop_that_was_late_does_not_end_what_was_done_meanwhile() -> None:
    """The loop stands still for longer than the deadline; what was waited for is there when it goes on."""
    done = asyncio.Event()
    async with Pulse(further=100.0)(0.2):
        await asyncio.sleep(0)
        time.sleep(0.5)  # noqa: ASYNC251 - this is the lateness
        asyncio.get_running_loop().call_later(0.1, done.set)
        await done.wait()


async def test_a_plain_deadline_would_have_ended_it() -> None:
    """What the test before this one proves is not proven by nothing."""
    done = asyncio.Event()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await asyncio.sleep(0)
            time.sleep(0.5)  # noqa: ASYNC251 - this is the lateness
            asyncio.get_running_loop().call_later(0.1, done.set)
            await done.wait()


async def test_what_a_site_can_cost_stays_bounded_however_late_the_loop_is() -> None:
    loop, pulse = asyncio.get_running_loop(), Pulse(further=2.0)
    async with pulse(10.0) as deadline:
        began = loop.time()
        for _ in range(50):
            pulse.put_off(5.0)
        when = deadline.when()
        assert when is not None
        assert 29.0 < when - began < 31.0


async def test_a_deadline_that_stands_still_is_not_put_off() -> None:
    pulse = Pulse()
    async with pulse(10.0) as deadline:
        deadline.reschedule(None)
        pulse.put_off(5.0)
        assert deadline.when() is None


async def test_deadlines_of_each_other_are_their_own() -> None:
    pulse = Pulse()
    async with pulse(10.0) as outer:
        async with pulse(1.0) as inner:
            pulse.put_off(0.5)
        ends = outer.when()
        with pytest.raises(TimeoutError):
            async with pulse(0.0):
                await asyncio.Event().wait()
        assert outer.when() == ends
        assert inner.when() is not None


async def test_nothing_beats_where_no_deadline_runs() -> None:
    pulse = Pulse()
    async with pulse(10.0):
        assert pulse.is_beating
    assert not pulse.is_beating
