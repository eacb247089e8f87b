"""The real command is killed, stopped in the middle of a send, and started twice; nothing is lost, repeats are few and marked.

`BAYAN_KILLS` says how many kills (6; `.ci/run` asks for 60), and the long forms are scripts: `python -m tests.kill_rounds --kills
200`. The judge of both is tested here, on logs made up to be wrong in one way each.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest

from tests.kill_judge import Evidence, judge
from tests.kill_rounds import Rounds, second_instance
from tests.real_run import control, lines, wait_for

BUSY = 20.0
"""Seconds that a restart may take here: other tests run beside it. The script holds it to five."""
ENOUGH = 30
"""So many kills outlast the quiet hours and reach a digest: then those, and a second outlet, belong to it."""

GOOD = Evidence(
    answers=[(2, 1), (4, 3, 2, 1), (7, 6, 5, 4, 3, 2, 1)],
    stored=[(1, True), (2, True), (3, False), (4, False), (5, False), (6, False), (7, False)],
    heard=[(chat, serial, False) for chat in ("11", "22") for serial in (3, 5, 7)] + [("11", 5, True)],
    chats=("11", "22"),
    ambiguous={("11", 5): 1, ("22", 3): 1},
)


def test_the_judge_passes_a_run_in_which_all_went_as_promised() -> None:
    verdict = judge(GOOD)
    assert verdict.faults == ()
    wanted = {
        "served": 7,
        "stored": 7,
        "baseline": 2,
        "matching": 6,
        "delivered": 6,
        "extra copies": 1,
        "ambiguous events": 2,
    }
    assert {name: verdict.counts[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("lost", {"stored": [*GOOD.stored[:3], *GOOD.stored[4:]]}),
        ("doubled in store", {"stored": [*GOOD.stored, (4, False)]}),
        ("undelivered", {"heard": [one for one in GOOD.heard if one != ("22", 7, False)]}),
        ("extra copies unmarked", {"heard": [*GOOD.heard[:-1], ("11", 5, False)]}),
        ("extra copies unexplained", {"heard": [*GOOD.heard, ("22", 7, True)]}),
        ("extra copies unexplained", {"heard": [*GOOD.heard, ("11", 5, True)]}),
        ("extra copies unexplained", {"ambiguous": {("22", 5): 1}}),
        ("heard unasked", {"heard": [*GOOD.heard, ("11", 4, False)]}),
        ("heard unasked", {"heard": [*GOOD.heard, ("11", 1, False)]}),
        ("baseline of no one answer", {"stored": [(2, True), (1, False), *GOOD.stored[2:]], "heard": [
            *GOOD.heard, ("11", 1, False), ("22", 1, False),
        ]}),
        ("copies lost", {"copied": [(5, 4)], "copies": [4]}),
        ("copies doubled in store", {"copied": [(5, 4)], "copies": [4, 5, 4]}),
        ("copies unnamed", {"unnamed": 1}),
        ("without evidence", {"unproven": 1}),
        ("restarts that failed", {"failed_restarts": 1}),
        ("slowest restart", {"slowest_restart": 5.1}),
        ("integrity failures", {"integrity_failures": 1}),
    ],
)  # fmt: skip
def test_the_judge_fails_a_run_for_exactly_what_is_wrong_with_it(fault: str, change: dict[str, Any]) -> None:
    assert judge(dataclasses.replace(GOOD, **change)).faults == (fault,)


def test_random_kills_lose_nothing_and_repeat_only_what_was_being_sent_marked(tmp_path: Path) -> None:
    kills = int(os.environ.get("BAYAN_KILLS", "6"))
    with Rounds(tmp_path, seed=20, restart_limit=BUSY, mixed=kills >= ENOUGH) as rounds:
        for _ in range(kills):
            rounds.live_and_die()
        verdict = rounds.settle()
    assert verdict.faults == (), str(verdict)
    assert verdict.counts["delivered"] > 0


def test_while_the_chat_refuses_connections_nothing_is_lost_or_repeated_though_the_program_is_killed(
    tmp_path: Path,
) -> None:
    with Rounds(tmp_path, seed=0, bodies=False, faults=False, restart_limit=BUSY) as rounds:
        assert rounds.start()
        assert rounds.await_growth(rounds.api_log, 20), "no message came before"
        heard = len(lines(rounds.api_log))
        for _ in range(5):  # a busy machine may have nothing to send for a while
            control(rounds.api, "away", seconds=5)
            if wait_for(lambda: b"ConnectError" in rounds.program.log.read_bytes(), 5):
                break
        else:
            pytest.fail("nothing was sent while nobody was there")
        rounds.program.kill()
        rounds.autopsy()
        verdict = rounds.settle()
    assert verdict.faults == (), str(verdict)
    assert verdict.counts["delivered"] > heard


def test_sigterm_in_the_middle_of_a_send_waits_for_its_answer_and_repeats_nothing(tmp_path: Path) -> None:
    with Rounds(tmp_path, seed=0, bodies=False, faults=False, restart_limit=BUSY) as rounds:
        for _ in range(5):
            control(rounds.api, "fail", kind="slow", seconds=1, count=2)
            assert rounds.start()
            assert rounds.await_growth(rounds.api_log, 20), "no message came to be interrupted"
            rounds.stop()
        verdict = rounds.settle()
    assert verdict.faults == (), str(verdict)
    assert verdict.counts["ambiguous events"] == 0
    assert verdict.counts["extra copies"] == 0


def test_sigterm_ends_it_in_time_though_an_answer_never_comes_and_the_copy_is_marked(tmp_path: Path) -> None:
    with Rounds(tmp_path, seed=0, bodies=False, faults=False, restart_limit=BUSY) as rounds:
        control(rounds.api, "fail", kind="silent", when="after", chat="11")
        assert rounds.start()
        assert wait_for(lambda: any(entry.get("fault") for entry in lines(rounds.api_log)), 20), "no message came"
        rounds.stop()
        verdict = rounds.settle()
    assert verdict.faults == (), str(verdict)
    assert verdict.counts["ambiguous events"] == 1
    assert verdict.counts["extra copies"] == 1


def test_a_second_instance_ends_at_once_with_75_and_one_line_and_a_killed_one_leaves_no_lock(tmp_path: Path) -> None:
    with Rounds(tmp_path, seed=0, bodies=False, restart_limit=BUSY) as rounds:
        assert rounds.start()
        code, took, said = second_instance(tmp_path / "config.toml")
        assert code == 75
        assert took < max(5, rounds.slowest), f"{took:.1f} s"  # two on a quiet machine: measured, not asserted
        assert said.count("\n") == 1
        assert str(rounds.program.process.pid) in said
        assert rounds.program.process.poll() is None
        rounds.program.kill()
        assert rounds.start(), "the lock of a dead process must not hold"
        assert wait_for(rounds.stored, 20), "the one that has the lock works"
        rounds.stop()
        assert rounds.failed == 0
