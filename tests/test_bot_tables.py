"""Who may do what in the chat, and what the store keeps of it: roles, codes, buttons, deeds, mutes, watches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts import mutes
from alerts.bot import buttons, chats, deeds, watches
from alerts.bot.access import ANONYMOUS_ADMIN, Book, Sender, may, role_of
from scraper.db import Connection, Database, open_database

NOW = datetime(2025, 6, 20, 12, 0, tzinfo=UTC)
GROUP = "-1001"
ANNA, BERT = "11", "12"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/bayan.db")
    yield database
    database.close()


# -------------------------------------------------------------------------------------------------- who may


def test_the_highest_role_of_configuration_everywhere_and_here_counts() -> None:
    book = Book({ANNA: "viewer"}, {("*", ANNA): "editor", (GROUP, ANNA): "admin"})
    assert role_of(Sender(ANNA), GROUP, book) == "admin"
    assert role_of(Sender(ANNA), "-1002", book) == "editor"


def test_a_stranger_has_no_role() -> None:
    assert role_of(Sender("99"), GROUP, Book({ANNA: "admin"}, {})) is None
    assert not may(None, "viewer")


@pytest.mark.parametrize(
    "sender",
    [
        Sender(ANNA, is_bot=True),
        Sender(ANNA, anonymous=True),
        Sender(ANNA, forwarded=True),
        Sender(ANNA, edited=True),
        Sender(ANNA, via_bot=True),
        Sender(ANONYMOUS_ADMIN),
        Sender(""),
    ],
)
def test_what_is_no_persons_own_present_word_has_no_role(sender: Sender) -> None:
    book = Book({ANNA: "admin", ANONYMOUS_ADMIN: "admin", "": "admin"}, {})
    assert role_of(sender, GROUP, book) is None


def test_a_role_may_what_those_below_it_may() -> None:
    assert may("admin", "viewer") and may("editor", "editor") and not may("viewer", "editor")


# ---------------------------------------------------------------------------------------------------- codes


def test_a_code_gives_its_role_once(db: Database) -> None:
    code = db.write_now(lambda conn: chats.make_code(conn, "editor", GROUP, ANNA, NOW))
    first = db.write_now(lambda conn: chats.use_code(conn, code.lower(), BERT, NOW + timedelta(minutes=14)))
    again = db.write_now(lambda conn: chats.use_code(conn, code, "13", NOW + timedelta(minutes=14)))
    assert first is not None and first.role == "editor" and again is None
    assert db.read_now(chats.roles) == {(GROUP, BERT): "editor"}


def test_a_code_ends_after_fifteen_minutes(db: Database) -> None:
    code = db.write_now(lambda conn: chats.make_code(conn, "admin", "*", ANNA, NOW))
    assert db.write_now(lambda conn: chats.use_code(conn, code, BERT, NOW + timedelta(minutes=15))) is None
    assert db.read_now(chats.roles) == {}


def test_the_store_never_holds_a_code(db: Database, tmp_path: Path) -> None:
    code = db.write_now(lambda conn: chats.make_code(conn, "admin", "*", ANNA, NOW))
    db.close()
    assert not any(code.encode() in file.read_bytes() for file in tmp_path.iterdir())


# ---------------------------------------------------------------------------------------------------- chats


def test_a_group_that_nobody_enrols_is_left_after_fifteen_minutes(db: Database) -> None:
    db.write_now(lambda conn: chats.joined(conn, GROUP, "supergroup", "Desk", NOW))
    assert db.read_now(lambda conn: chats.unwelcome(conn, NOW + timedelta(minutes=14))) == ()
    assert db.read_now(lambda conn: chats.unwelcome(conn, NOW + timedelta(minutes=15))) == (GROUP,)
    db.write_now(lambda conn: chats.enrol(conn, GROUP, ANNA, NOW))
    assert db.read_now(lambda conn: chats.unwelcome(conn, NOW + timedelta(days=1))) == ()


def test_a_chat_that_was_left_must_be_enrolled_again(db: Database) -> None:
    def visit(conn: Connection) -> None:
        chats.joined(conn, GROUP, "group", "Desk", NOW)
        chats.enrol(conn, GROUP, ANNA, NOW)
        chats.left(conn, GROUP, NOW)
        chats.joined(conn, GROUP, "group", "Desk", NOW + timedelta(hours=1))

    db.write_now(visit)
    assert db.read_now(chats.enrolled) == ()
    assert db.read_now(lambda conn: chats.unwelcome(conn, NOW + timedelta(hours=1))) == ()
    assert db.read_now(lambda conn: chats.unwelcome(conn, NOW + timedelta(hours=2))) == (GROUP,)


def test_a_group_that_becomes_a_supergroup_keeps_its_roles_and_its_enrolment(db: Database) -> None:
    def upgrade(conn: Connection) -> None:
        chats.joined(conn, "-5", "group", "Desk", NOW)
        chats.enrol(conn, "-5", ANNA, NOW)
        chats.give(conn, "-5", BERT, "editor", ANNA, NOW)
        chats.moved(conn, "-5", "-1005", NOW)
        chats.moved(conn, "-5", "-1005", NOW)

    db.write_now(upgrade)
    assert [chat.id for chat in db.read_now(chats.enrolled)] == ["-1005"]
    assert db.read_now(chats.roles)[("-1005", BERT)] == "editor"


# -------------------------------------------------------------------------------------------------- buttons


def test_a_button_works_once_in_its_own_chat_and_for_its_own_person(db: Database) -> None:
    id_ = db.write_now(lambda conn: buttons.make(conn, GROUP, "mute", {"story": 7}, NOW, person=ANNA))
    assert len(id_.encode()) <= 64

    def press(chat: str, person: str) -> buttons.Pressed | None:
        return db.write_now(lambda conn: buttons.take(conn, id_, chat, person, NOW))

    assert press("-1002", ANNA) is None and press(GROUP, BERT) is None
    assert press(GROUP, ANNA) == buttons.Pressed("mute", {"story": 7})
    assert press(GROUP, ANNA) is None


def test_a_button_ends(db: Database) -> None:
    id_ = db.write_now(lambda conn: buttons.make(conn, GROUP, "why", {}, NOW, lives=timedelta(hours=1)))
    assert db.read_now(lambda conn: buttons.look(conn, id_, GROUP, ANNA, NOW)) is not None
    assert db.read_now(lambda conn: buttons.look(conn, id_, GROUP, ANNA, NOW + timedelta(hours=1))) is None
    assert db.write_now(lambda conn: buttons.forget(conn, NOW + timedelta(hours=1))) == 1


# ------------------------------------------------------------------------------------ deeds, mutes, watches


def test_a_deed_keeps_what_was_before_and_says_when_it_was_undone(db: Database) -> None:
    def do(conn: Connection) -> tuple[int, int]:
        first = deeds.record(
            conn, chat=GROUP, person=ANNA, verb="watch", subject="khazali", before=None, after={"name": "Qais"}, now=NOW
        )
        second = deeds.record(
            conn, chat=GROUP, person=BERT, verb="undo", subject="khazali", before={"name": "Qais"}, after=None, now=NOW, undoes=first
        )  # fmt: skip
        return first, second

    first, second = db.write_now(do)
    done = db.read_now(lambda conn: deeds.find(conn, first))
    assert done is not None and done.before is None and done.after == {"name": "Qais"} and done.undone_at == NOW
    assert [one.id for one in db.read_now(lambda conn: deeds.latest(conn, GROUP, 10))] == [second, first]


def test_a_mute_always_ends_and_is_reported_once(db: Database) -> None:
    made = db.write_now(lambda conn: mutes.make(conn, "desk", "actor", "khazali", ANNA, NOW, NOW + timedelta(days=400)))
    assert made.ends_at == NOW + mutes.LONGEST
    db.write_now(lambda conn: mutes.counted(conn, made.id, 3))
    assert db.read_now(lambda conn: mutes.on(conn, ["desk"], NOW)) == {"desk": (made,)}
    ended = db.write_now(lambda conn: mutes.over(conn, made.ends_at))
    assert [(one.mute.id, one.held_back) for one in ended] == [(made.id, 3)]
    assert db.write_now(lambda conn: mutes.over(conn, made.ends_at)) == ()


def test_muting_again_moves_the_end_and_makes_no_second_mute(db: Database) -> None:
    def twice(conn: Connection) -> None:
        mutes.make(conn, "desk", "all", "", ANNA, NOW, NOW + timedelta(hours=1))
        mutes.make(conn, "desk", "all", "", BERT, NOW, NOW + timedelta(hours=2))

    db.write_now(twice)
    held = db.read_now(lambda conn: mutes.listed(conn, "desk", NOW))
    assert [one.mute.ends_at for one in held] == [NOW + timedelta(hours=2)]


def test_a_watch_is_kept_changed_and_taken_out_and_tells_what_was_before(db: Database) -> None:
    db.write_now(lambda conn: chats.joined(conn, GROUP, "group", "Desk", NOW))

    def keep(definition: dict[str, object] | None) -> object:
        return db.write_now(lambda conn: watches.keep(conn, GROUP, "actor", "khazali", definition, ANNA, NOW))

    assert keep({"name": "Qais"}) is None
    assert keep({"name": "Qais al-Khazali"}) == {"name": "Qais"}
    assert [one.definition for one in db.read_now(watches.everywhere)] == [{"name": "Qais al-Khazali"}]
    assert keep(None) == {"name": "Qais al-Khazali"}
    assert db.read_now(lambda conn: watches.of_chat(conn, GROUP)) == ()
