"""Takes Telegram away from the real `bayan run` for some real minutes while a site goes on publishing, and judges what came.

    python -m tests.outage_rounds --minutes 3 [--keep FOLDER]

A third of the time connections are refused, a third they are taken and never answered, and a third they are reset, the first of
them after the message was accepted. Then the Bot API is back. Exit code 0 only where every alert arrived, in order, repeats were few
and marked, and whatever was five minutes late said so.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.kill_judge import Evidence, judge
from tests.kill_rounds import CHATS, LOST_ANSWERS, serial_of
from tests.real_run import Program, Store, beside, control, lines, wait_for, write_config

FOR_EVER = 1_000_000
LATE, MARGIN = 300.0, 5.0
"""Seconds from which on an alert says that it is late, and how exactly this is judged."""
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
    well = judged(store, lines(site_log), lines(api_log))
    return well and code == 0


def free_port() -> int:
    """A port that nobody listens on: the Bot API goes and comes back there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def judged(store: Store, answers: list[Any], accepted: list[dict[str, Any]]) -> bool:
    """The counts of the crash test, and besides: order and lateness."""
    keys = [(entry["chat_id"], serial_of(entry["text"])) for entry in accepted]
    marks = ["may repeat" in entry["text"] for entry in accepted]
    ambiguous: dict[tuple[str, int], int] = {}
    for key, entry in zip(keys, accepted, strict=True):
        if entry.get("fault") in LOST_ANSWERS:
            ambiguous[key] = ambiguous.get(key, 0) + 1
    stored = [(serial_of(title), bool(old)) for title, old in store.rows("SELECT title, baseline FROM statement")]
    heard = [(chat, serial, mark) for (chat, serial), mark in zip(keys, marks, strict=True)]
    verdict = judge(
        Evidence(
            answers=answers,
            stored=stored,
            heard=heard,
            chats=CHATS,
            ambiguous=ambiguous,
            integrity_failures=len(store.faults()),
        )
    )
    print(verdict)
    overtaken = sum(inversions([serial for one, serial in keys if one == chat]) for chat in CHATS)
    made = {
        (channel.removeprefix("chat"), serial_of(title)): datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
        for channel, title, at in store.rows(
            "SELECT channel, title, created_at FROM delivery JOIN statement ON statement.id = delivery.statement"
        )
    }
    late = [entry["at"] - made[key] for key, entry in zip(keys, accepted, strict=True)]
    says = ["delayed" in entry["text"] for entry in accepted]
    wrong = sum(told != (by >= LATE) for by, told in zip(late, says, strict=True) if abs(by - LATE) > MARGIN)
    print(f"{'overtaken':<26}{overtaken}\n{'longest delay, s':<26}{max(late):.0f}")
    print(f"{'over five minutes late':<26}{sum(by >= LATE for by in late)}\n{'say delayed':<26}{sum(says)}")
    print(f"{'delay told wrongly':<26}{wrong}\n{'marked':<26}{sum(marks)}")
    return not (verdict.faults or overtaken or wrong)


def inversions(serials: Sequence[int]) -> int:
    """How many statements were first heard after a later one."""
    firsts = list(dict.fromkeys(serials))
    return sum(serial < max(firsts[:index], default=0) for index, serial in enumerate(firsts))


def main() -> int:
    parser = argparse.ArgumentParser(description="Take Telegram away from the real command for some minutes.")
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--keep", type=Path, help="an empty folder for the logs and the store, kept")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bayan-outage-") as folder:
        if told.keep:
            told.keep.mkdir(parents=True, exist_ok=True)
        well = run(told.keep or Path(folder), told.minutes)
    print("passed" if well else "FAILED")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
