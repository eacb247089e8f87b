"""Every further kind of source through the real command line: configured in a file, tried, polled by real workers, rehearsed, read."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from scraper import endpoint, store
from scraper.model import Fields, Kind
from scraper.parsers import PARSERS, job, telltale
from tests.answers import answer, asking, recorded
from tests.command import Bayan
from tests.command import bayan as bayan
from tests.command import site as site
from tests.fake_site import FakeSite
from tests.test_channel import preview
from tests.test_sitemap import NEWS, index, urlset
from tests.test_wordpress import post

SAID = "Qais al-Khazali speaks of the first matter today"
KINDS: tuple[Kind, ...] = ("sitemap", "json", "channel", "wordpress")


def of_kind(kind: str, origin: str) -> str:
    """`[sources.KIND]` on loopback."""
    keys = {
        "sitemap": f'url = "{origin}/sitemap.xml"\nmatch_url = "/press/"',
        "json": f'url = "{origin}/api"\nitems = "data.posts"\nfields = {{ id = "n", body = "said" }}',
        "channel": f'url = "{origin}/s/c"\nchannel = "a_channel"',
        "wordpress": f'url = "{origin}/"',
    }[kind]
    return f'[sources.{kind}]\nkind = "{kind}"\nallow_private = true\nfull_text = false\n{keys}\n'


def publish(site: FakeSite, kind: str, *texts: str) -> None:
    """Let the site say `texts`, each an item, in the form of that kind."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    numbered = list(enumerate(texts, 1))
    match kind:
        case "sitemap":
            said = "<news:news><news:publication_date>{}</news:publication_date><news:title>{}</news:title></news:news>"
            site.pages["/news.xml"] = urlset(
                *(f"<loc>/press/{n}</loc>{said.format(now, text)}" for n, text in numbered)
            )
            site.pages["/sitemap.xml"] = index("/news.xml")
        case "json":
            site.pages["/api"] = json.dumps({"data": {"posts": [{"n": n, "said": text} for n, text in numbered]}})
        case "channel":
            site.pages["/s/c"] = preview(*((f"c/{n}", text) for n, text in numbered))
        case "wordpress":
            address = endpoint.address(asking("wordpress", f"{site.origin}/"))
            site.pages[address.removeprefix(site.origin)] = json.dumps([post(n, text, "") for n, text in numbered])


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_of_each_kind_is_tried_polled_and_rings_once(bayan: Bayan, site: FakeSite, kind: str) -> None:
    bayan.configure(of_kind(kind, site.origin))
    publish(site, kind, "An old statement that was there before")
    tried = bayan("sources", "test", kind)
    assert (tried.code, f"{kind}: ok, 1 item" in tried.out) == (0, True), tried.out
    assert SAID not in bayan("run", "--once").out
    publish(site, kind, "An old statement that was there before", SAID)
    shown = bayan("run", "--once", "--source", kind)
    assert shown.code == 0
    assert "khaz'ali" in shown.out.lower()
    assert "khaz'ali" not in bayan("run", "--once", "--source", kind).out.lower()
    with bayan.store() as database:
        assert len(database.read_now(lambda conn: store.find(conn))) == 2


def test_whose_words_a_message_passes_on_and_what_it_answers_are_kept_and_shown(bayan: Bayan, site: FakeSite) -> None:
    bayan.configure(of_kind("channel", site.origin))
    site.pages["/s/c"] = recorded("channel.html").decode()
    assert bayan("run", "--once").code == 0
    shown = bayan("statements", "show", "2").out
    for line in ("from Another Channel", "reply to   example_channel/2", "it says so itself"):
        assert line in shown
    row = bayan("statements", "show", "2", "--json").json
    said = (row["edited"], row["forwarded_from"], row["reply_to"])
    assert said == (True, "Another Channel", "example_channel/2")
    assert bayan("statements", "show", "1", "--json").json["forwarded_from"] is None


def test_trying_a_sitemap_says_how_much_its_keys_leave_out(bayan: Bayan, site: FakeSite) -> None:
    bayan.configure(of_kind("sitemap", site.origin))
    site.pages["/sitemap.xml"] = urlset("<loc>/press/1</loc><lastmod>2019-01-01</lastmod>", "<loc>/about</loc>")
    tried = bayan("sources", "test", "sitemap")
    assert tried.code == 0
    assert "ok, 0 items" in tried.out
    assert "2 more that match_url and newer_than leave out" in tried.out


def test_a_rehearsal_never_asks_for_the_files_of_an_index(bayan: Bayan) -> None:
    bayan.configure(of_kind("sitemap", "http://127.0.0.1:9"))
    (bayan.folder / "index.xml").write_bytes(recorded("index-sitemap.xml"))
    (bayan.folder / "news.xml").write_text(urlset("<loc>/press/1</loc>"))
    rows = [
        {
            "source": "sitemap",
            "url": "http://127.0.0.1:9/sitemap.xml",
            "file": file,
            "fetched_at": f"2026-06-20T1{n}:00:00Z",
        }
        for n, file in enumerate(("index.xml", "news.xml"))
    ]
    (bayan.folder / "series.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    ran = bayan.plain("rehearse", str(bayan.folder / "series.jsonl"), "--config", str(bayan.file))
    assert ran.code == 0, ran.err
    assert [row["outcome"] for row in ran.rows] == ["failed", "baseline"]


def test_what_a_worker_is_asked_holds_all_that_a_kind_needs() -> None:
    for source in (
        asking("json", items="a.b", fields=Fields(id="n", author="by.*.name")),
        asking("sitemap", match_url="/x/", newer_than=timedelta(hours=36)),
        asking("channel"),
    ):
        line = job.question("listed", answer("body"), source)[job.LENGTH :]
        assert job._asked(json.loads(line), b"body")[2] == source


# ------------------------------------------------------------------------------------------------------ bayan read


def batch(bayan: Bayan, *rows: tuple[str, str]) -> list[Any]:
    """The answers of `bayan read --batch` to rows of (file, kind)."""
    asked = [{"id": file, "file": file, "url": "https://site.example/x", "kind": kind} for file, kind in rows]
    manifest = bayan.folder / "manifest.jsonl"
    manifest.write_text("".join(json.dumps(row) + "\n" for row in asked))
    return bayan.plain(
        "read", "--batch", str(manifest), "--root", str(Path(__file__).parent / "recorded" / "kinds")
    ).rows


def test_a_batch_answers_each_kind_in_the_fixed_form(bayan: Bayan) -> None:
    rows = batch(
        bayan, ("channel.html", "channel"), ("posts.json", "wordpress"), ("news-sitemap.xml", "sitemap"),
        ("index-sitemap.xml", "sitemap"), ("answer.json", "json"), ("channel-preview-off.html", "channel"),
    )  # fmt: skip
    channel, posts, news, files, answered, off = rows
    assert [row.get("kind") for row in rows] == ["channel", "wordpress", "sitemap", "sitemap", "json", None]
    assert (channel["items"][1]["edited"], channel["items"][1]["forwarded_from"]) == (True, "Another Channel")
    assert posts["items"][0]["modified"] == "2026-06-20T10:00:00+00:00"
    assert [item["published"] is None for item in news["items"]] == [False, True, True, True]
    assert (files["items"], len(files["sitemaps"])) == ([], 3)
    assert len(answered["items"]) == 2
    assert (off["error"], "preview off" in off["message"]) == ("suspect", True)


def test_auto_knows_each_kind_by_its_answer(bayan: Bayan) -> None:
    files = ("channel.html", "posts.json", "news-sitemap.xml", "index-sitemap.xml", "answer.json")
    rows = batch(bayan, *((file, "auto") for file in files))
    assert [row["kind"] for row in rows] == ["channel", "wordpress", "sitemap", "sitemap", "json"]


def test_what_gives_itself_away_as_nothing_may_be_anything() -> None:
    assert telltale.kind(b"<html><body><p>We write of urlset and tgme_widget_message</p></body></html>") is None
    assert telltale.kind(b'{"version": "https://jsonfeed.org/version/1", "items": []}') == "feed"
    assert telltale.kind(b"\x1f\x8b\x08") == "sitemap"


def test_an_index_is_shown_to_a_person_as_its_files(bayan: Bayan) -> None:
    file = Path(__file__).parent / "recorded" / "kinds" / "index-sitemap.xml"
    shown = bayan.plain("read", str(file), "--url", "https://ministry.example.org/sitemap.xml").out
    assert "an index of 3 further files" in shown
    assert NEWS not in shown


# ------------------------------------------------------------------------------------------------------ as captured


def told_apart(found: Any, gold: dict[str, Any], base: str) -> list[str]:
    """What is wrong with one answer: missing addresses, and times that are not those of the gold."""
    at = {item.url: item for item in found.items} | {file.url: None for file in found.sitemaps}
    wrong = []
    for one in gold["items"]:
        url = urljoin(base, one["url"])
        if url not in at:
            wrong.append(f"{url} is missing")
            continue
        item, said = at[url], one.get("published")
        if said and (item is None or item.published is None or item.published.at != datetime.fromisoformat(said)):
            wrong.append(f"{url} is not of {said}")
        if (
            item is not None
            and one.get("text")
            and " ".join((item.text or "").split()) != " ".join(one["text"].split())
        ):
            wrong.append(f"{url} says something else")
    return wrong


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["channel", "wordpress", "sitemap"])
def test_captured_answers_keep_every_entry_with_its_time(shared: Path, kind: Kind) -> None:
    captures = shared / "corpus" / "captures"
    rows = [json.loads(line) for line in (captures / kind / "manifest.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) >= 4
    for row in rows:
        body = gzip.decompress((captures / row["file"]).read_bytes())
        base = row.get("url") or "https://site.example/x"
        assert told_apart(PARSERS[kind](answer(body, base), asking(kind, base)), row, base) == [], row["id"]
