"""`bayan read`: one page for a person, many for a program, and never a traceback."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import typer

from alerts.cli.exits import PARTIAL, USAGE
from alerts.cli.read import read

FEED = (
    "<rss version='2.0'><channel><title>A feed</title><item><title>One &amp;amp; two</title><link>/1</link><guid>g1</guid>"
    "<pubDate>Fri, 20 Jun 2025 13:00:00 +0300</pubDate><description>Teaser</description></item></channel></rss>"
)
TEXT = "On June 20, 2025, the secretary-general issued a long statement that named two states and asked governments to act at once. "
ARTICLE = (
    "<!doctype html><html lang='en'><head><title>A Statement</title></head><body><main><article><h1>A Statement On The Region</h1>"
    "<time datetime='2025-06-20T10:00:00+03:00'>20 June</time>"
    + f"<p>{TEXT * 3}</p>" * 6
    + "</article></main></body></html>"
)
LISTING = "<html><head><title>All statements</title></head><body>" + "".join(
    f"<article><h2><a href='/s/2026/{n}'>The ministry answers question number {n} of the day</a></h2><span>7 hours ago</span></article>"
    for n in range(6)
)


def batch(
    tmp_path: Path, rows: list[dict[str, Any] | str], capsys: pytest.CaptureFixture[str], jobs: int = 2
) -> tuple[list[Any], int]:
    """The answers to a manifest of `rows` (objects, or raw lines), and the exit code."""
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    code = 0
    try:
        read(batch=manifest, root=tmp_path, jobs=jobs)
    except typer.Exit as done:
        code = done.exit_code
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()], code


def ask(file: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": more.pop("id", file), "file": file, "url": "https://news.example/x", "kind": kind, **more}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    (tmp_path / "feed.xml").write_text(FEED)
    (tmp_path / "article.html").write_text(ARTICLE)
    (tmp_path / "listing.html.gz").write_bytes(gzip.compress(LISTING.encode()))
    return tmp_path


def test_a_feed_is_answered_in_the_fixed_form(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (row,), code = batch(pages, [ask("feed.xml", "feed", id="f")], capsys)
    assert code == 0
    assert row == {
        "schema": 1, "id": "f", "kind": "feed", "feed_title": "A feed",
        "items": [{
            "guid": "g1", "url": "https://news.example/1", "title": "One & two", "summary": "Teaser", "text": None,
            "published": "2025-06-20T13:00:00+03:00", "author": None, "language": None,
        }],
    }  # fmt: skip


def test_an_article_is_answered_in_the_fixed_form(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (row,), code = batch(pages, [ask("article.html", "article", fetched_at="2025-07-01T00:00:00Z")], capsys)
    assert code == 0
    assert row["kind"] == "article"
    assert TEXT.strip() in row["text"]
    assert row["published"].startswith("2025-06-20")
    assert row["published_precision"] in ("second", "minute", "hour", "day")
    assert isinstance(row["published_confident"], bool)
    assert isinstance(row["links"], list)
    assert {"title", "published_method", "author", "language"} <= set(row)


def test_a_packed_listing_is_read_and_its_ages_are_counted_from_the_fetch(
    pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,), code = batch(
        pages, [ask("listing.html.gz", "listing", fetched_at="2026-01-15T12:00:00Z", language="en")], capsys
    )
    assert code == 0
    assert len(row["items"]) == 6
    assert row["items"][0]["published"] == "2026-01-15T05:00:00+00:00"


def test_auto_finds_out_what_a_page_is(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, code = batch(pages, [ask(name, "auto") for name in ("feed.xml", "article.html", "listing.html.gz")], capsys)
    assert [row["kind"] for row in rows] == ["feed", "article", "listing"]
    assert code == 0


def test_answers_come_in_the_order_of_the_questions(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, _ = batch(
        pages,
        [ask(("article.html", "feed.xml")[n % 2], ("article", "feed")[n % 2], id=str(n)) for n in range(20)],
        capsys,
        3,
    )
    assert [row["id"] for row in rows] == [str(n) for n in range(20)]


def test_a_row_that_fails_is_an_error_row_and_the_others_go_on(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pages / "empty.xml").write_text("")
    (pages / "broken.gz").write_bytes(b"no gzip")
    (pages / "deep.html").write_text("<div>" * 100_000)
    (pages / "bomb.gz").write_bytes(gzip.compress(b" " * 11 * 1024 * 1024))
    rows, code = batch(
        pages,
        [
            "no json", "[1]", {"id": "k", "file": "feed.xml", "kind": "song"}, {"id": "n", "kind": "feed"},
            ask("gone.html", "feed"), ask("empty.xml", "feed"), ask("article.html", "feed"), ask("broken.gz", "feed"),
            ask("deep.html", "listing"), ask("bomb.gz", "feed"), ask("article.html", "sitemap"),
            ask("feed.xml", "feed", fetched_at="soon"), "", ask("feed.xml", "feed", id="good"),
        ],
        capsys,
    )  # fmt: skip
    assert [row.get("error") for row in rows] == [
        "bad_row", "bad_row", "bad_row", "bad_row", "unreadable", "empty", "suspect", "decode_error", "too_complex",
        "too_large", "suspect", "bad_row", None,
    ]  # fmt: skip
    assert all(isinstance(row["message"], str) for row in rows[:-1])
    assert [row["id"] for row in rows[2:5]] == ["k", "n", "gone.html"]
    assert code == PARTIAL


def test_one_file_is_shown_to_a_person(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read(str(pages / "feed.xml"), url="https://news.example/feed")
    shown = capsys.readouterr().out
    assert "feed: A feed, 1 item" in shown
    assert "One & two" in shown
    assert "2025-06-20 13:00:00 +0300" in shown
    assert "https://news.example/1" in shown


def test_one_file_as_json_has_the_form_of_a_row(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read(str(pages / "article.html"), kind="article", json_=True)
    assert json.loads(capsys.readouterr().out)["kind"] == "article"


def test_what_a_page_says_cannot_drive_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "f.xml").write_text(FEED.replace("One", "Evil \x1b]0;title\x07\u202eoverride\u2028line"))
    read(str(tmp_path / "f.xml"))
    shown = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\u202e", "\u2028"} & set(shown)


def test_a_file_that_is_not_there_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as done:
        read(str(tmp_path / "gone.html"))
    said = capsys.readouterr()
    assert done.value.exit_code == PARTIAL
    assert "No such file" in said.err
    assert said.err.count("\n") == 1


def test_a_manifest_that_is_not_there_is_a_mistake_in_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as done:
        read(batch=tmp_path / "gone.jsonl")
    assert done.value.exit_code == USAGE
    assert capsys.readouterr().out == ""


def test_a_target_or_a_manifest_is_needed_and_not_both() -> None:
    for arguments in ({}, {"target": "x", "batch": Path("y")}, {"target": "x", "kind": "song"}):
        with pytest.raises(typer.BadParameter):
            read(**arguments)


@pytest.fixture
def site() -> Iterator[str]:
    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = FEED.encode() if self.path == "/feed" else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_is_fetched_as_the_service_would(site: str, capsys: pytest.CaptureFixture[str]) -> None:
    read(f"{site}/feed", allow_private=True, json_=True)
    row = json.loads(capsys.readouterr().out)
    assert (row["kind"], row["items"][0]["url"]) == ("feed", f"{site}/1")


def test_an_address_of_our_own_network_is_refused_unless_it_is_meant(
    site: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit):
        read(f"{site}/feed")
    assert "blocked" in capsys.readouterr().err


def test_nothing_is_left_running(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    batch(pages, [ask("feed.xml", "feed")], capsys)
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    assert not children.exists() or children.read_text() == ""
