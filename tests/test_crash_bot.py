"""The store fails at each write of a deed in the chat: then nothing of it is done, and asking again does it once."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from scraper.errors import StoreError
from tests.chat import ADMIN, DESK, EDITOR, Chat, enrolled, listening, world
from tests.street import eventually
from tests.strict_botapi import StrictBotApi, strict_botapi

pytestmark = pytest.mark.shared

TABLES = ("chat", "chat_watch", "deed", "enrolment", "membership", "mute")
_DEED = re.compile(rf"\s*(INSERT INTO|UPDATE|DELETE FROM) ({'|'.join(TABLES)})\b")


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


def done(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that people did."""
    with closing(sqlite3.connect(folder / "bayan.db")) as store:
        return {table: store.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}


@contextmanager
def failing(chat: Chat, at: int) -> Iterator[Callable[[], bool]]:
    """The `at`-th write of a deed fails, once. Tells whether it did."""
    count = 0

    def fail(*told: Any) -> None:
        nonlocal count
        if _DEED.match(str(told[2])):
            count += 1
            if count == at:
                raise StoreError("the database refused: disk I/O error")

    engine = chat.house.db._engine
    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield lambda: count >= at
    finally:
        event.remove(engine, "before_cursor_execute", fail)


@pytest.mark.parametrize(
    ("words", "least"),
    [
        ("/mute khazali 2h", 2),
        ("/quiet 23:00-06:30", 2),
        ("/digest daily 07:00", 2),
        (f"/role {EDITOR} editor", 2),
        ("/enroll viewer", 2),
    ],
)
async def test_a_deed_is_done_whole_or_not_at_all(server: StrictBotApi, tmp_path: Path, words: str, least: int) -> None:
    world(server)
    async with listening(server, tmp_path) as chat:
        await enrolled(chat)
        before, heard = done(tmp_path), len(server.seen("deliveries", chat_id=DESK))
        at = 1
        while True:
            with failing(chat, at) as has_failed:
                await chat.write(ADMIN, words, DESK)
                await chat.answers(DESK, heard + at)
                if not has_failed():
                    break
            assert done(tmp_path) == before, f"a failure at write {at} left something behind"
            at += 1
        assert at > least, "a deed writes what it does, and who did it"
        after = done(tmp_path)
        assert len(after["deed"]) == len(before["deed"]) + 1


async def test_a_code_is_used_and_its_role_given_together(server: StrictBotApi, tmp_path: Path) -> None:
    world(server)
    async with listening(server, tmp_path) as chat:
        await chat.write(ADMIN, "/enroll editor")
        (answer,) = await chat.answers(ADMIN, 1)
        code = answer["text"].partition("/start ")[2].split()[0]
        before, at = done(tmp_path), 1
        while True:
            with failing(chat, at) as has_failed:
                await chat.write(EDITOR, f"/start {code}")
                await eventually(lambda has_failed=has_failed: has_failed() or server.texts(EDITOR))
                if not has_failed():
                    break
            await chat.house.db.write(lambda _: None)  # behind the one that failed
            assert done(tmp_path) == before, f"a failure at write {at} left something behind"
            at += 1
        assert at > 2
        assert "You are editor now" in server.texts(EDITOR)[-1]
        assert [row[1] for row in done(tmp_path)["membership"]] == [str(EDITOR)]
