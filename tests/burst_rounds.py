"""Lets many sources say many things at once to one group, with the real `bayan run` and the strict Bot API, and judges the chat.

    python -m tests.burst_rounds --minutes 5 [--items 500] [--sources 40] [--commands 100] [--shared FOLDER] [--keep FOLDER]

Scenario S9: the first alert within a minute, never more than 20 messages a minute to the group, no quarrel with Telegram about it,
every item in an alert or a digest, first-hand ones before others, commands answered within three seconds meanwhile, memory
bounded. Exit code 0 only where all of that was so.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.fake_botapi import TOKEN
from tests.real_run import Program, Store, wait_for
from tests.strict_botapi import StrictBotApi, strict_botapi

ADMIN, GROUP = 11, -1001000000001
ASKED = (
    "/status",
    "/latest",
    "/mutes",
    "/help",
    "/search threats",
    "/actors",
    "/changes",
    "/sources",
    "/why",
    "/rules",
)
FIRST_HAND = 4
"""Every so many sources, one speaks for the actor."""
_NUMBER = re.compile(r"\bItem (\d{4})\b")
_SYLLABLES = (
    "ka",
    "ro",
    "mi",
    "te",
    "su",
    "na",
    "lo",
    "di",
    "fe",
    "gu",
    "ba",
    "zo",
    "ri",
    "pe",
    "du",
    "ma",
    "si",
    "to",
    "ve",
    "ha",
)

CONFIG = """config_version = 1
timezone = "UTC"
[storage]
data_dir = "{folder}/data"
[fetch]
interval = "5s"
jitter = 0.0
per_host_delay = "0s"
[flood]
items = 100
[actors.khazali]
type = "person"
name = "Qays al-Khaz'ali"
aliases = ["Qais al-Khazali"]
[logging]
format = "json"
[bot]
token = {{ env = "BAYAN_TELEGRAM_TOKEN" }}
api_base = "{api}"
admins = [{admin}]
[channels.desk]
kind = "telegram"
token = {{ env = "BAYAN_TELEGRAM_TOKEN" }}
chat = {group}
api_base = "{api}"
[[routes]]
name = "desk"
channels = ["desk"]
"""
SOURCE = """[sources.s{number:02}]
kind = "feed"
url = "{origin}/{number}"
language = "en"
full_text = false
allow_private = true
{more}
"""


@dataclass
class Site:
    """Forty feeds, served from a thread: what is published stays."""

    feeds: list[list[tuple[int, float]]]
    rng: random.Random = field(default_factory=lambda: random.Random(9))
    said: dict[int, str] = field(default_factory=dict)
    first_fetched: dict[int, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def publish(self, number: int, source: int) -> None:
        """One more item; its words are like no other's, so that no two are one story."""
        words = ["".join(self.rng.choices(_SYLLABLES, k=3)) for _ in range(60)]
        with self.lock:
            self.said[number] = f"{' '.join(words[:8])}|{' '.join(words[8:])}"
            self.feeds[source].append((number, time.time()))

    def feed(self, source: int) -> bytes:
        with self.lock:
            shown = list(self.feeds[source])
            for number, _ in shown:
                self.first_fetched.setdefault(number, time.time())
            rows = [
                f"<item><guid>i{number}</guid><link>https://example.org/{number}</link>"
                f"<title>Item {number:04} about the plans of Qais al-Khazali: {self.said[number].partition('|')[0]}</title>"
                f"<description>{self.said[number].partition('|')[2]}</description></item>"
                for number, _ in reversed(shown)
            ]
        old = "<item><guid>old</guid><link>https://example.org/old</link><title>An old one</title></item>"
        head = f"<?xml version='1.0'?><rss version='2.0'><channel><title>s{source}</title>"
        return f"{head}{''.join(rows)}{old}</channel></rss>".encode()


def serve(site: Site) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            body = site.feed(int(name)) if name.isdecimal() else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """It has nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@dataclass
class Burst:
    """What was measured."""

    first_alert: float = 0.0
    most_a_minute: int = 0
    messages: int = 0
    digests: int = 0
    refused: int = 0
    missing: int = 0
    twice: int = 0
    answers: list[float] = field(default_factory=list)
    unanswered: int = 0
    in_group: list[float] = field(default_factory=list)
    memory: tuple[float, float] = (0.0, 0.0)
    first_hand_first: bool = True
    told_after: float = 0.0

    @property
    def well(self) -> bool:
        return (
            self.first_alert <= 60
            and self.most_a_minute <= 20
            and self.refused <= 3
            and not self.missing
            and not self.twice
            and not self.unanswered
            and max(self.answers, default=99) <= 3
            and max(self.in_group, default=0) <= 3
            and self.first_hand_first
            and self.memory[1] < 400
        )

    def shown(self) -> str:
        ordered = sorted(self.answers) or [0.0]
        return "\n".join(
            (
                f"first alert {self.first_alert:.1f} s after its fetch; all told {self.told_after:.0f} s after the last item",
                f"group: {self.messages} messages of which {self.digests} digests, at most {self.most_a_minute} in a minute,"
                f" {self.refused} answered with 429",
                f"items: {self.missing} missing, {self.twice} twice; first-hand first: {self.first_hand_first}",
                f"commands: {len(self.answers)} answered, {self.unanswered} not; p50 {_at(ordered, 0.5):.2f} s,"
                f" p95 {_at(ordered, 0.95):.2f} s, max {ordered[-1]:.2f} s; in the group"
                f" {', '.join(f'{one:.2f}' for one in self.in_group)} s",
                f"memory: {self.memory[0]:.0f} MB before, {self.memory[1]:.0f} MB at most",
                "all is well" if self.well else "NOT WELL",
            )
        )


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def burst(
    shared: Path, folder: Path, *, minutes: float, items: int, sources: int, commands: int, storm: str = ""
) -> Burst:
    """One burst, measured. `storm` is a line of configuration."""
    site, found = Site([[] for _ in range(sources)]), Burst()
    server = serve(site)
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    with strict_botapi(shared, folder) as api:
        _world(api)
        config = folder / "config.toml"
        rows = "".join(
            SOURCE.format(number=n, origin=origin, more='speaks_for = ["khazali"]' if n % FIRST_HAND == 0 else "")
            for n in range(sources)
        )
        written = CONFIG.format(folder=folder, api=api.url, admin=ADMIN, group=GROUP)
        config.write_text(f"{written}{rows}{storm}", encoding="utf-8")
        program, store = Program(config), Store(folder / "data" / "bayan.db")
        program.start()
        try:
            assert program.ready(60) is not None, program.log.read_text()[-2000:]
            primed = "SELECT id FROM source_state WHERE baseline_at IS NOT NULL"
            assert wait_for(lambda: len(store.rows(primed)) == sources, 60, every=0.2), "the sources were not read once"
            before = _memory(program)
            most = _publish_and_ask(site, api, program, found, minutes=minutes, items=items, commands=commands)
            ended = time.time()
            stored = "SELECT id FROM statement WHERE NOT baseline"
            wait_for(lambda: len(store.rows(stored)) == items and not _waiting(store), 420, every=1.0)
            found.told_after = time.time() - ended
            found.memory = (before, max(most, _memory(program)))
        finally:
            program.stop()
            server.shutdown()
            server.server_close()
        _judge(site, api, found, items)
    return found


def _world(api: StrictBotApi) -> None:
    api.order("reset")
    api.order("users", id=ADMIN, first_name="Anna", started=True)
    api.order("chats", id=GROUP, type="supergroup", title="Desk", bot_status="member", members={str(ADMIN): "creator"})


def _waiting(store: Store) -> int:
    open_ = "SELECT id FROM delivery WHERE state NOT IN ('sent', 'failed', 'dropped')"
    return len(store.rows(open_)) + len(store.rows("SELECT statement FROM unjudged"))


def _publish_and_ask(
    site: Site, api: StrictBotApi, program: Program, found: Burst, *, minutes: float, items: int, commands: int
) -> float:
    """The news, at an even pace, and the questions beside it, one after the other. Returns the most memory seen, in MB."""
    ended = threading.Event()

    def publish() -> None:
        began, pause = time.monotonic(), minutes * 60 / items
        for number in range(items):
            site.publish(number, number % len(site.feeds))
            time.sleep(max(0.0, began + (number + 1) * pause - time.monotonic()))
        ended.set()

    threading.Thread(target=publish, daemon=True).start()
    began, most = time.monotonic(), 0.0
    for number in range(commands):
        in_group = number % 10 == 9
        took = _ask(api, GROUP if in_group else ADMIN, ASKED[number % len(ASKED)])
        if took is None:
            found.unanswered += 1
        else:
            (found.in_group if in_group else found.answers).append(took)
        most = max(most, _memory(program))
        time.sleep(max(0.0, began + (number + 1) * minutes * 60 / commands - time.monotonic()))
    while not ended.wait(1.0):
        most = max(most, _memory(program))
    return most


def _ask(api: StrictBotApi, chat: int, words: str) -> float | None:
    """Seconds until the answer; None where there is none within 20."""
    asked = api.order("message", chat_id=chat, user_id=ADMIN, text=words)
    number, began = asked["message"]["message_id"], time.monotonic()

    def answered() -> bool:
        return any(one.get("reply_to") == number for one in api.seen("deliveries", chat_id=chat)[-40:])

    return time.monotonic() - began if wait_for(answered, 20, every=0.05) else None


def _memory(program: Program) -> float:
    """Megabytes that the program itself holds (Linux); its parsing processes are bounded by themselves."""
    for line in Path(f"/proc/{program.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _judge(site: Site, api: StrictBotApi, found: Burst, items: int) -> None:
    sent = api.seen("deliveries", chat_id=GROUP)
    answers = [one for one in sent if one.get("reply_to")]
    told: dict[int, int] = {}
    for one in sent:
        if one in answers or "edit" in one["method"].lower():
            continue
        text = f"{one.get('text') or ''}\n{one.get('caption') or ''}\n{_document(api, one)}"
        numbers = dict.fromkeys(int(said) for said in _NUMBER.findall(text))
        found.digests += len(numbers) > 1
        for number in numbers:
            told[number] = told.get(number, 0) + 1
        listed = [number for number in numbers if number % len(site.feeds) % FIRST_HAND == 0]
        found.first_hand_first &= list(numbers)[: len(listed)] == listed
        if len(numbers) == 1 and not found.first_alert:
            found.first_alert = one["real"] - site.first_fetched[next(iter(numbers))]
    found.messages = len(sent)
    times = sorted(float(one["real"]) for one in sent)
    found.most_a_minute = max((sum(at <= t < at + 60 for t in times) for at in times), default=0)
    found.missing = sum(number not in told for number in range(items))
    found.twice = sum(count > 1 for count in told.values())
    found.refused = sum(one.get("status") == 429 for one in api.seen("calls"))


def _document(api: StrictBotApi, one: dict[str, Any]) -> str:
    """The text of the documents that go with a message, as a reader opens them."""
    files = [file["file_id"] for file in one.get("media") or ()]
    said = ""
    for file in files:
        with urllib.request.urlopen(f"{api.url}/bot{TOKEN}/getFile?file_id={file}", timeout=20) as answer:
            path = json.load(answer)["result"]["file_path"]
        with urllib.request.urlopen(f"{api.url}/file/bot{TOKEN}/{path}", timeout=20) as answer:
            said += answer.read().decode("utf-8")
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--sources", type=int, default=40)
    parser.add_argument("--commands", type=int, default=100)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = burst(
            given.shared, folder,
            minutes=given.minutes, items=given.items, sources=given.sources, commands=given.commands,
        )  # fmt: skip
    print(found.shown())
    sys.exit(0 if found.well else 1)


if __name__ == "__main__":
    main()
