"""Each fault of a chat by itself: nothing is lost, what is told twice is marked, the order is kept, and lateness is said.

The long form is a script: `python -m tests.outage_rounds --each 20`. Its judge is tested here, on logs made up to be wrong in one way
each.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.fault_rounds import LONG, short, six_hours
from tests.kill_judge import Evidence
from tests.outage_judge import Told, judge_outage

CHATS = ("11", "22")
MADE = {(chat, serial): 100.0 * serial for chat in CHATS for serial in (3, 5, 7)}
SAID = "Something was said"
TOLD = [Told(chat, (serial,), SAID, 100.0 * serial + 1) for serial in (3, 5, 7) for chat in CHATS]
LATE = Told("11", (3,), f"{SAID}, delayed 6 min", 660.0)
MARKED = Told("11", (3,), f"{SAID}, may repeat", 302.0)


def evidence(told: list[Told], **more: Any) -> Evidence:
    return Evidence(
        answers=[(2, 1), (7, 6, 5, 4, 3, 2, 1)],
        stored=[(serial, serial < 3) for serial in range(1, 8)],
        heard=[(one.chat, serial, "may repeat" in one.text) for one in told for serial in one.serials],
        chats=CHATS,
        **{"ambiguous": {}, **more},
    )


def test_the_judge_passes_an_outage_that_went_as_promised() -> None:
    verdict = judge_outage(evidence(TOLD), TOLD, MADE, is_sure=True)
    assert verdict.faults == ()
    assert verdict.counts["delivered"] == 6


def test_the_judge_passes_a_digest_of_late_alerts_and_a_copy_that_is_explained() -> None:
    digest = Told("11", (5, 7), "⏱ Late: 2 alerts", 2_000.0, several=True)
    told = [MARKED, digest, *(one for one in TOLD if one.chat == "22"), MARKED]
    assert judge_outage(evidence(told, ambiguous={("11", 3): 1}), told, MADE).faults == ()


@pytest.mark.parametrize(
    ("fault", "told", "how"),
    [
        ("undelivered", TOLD[:-1], {}),
        ("overtaken", [TOLD[2], TOLD[0], *TOLD[3:], TOLD[1]], {"may_overtake": 0}),
        ("overtaken", [TOLD[4], TOLD[0], TOLD[2], TOLD[1], TOLD[3], TOLD[5]], {"may_overtake": 1}),
        ("marked though sure", [MARKED, *TOLD[1:]], {"is_sure": True}),
        ("delay told wrongly", [dataclasses.replace(LATE, text=SAID), *TOLD[1:]], {}),
        ("delay told wrongly", [dataclasses.replace(TOLD[0], text=LATE.text), *TOLD[1:]], {}),
        ("no fault was met", TOLD, {"failures": 0}),
        ("stopped badly", TOLD, {"stopped_badly": True}),
    ],
)
def test_the_judge_finds_what_an_outage_did_to_the_alerts(fault: str, told: list[Told], how: dict[str, Any]) -> None:
    assert judge_outage(evidence(told), told, MADE, **how).faults == (fault,)


@pytest.mark.parametrize(
    ("told", "faults"),
    [
        ([*TOLD, TOLD[0]], ("extra copies unmarked", "extra copies unexplained")),
        ([*TOLD, MARKED], ("extra copies unexplained",)),
    ],
)
def test_the_judge_finds_alerts_that_came_twice(told: list[Told], faults: tuple[str, ...]) -> None:
    assert judge_outage(evidence(told), told, MADE).faults == faults


@pytest.mark.parametrize("way", LONG)
async def test_after_hours_without_telegram_everything_is_told_in_order_with_its_delay(
    tmp_path: Path, way: str
) -> None:
    verdict = await six_hours(tmp_path, way, seed=1, hours=2)
    assert verdict.faults == (), str(verdict)
    assert verdict.counts["say delayed"] > 0


def test_the_real_command_tells_everything_once_after_connections_were_refused(tmp_path: Path) -> None:
    verdict = short(tmp_path, "refused", seed=1)
    assert verdict.faults == (), str(verdict)
    assert verdict.counts["extra copies"] == 0
