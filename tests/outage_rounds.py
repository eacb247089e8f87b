"""Takes Telegram away from the real `bayan run` for some real minutes while a site goes on publishing, and judges what came.

    python -m tests.outage_rounds --minutes 3 [--keep FOLDER]
    python -m tests.outage_rounds --each 20 [--seed S]      each fault by itself, so many times (`tests/fault_rounds.py`)

A third of the time connections are refused, a third they are taken and never answered, and a third they are reset, the first of
them after the message was accepted. Then the Bot API is back. Exit code 0 only where every alert arrived, in order (but for one in
each chat that a probe may have passed over, `alerts/retry.py`), repeats were few and marked, and what was five minutes late said so.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

from tests.fault_rounds import FOR_EVER, each, judged
from tests.kill_rounds import CHATS
from tests.real_run import Program, Store, beside, control, lines, wait_for, write_config

PATIENCE = 600.0
"""Seconds after the outage within which all must have arrived: the longest pause is four minutes."""


def run(folder: Path, minutes: float) -> bool:
    """The outage and its judgement, in print. Whether all is well."""
    third = minutes * 60 / 3
    api_log, site_log = folder / "api.log", folder / "site.log"
    port = free_port()
    api_options = ("--log", str(api_log), "--port", str(port))
    api = f"http://127.0.0.1:{port}"
    store = Store(folder / "data" / "bayan.db")
    began = time.time()

    def say(words: str) -> None:
        print(f"{time.time() - began:6.0f} s  {words}", flush=True)

    with contextlib.ExitStack() as stack:
        options = ("--log", str(site_log), "--total", "5000", "--grow", "2")
        origin, site = stack.enter_context(beside("fake_site", folder, *options))
        program = Program(write_config(folder, origin, api, CHATS, interval="5s"))
        with beside("fake_botapi", folder, *api_options):
            program.start()
            stack.callback(program.kill)
            assert program.ready() is not None
            assert wait_for(lambda: lines(api_log), 60, every=0.2), "no alert came before the outage"
            say("alerts arrive; now connections are refused")
        time.sleep(third)
        with beside("fake_botapi", folder, *api_options):
            control(api, "fail", kind="silent", count=FOR_EVER)
            say("connections are taken and never answered")
            time.sleep(third)
            control(api, "heal")
            for chat in CHATS:
                control(api, "fail", kind="reset", when="after", chat=chat)
            control(api, "fail", kind="reset", count=FOR_EVER)
            say("connections are reset")
            time.sleep(third)
            control(api, "heal")
            back = time.time()
            waiting = store.waits()
            say(f"Telegram is back; {waiting} deliveries wait")
            first = len(lines(api_log))
            wait_for(lambda: len(lines(api_log)) > first, PATIENCE, every=0.2)
            site.send_signal(signal.SIGUSR1)
            say(f"the first one has arrived, {time.time() - back:.0f} s after the end; no more news")
            time.sleep(10)  # the last poll of the news
            wait_for(lambda: not store.waits(), PATIENCE, every=0.5)
            say("nothing waits any more")
            code, took = program.stop()
            say(f"SIGTERM: exit code {code} after {took:.1f} s")
    verdict = judged(store, lines(site_log), lines(api_log), stopped_badly=code != 0, may_overtake=1)
    print(verdict)
    return not verdict.faults


def free_port() -> int:
    """A port that nobody listens on: the Bot API goes and comes back there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def main() -> int:
    parser = argparse.ArgumentParser(description="Take Telegram away from the real command.")
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--each", type=int, default=0, help="instead: each fault so many times, in short runs")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="of --each")
    parser.add_argument("--keep", type=Path, help="an empty folder for the logs and the store, kept")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bayan-outage-") as folder:
        if told.keep:
            told.keep.mkdir(parents=True, exist_ok=True)
        place = told.keep or Path(folder)
        if told.each:
            print(f"seed {told.seed}, each fault {told.each} times", flush=True)
            well = each(place, told.each, told.seed)
        else:
            well = run(place, told.minutes)
    print("passed" if well else "FAILED")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
