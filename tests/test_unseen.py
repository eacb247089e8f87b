"""Hostile sources of our own making, all at once through the real command; and what a hostile site does to `sources probe`."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.command import in_thread
from tests.hostile_rounds import CONTROLS
from tests.measured import CHECKOUT, Ran, bayan
from tests.raw_site import Asked, RawSite, answer
from tests.unseen import Case, cases, html, rss

NAMES = tuple(cases("http://127.0.0.1:1", "127.0.0.1:2"))
GOOD = ("good-1", "good-2")


@dataclass
class Told:
    """What one run over all cases came to."""

    run: Ran
    polled: dict[str, Any]
    stored: dict[str, list[dict[str, Any]]]
    decoys: int
    cases: dict[str, Case]
    folder: Path


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("unseen")
    with in_thread(RawSite()) as site, in_thread(RawSite()) as decoy:
        found = cases(site.origin, f"127.0.0.1:{decoy.port}")
        text = '[fetch]\nper_host_delay = "0s"\ntotal_timeout = "5s"\nconcurrency = 50\njitter = 0\n'
        text += '[channels.screen]\nkind = "console"\n'
        text += '[actors.k]\ntype = "person"\nname = "Qais al-Khazali"\naliases = ["Khazali"]\n'
        for name in GOOD:
            site.answers[f"/{name}"] = answer(rss())
            text += _table(name, "feed", f"{site.origin}/{name}", "")
        for name, case in found.items():
            target = f"/{name}/" if case.kind == "wordpress" else f"/{name}"
            site.answers[target] = case.told
            site.open |= {target} if case.waits else set()
            for also, told in case.also.items():
                site.answers[f"/{also}"] = told
            text += _table(name, case.kind, f"{site.origin}{target}", case.more)
        wordpress = next(case.also["wp-json"] for case in found.values() if case.kind == "wordpress")
        site.answers |= dict.fromkeys(_rest_addresses(site), wordpress)
        (folder / "config.toml").write_text(text)
        run = bayan(("run", "--once", "--json"), folder)
        polled = {one["source"]: one for one in json.loads(run.out)["polled"]}
        with closing(sqlite3.connect(folder / "data" / "bayan.db")) as db:
            db.row_factory = sqlite3.Row
            rows = [dict(row) for row in db.execute("select source, url, title, summary, text from statement")]
        stored = {name: [row for row in rows if row["source"] == name] for name in (*GOOD, *found)}
        yield Told(run, polled, stored, decoy.connections, found, folder)


def _table(name: str, kind: str, url: str, more: str) -> str:
    lines = more.replace("{id}", name)
    text = "full_text = false\n" if "full_text" not in lines else ""
    return f'[sources.{name}]\nkind = "{kind}"\nurl = "{url}"\nallow_private = true\n{text}{lines}\n'


def _rest_addresses(site: RawSite) -> list[str]:
    from scraper.endpoint import address
    from scraper.model import Source

    url = address(Source("w", "wordpress", f"{site.origin}/wordpress-of-other-types/"))
    return [url.removeprefix(site.origin)]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_answer_is_recorded_for_what_it_is(told: Told, name: str) -> None:
    case, polled = told.cases[name], told.polled[name]
    assert polled["outcome"] in case.right, polled["detail"]
    if case.most is not None:
        assert len(told.stored[name]) <= case.most, told.stored[name]
    for row in told.stored[name]:
        assert not CONTROLS.search("".join(row[part] for part in ("title", "summary", "text")).replace("\n", ""))
        assert row["url"] is None or row["url"].lower().startswith(("http://", "https://"))
        assert "root:" not in row["title"]


def test_hostile_answers_harm_nothing_beside_them(told: Told) -> None:
    assert told.run.code in (0, 1)
    assert "Traceback" not in told.run.log and "internal error" not in told.run.log
    assert not CONTROLS.search(told.run.log.replace("\n", ""))
    assert told.decoys == 0
    assert [told.polled[name]["outcome"] for name in GOOD] == ["ok", "ok"]
    assert [len(told.stored[name]) for name in GOOD] == [1, 1]
    assert told.run.peak_mb < 125 + 256
    for place in (told.folder, told.folder / "data", told.folder.parent, Path(tempfile.gettempdir()), CHECKOUT):
        assert not (place / "hostile_pwned").exists()


def test_no_path_of_a_page_becomes_a_file(told: Told) -> None:
    """Whatever titles, links, ids and Content-Disposition say: the data folder holds what bayan names, and nothing else."""
    kept = {str(file.relative_to(told.folder / "data")) for file in (told.folder / "data").rglob("*") if file.is_file()}
    assert all(name.startswith("bayan.db") or name.endswith(".lock") for name in kept), kept


PROBED = {
    "robots-of-odd-addresses": {
        "/robots.txt": answer(b"Sitemap: http://[\nSitemap: //[\nSitemap: /\x00\nSitemap: file:///etc/passwd\n" * 500),
        "/": answer(html("<a href='http://['>x</a>")),
    },
    "feeds-at-the-decoy": {
        "/": answer(html("".join(f"<link rel=alternate type=application/rss+xml href=http://DECOY/{n}>" for n in range(300)))),
    },
    "names-itself-for-ever": {"/": answer(html("<link rel=alternate type=application/rss+xml href=/?again>"))},
    "markup-without-end": {"/": answer(html("<template>" * 50_000))},
    "redirects-to-the-decoy": {"/": b"HTTP/1.1 302 x\r\nLocation: http://DECOY/\r\nContent-Length: 0\r\n\r\n"},
}  # fmt: skip


@pytest.mark.parametrize("name", PROBED)
def test_a_hostile_site_does_nothing_to_a_probe(name: str, tmp_path: Path) -> None:
    with in_thread(RawSite()) as site, in_thread(RawSite()) as decoy:
        where = f"127.0.0.1:{decoy.port}".encode()

        def moved(told: bytes) -> Any:
            body = told.replace(b"DECOY", where)
            head, _, rest = body.partition(b"\r\n\r\n")
            lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
            return b"\r\n".join([*lines, b"Content-Length: %d" % len(rest)]) + b"\r\n\r\n" + rest

        site.answers |= {target: moved(told) for target, told in PROBED[name].items()}
        site.answers["/?again"] = lambda asked: _again(asked)
        ran = bayan(("sources", "probe", f"{site.origin}/", "--allow-private", "--json"), tmp_path)
        assert "internal error" not in ran.log and "Traceback" not in ran.log
        assert not CONTROLS.search(ran.log.replace("\n", "")) and ran.ended - ran.began < 60
        assert decoy.connections == 0 and len(site.asked) < 60


def _again(asked: Asked) -> bytes:
    return answer(html(f"<link rel=alternate type=application/rss+xml href=/?again{len(asked.target)}>"))
