"""A directory as a source: which files are read, how each becomes items, and what never gets out of it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scraper import directory, sources, store
from scraper.errors import FetchError, ParseError
from scraper.model import Item, Source, Statement
from scraper.parsers.files import LARGEST, bundle, parse
from tests.answers import answer, asking
from tests.command import Bayan
from tests.command import bayan as bayan
from tests.street import House, InProcess, configuration, house

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
MAIL = """From: Press office <press@office.example.org>
Subject: A statement of Qais al-Khazali
Date: Sat, 20 Jun 2026 11:00:00 +0300
Content-Type: text/plain; charset=utf-8

He said that the matter is closed.
"""
WEB = (
    "<html lang=en><head><title>A page</title></head><body><article><h1>A headline of the page</h1>"
    f"<p>{'What was said about the matter is told here at some length. ' * 6}</p></article></body></html>"
)


def put(folder: Path, name: str, content: str | bytes, *, age: float = 60) -> Path:
    """Write a file that was last changed `age` seconds before NOW."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    at = NOW.timestamp() - age
    os.utime(path, (at, at))
    return path


def inbox(folder: Path, glob: str = "*.{txt,html,json,eml}") -> Source:
    return Source(id="tips", kind="directory", url=folder.as_uri(), path=str(folder), glob=glob, language="en")


async def found(source: Source, now: datetime = NOW) -> tuple[Item, ...]:
    page = await directory.look(source, clock=lambda: now)
    workers: Any = InProcess()
    return (await directory.gather(source, page, parsers=workers)).items


async def names(source: Source, now: datetime = NOW) -> list[str | None]:
    return [item.guid for item in await found(source, now)]


# ------------------------------------------------------------------------------------------------------ which files


async def test_the_files_that_fit_are_read_newest_first(tmp_path: Path) -> None:
    for age, name in enumerate(("b.txt", "a.txt", "c.md", ".hidden.txt", "below/d.txt"), start=10):
        put(tmp_path, name, "words", age=age)
    assert await names(inbox(tmp_path)) == ["b.txt", "a.txt"]


async def test_folders_below_are_read_where_the_pattern_says_so(tmp_path: Path) -> None:
    for name in ("a.txt", "x/b.txt", "x/y/c.txt", "x/d.html"):
        put(tmp_path, name, "words")
    assert sorted(map(str, await names(inbox(tmp_path, "**/*.txt")))) == ["a.txt", "x/b.txt", "x/y/c.txt"]
    assert await names(inbox(tmp_path, "x/*.txt")) == ["x/b.txt"]


async def test_a_half_written_file_waits_until_it_is_left_alone(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "half of the wor", age=1)
    assert await names(inbox(tmp_path)) == []
    assert await names(inbox(tmp_path), NOW + timedelta(seconds=10)) == ["a.txt"]


async def test_a_file_that_changed_after_it_was_listed_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "the first words")
    source, workers = inbox(tmp_path), InProcess()
    page = await directory.look(source, clock=lambda: NOW)
    put(tmp_path, "a.txt", "the first words, and more", age=1)
    stand_in: Any = workers
    listed = await directory.gather(source, page, parsers=stand_in)
    assert (listed.items, listed.passed_over) == ((), 1)


async def test_no_link_leads_out(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    put(outside, "secret.txt", "a secret")
    put(inside, "a.txt", "words")
    (inside / "link.txt").symlink_to(outside / "secret.txt")
    (inside / "folder").symlink_to(outside)
    assert await names(inbox(inside, "**/*.txt")) == ["a.txt"]


async def test_a_link_that_takes_a_files_place_after_the_look_leads_nowhere(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    put(outside, "b.txt", "a secret")
    put(inside, "x/b.txt", "a secret")
    source = inbox(inside, "**/*.txt")
    page = await directory.look(source, clock=lambda: NOW)
    (inside / "x" / "b.txt").unlink()
    (inside / "x").rmdir()
    (inside / "x").symlink_to(outside)
    workers: Any = InProcess()
    assert (await directory.gather(source, page, parsers=workers)).items == ()


async def test_what_is_no_file_or_too_large_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    put(tmp_path, "large.txt", b"x" * (LARGEST + 1))
    put(tmp_path, "a.txt", "words")
    assert await names(inbox(tmp_path)) == ["a.txt"]


async def test_many_files_are_read_in_bundles(tmp_path: Path) -> None:
    for number in range(250):
        put(tmp_path, f"{number}.txt", f"statement {number}")
    assert len(set(await names(inbox(tmp_path)))) == 250


async def test_a_folder_that_is_not_there_is_a_failure_and_no_empty_one(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="cannot be read"):
        await directory.look(inbox(tmp_path / "nothing"), clock=lambda: NOW)


# ------------------------------------------------------------------------------------------------------ what they say


def told(name: str, content: str | bytes) -> tuple[Item, ...]:
    raw = content if isinstance(content, bytes) else content.encode()
    return parse(answer(bundle([(name, 0, raw)])), asking("directory", language="en")).items


def test_a_text_is_called_by_its_first_line() -> None:
    [item] = told("a.txt", "A statement of today\n\nHe said more.")
    assert (item.guid, item.title, item.text, item.url) == (
        "a.txt", "A statement of today", "A statement of today\n\nHe said more.", None,
    )  # fmt: skip


def test_a_web_page_is_read_as_an_article() -> None:
    [item] = told("a.html", WEB)
    assert item.title == "A headline of the page"
    assert (item.text or "").startswith("What was said")


def test_a_mail_is_its_subject_text_sender_and_date() -> None:
    [item] = told("a.eml", MAIL)
    assert (item.title, item.text, item.author) == (
        "A statement of Qais al-Khazali", "He said that the matter is closed.", "Press office <press@office.example.org>",
    )  # fmt: skip
    assert item.published is not None
    assert item.published.at == datetime(2026, 6, 20, 8, 0, tzinfo=UTC)


def test_json_is_one_item_or_a_list_of_them() -> None:
    [one] = told("a.json", '{"title": "A title", "text": "The words", "url": "https://x.example/1"}')
    assert (one.guid, one.title, one.text, one.url) == ("a.json", "A title", "The words", "https://x.example/1")
    many = told("b.json", '[{"id": 7, "text": "The first"}, {"text": "The second"}]')
    assert [item.guid for item in many] == ["b.json#7", "b.json#1"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"\x7fELF\0\0\0"), ("a.json", "{"), ("a.json", "[" * 5_000), ("a.eml", "\n\n"), ("a.html", "<div>" * 3_000),
        ("a.txt", "  \n"), ("a.json", '{"a": 1}'), ("a.eml", "Content-Type: text/plain; charset=nonsense\n\nwords"),
    ],
)  # fmt: skip
def test_a_broken_file_is_passed_over_and_the_others_count(name: str, content: str | bytes) -> None:
    raw = content if isinstance(content, bytes) else content.encode()
    listed = parse(answer(bundle([(name, 0, raw), ("good.txt", 0, b"good words")])), asking("directory"))
    assert ([item.guid for item in listed.items], listed.passed_over) == (["good.txt"], 1)


def test_what_is_no_bundle_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(answer("no bundle"), asking("directory"))


# ------------------------------------------------------------------------------------------------------ the street


async def poll(bayan: House) -> None:
    bayan.clock.advance(minutes=10)
    await bayan.service.once(only=["tips"], patience=timedelta())


def stored(bayan: House) -> tuple[Statement, ...]:
    return bayan.db.read_now(lambda conn: store.find(conn))


async def test_an_empty_folder_is_a_baseline_and_what_comes_rings(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    async with house(configuration(tmp_path, sources=(inbox(folder),)), in_process=False) as bayan:
        await poll(bayan)
        put(folder, "a.eml", MAIL)
        await poll(bayan)
        assert "A statement of Qais al-Khazali" in bayan.shown
        assert [one.baseline for one in stored(bayan)] == [False]


async def test_a_changed_file_is_a_revision_and_one_that_is_taken_away_is_no_news(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    put(folder, "a.txt", "The first words")
    put(folder, "b.txt", "Other words")
    async with house(configuration(tmp_path, sources=(inbox(folder),))) as bayan:
        await poll(bayan)
        put(folder, "a.txt", "The first words, and what Qais al-Khazali added", age=30)
        (folder / "b.txt").unlink()
        await poll(bayan)
        await poll(bayan)
        assert [(one.title[:11], one.revision, one.removed_at) for one in stored(bayan)] == [
            ("The first w", 2, None), ("Other words", 1, None),
        ]  # fmt: skip
        (folder / "a.txt").unlink()
        await poll(bayan)
        state = bayan.db.read_now(lambda conn: sources.state(conn, "tips"))
        assert state is not None
        assert (state.outcome, state.failures) == ("ok", 0)


async def test_a_folder_in_which_nothing_changed_is_not_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    put(folder, "a.txt", "The first words")
    async with house(configuration(tmp_path, sources=(inbox(folder),))) as bayan:
        await poll(bayan)
        await poll(bayan)
        assert [(one.healthy, one.items) for one in bayan.service.report.polled] == [(True, 1), (True, 0)]


async def test_many_files_at_once_are_meant_and_no_flood(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    put(folder, "first.txt", "The first words")
    async with house(configuration(tmp_path, sources=(inbox(folder),))) as bayan:
        await poll(bayan)
        for number in range(60):
            put(folder, f"{number}.txt", f"Qais al-Khazali speaks of matter number {number}", age=30)
        await poll(bayan)
        assert len(bayan.service.report.polled[-1].new) == 60


# ------------------------------------------------------------------------------------------------------ the command


def configured(bayan: Bayan) -> None:
    bayan.configure('[sources.tips]\nkind = "directory"\npath = "inbox"\n')


def test_a_directory_is_tried_and_tells_what_it_passes_over(bayan: Bayan) -> None:
    configured(bayan)
    put(bayan.folder / "inbox", "a.txt", "A statement of today")
    put(bayan.folder / "inbox", "b.json", "{")
    ran = bayan("sources", "test", "tips")
    assert ran.code == 0
    assert "tips: ok, 1 item," in ran.out
    assert "1 more that are too fresh, too large or in no form that is read" in ran.out
    assert "nothing: the source holds the texts itself" in ran.out


def test_a_folder_that_is_not_there_is_named_by_the_trial_and_by_the_doctor(bayan: Bayan) -> None:
    configured(bayan)
    ran = bayan("sources", "test", "tips")
    assert (ran.code, "inbox cannot be read: No such file or directory" in ran.out) == (69, True)
    assert "inbox: No such file or directory" in bayan("doctor", "--offline").out
    (bayan.folder / "inbox").mkdir()
    assert "inbox can be read" in bayan("doctor", "--offline").out


def test_what_is_in_force_reads_back(bayan: Bayan) -> None:
    configured(bayan)
    shown = bayan.plain("config", "show", "--config", str(bayan.file))
    assert f'path = "{bayan.folder}/inbox"' in shown.out
    assert "file://" not in shown.out


def test_a_rehearsal_has_no_directories(bayan: Bayan) -> None:
    configured(bayan)
    series = bayan.folder / "series.jsonl"
    series.write_text('{"source": "tips", "url": "", "file": "a", "fetched_at": "2026-06-20T10:00:00Z"}\n')
    assert bayan.plain("rehearse", str(series), "--config", str(bayan.file)).code == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('glob = "../*.txt"', "is no pattern of file names"), ('glob = "/etc/*"', "is no pattern of file names"),
        ('path = ""', "must not be empty"), ('url = "https://x.example/"', 'must be ""'),
    ],
)  # fmt: skip
def test_a_mistake_in_the_table_is_named(bayan: Bayan, line: str, said: str) -> None:
    path = "" if line.startswith("path") else 'path = "inbox"\n'
    bayan.configure(f'[sources.tips]\nkind = "directory"\n{path}{line}\n')
    ran = bayan.plain("config", "check", "--config", str(bayan.file))
    assert (ran.code, said in ran.out + ran.err) == (78, True), ran.out + ran.err
