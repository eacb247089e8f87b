"""A canary in every secret, and everything made to fail: none of them may be seen anywhere but where its secret belongs."""

# ruff: noqa: E501 - each way to fail stands in one line
from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from scraper.secret import Secret
from tests.command import Bayan, bayan, in_thread, source  # noqa: F401 - a fixture
from tests.measured import CHECKOUT, COMMAND
from tests.raw_site import Asked, RawSite, answer, redirect

TOKEN = "1234567890:CANARYbotCANARYbotCANARYbotCANARYbo"
SECRETS = {
    "token": TOKEN,
    "header": "CANARYheader77",
    "password": "CANARYproxy77",
    "credential": "CANARYcredential77",
    "alive": "CANARYalive77",
    "plain": "CANARYplain77",
    "hook": "CANARYhook77",
    "signing": "CANARYsigning77CANARYsigning77",
    "socks": "CANARYsocks77",
    "hookproxy": "CANARYhookproxy77",
    "mail": "CANARYmail77",
}
PACKED = {
    f"{name} in base64": b64encode(f"reader:{SECRETS[name]}".encode()).decode()[:16]
    for name in ("password", "hookproxy")
}
"""As a proxy is told them (RFC 7617)."""
ANY = re.compile("CANARY[a-z]+", re.IGNORECASE)


def _echo(asked: Asked) -> bytes:
    return f"{asked.target} {asked.headers}".encode()


HURTS: dict[str, Callable[[Asked], bytes]] = {
    "refuses": lambda asked: answer(_echo(asked), "X-Said: " + str(asked.headers)[:200], status=f"401 {asked.target[:150]} no"),
    "forgets": lambda asked: answer(b'{"ok":false,"error_code":404,"description":"%s"}' % asked.target.encode(), status="404 Not Found"),
    "proxy-refuses": lambda asked: answer(_echo(asked), status=f"407 {asked.headers.get('proxy-authorization', '')}"),
    "gateway": lambda asked: answer(_echo(asked), status="502 Bad Gateway"),
    "limits": lambda asked: answer(b'{"ok":false,"error_code":429,"description":"%s"}' % asked.target.encode(), "Retry-After: 1", status="429 x"),
    "sends-away": lambda asked: redirect(f"http://127.0.0.1:1/{asked.target}?{asked.headers.get('x-api-key', '')}"),
    "sends-with-a-name": lambda asked: redirect(f"http://reader:{asked.headers.get('x-api-key', '')}@127.0.0.1:1/{asked.target}"),
    "sends-to-a-name": lambda asked: redirect(f"http://{asked.headers.get('x-api-key', '')}_~:1/"),
    "sends-in-a-circle": lambda asked: redirect(asked.target),
    "babbles": lambda asked: _echo(asked) + b"\r\n\r\n",
    "says-nothing": lambda asked: b"",
}  # fmt: skip
"""Ways to fail that say back what was asked."""


class Echo(dict[str, "bytes | Callable[[Asked], bytes]"]):
    """Fails in the way that the first part of the path names; what is asked as by a proxy, as a proxy does."""

    def get(self, key: str, default: object = None) -> Callable[[Asked], bytes]:
        return HURTS.get(key.split("/")[1] if key.startswith("/") else "proxy-refuses", HURTS["refuses"])


def configure(folder: Path, port: int, *, listen: int = 0) -> dict[str, str]:
    """A configuration with a secret of every kind, for every way to fail; gives the environment. `listen`: a port for probes."""
    here = f"http://127.0.0.1:{port}"
    for name in ("header", "credential"):
        (folder / name).write_text(SECRETS[name] + "\n")
        (folder / name).chmod(0o600)
    text = f"""
[fetch]
total_timeout = "2s"
per_host_delay = "0s"
allow_private = ["127.0.0.1:{port}"]
[actors.k]
type = "person"
name = "Qais al-Khazali"
[sources.proxied]
kind = "feed"
url = "http://site.invalid/feed"
proxy = "http://reader:{SECRETS["password"]}@127.0.0.1:{port}"
[sources.socks]
kind = "feed"
url = "http://site.invalid/feed"
proxy = "socks5h://reader:{SECRETS["socks"]}@127.0.0.1:{port}"
[sources.plain]
kind = "feed"
url = "{here}/refuses/plain"
allow_private = true
headers = {{ X-Api-Key = "{SECRETS["plain"]}" }}
[health]
failures = 1
notify = [{", ".join(f'"phone-{hurt}", "hook-{hurt}"' for hurt in HURTS)}, "hook-proxied", "mail"]
[channels.hook-proxied]
kind = "webhook"
url = "https://site.invalid/hook"
secret = {{ env = "CANARY_SIGNING" }}
proxy = "http://reader:{SECRETS["hookproxy"]}@127.0.0.1:{port}"
[channels.mail]
kind = "apprise"
url = {{ env = "CANARY_MAIL" }}
[bot]
token = {{ env = "CANARY_TOKEN" }}
api_base = "{here}/gateway"
admins = [7]
[logging]
level = "debug"
"""
    text += '[service]\nalive_url = { env = "CANARY_ALIVE" }\n'
    text += f'listen = "127.0.0.1:{listen}"\n' if listen else ""
    for hurt in HURTS:
        text += f"""
[sources.keyed-{hurt}]
kind = "feed"
url = "{here}/{hurt}/feed"
allow_private = true
headers = {{ X-Api-Key = {{ file = "header" }}, Authorization = {{ credential = "credential" }} }}
[channels.hook-{hurt}]
kind = "webhook"
url = {{ env = "CANARY_HOOK_{hurt.replace("-", "_").upper()}" }}
secret = {{ env = "CANARY_SIGNING" }}
headers = {{ X-Api-Key = {{ file = "header" }} }}
allow_private = true
[channels.phone-{hurt}]
kind = "telegram"
token = {{ env = "CANARY_TOKEN" }}
chat = 7
api_base = "{here}/{hurt}"
"""
    (folder / "config.toml").write_text(text)
    (folder / "config.toml").chmod(0o600)
    return {
        **os.environ, **{f"CANARY_HOOK_{hurt.replace('-', '_').upper()}": f"{here}/{hurt}/hook/{SECRETS['hook']}" for hurt in HURTS},
        "CANARY_SIGNING": SECRETS["signing"], "CANARY_MAIL": f"mailto://reader:{SECRETS['mail']}@127.0.0.1:{port}", "CANARY_TOKEN": TOKEN, "CANARY_ALIVE": f"{here}/ping/{SECRETS['alive']}", "CREDENTIALS_DIRECTORY": str(folder),
        "PYTHONPATH": str(CHECKOUT), "BAYAN_DATA_DIR": str(folder / "data"), "BAYAN_DEBUG": "1", "PYTHONFAULTHANDLER": "1",
    }  # fmt: skip


def seen(folder: Path, *said: bytes) -> list[str]:
    """The canaries in what was said and in every byte of the data folder, the write-ahead log too."""
    stored = [file.read_bytes() for file in (folder / "data").rglob("*") if file.is_file()]
    texts = [one.decode("latin-1") for one in (*said, *stored)]
    found = {one for text in texts for one in ANY.findall(text)} - {"CANARY"}
    return sorted(found | {name for name, packed in PACKED.items() if any(packed in text for text in texts)})


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def say(folder: Path, environ: dict[str, str], *words: str, code: str = "") -> bytes:
    ran = subprocess.run(
        [sys.executable, *(("-c", code) if code else COMMAND), *words],
        cwd=folder,
        env=environ,
        capture_output=True,
        timeout=120,
    )
    return ran.stdout + ran.stderr


def probed(port: int) -> bytes:
    """What the listener tells to whoever asks."""
    said = b""
    for path in ("/metrics", "/healthz", "/readyz", "/nothing"):
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answered:
                said += answered.read()
        except HTTPError as error:
            said += error.read()
    return said


def served(
    folder: Path, environ: dict[str, str], site: RawSite, wanted: set[str], *words: str, listen: int = 0
) -> bytes:
    """What a run says until each of `wanted` was asked for, and it was told to stop; and what its listener tells meanwhile."""
    with (folder / "said").open("w+b") as out:
        process = subprocess.Popen(
            [sys.executable, *COMMAND, "run", *words], cwd=folder, env=environ, stdout=out, stderr=out
        )
        until = time.monotonic() + 120
        while time.monotonic() < until and wanted and process.poll() is None:
            wanted -= {one for one in wanted if any(asked.target.startswith(one) for asked in site.asked)}
            time.sleep(0.1)
        told = probed(listen) if listen else b""
        process.terminate()
        process.wait(60)
        out.seek(0)
        return out.read() + told


VERBS = (
    ("config", "check"), ("config", "show"), ("config", "show", "--json"), ("status", "--json"), ("doctor",), ("sources", "list", "--json"),
    ("sources", "test", "proxied"), ("sources", "test", "keyed-sends-to-a-name"), ("channels", "test", "hook-proxied"), ("channels", "test", "mail"),
    ("alerts", "failed"), ("init", "--dir", ".", "--telegram"),
)  # fmt: skip


def test_whatever_fails_no_secret_is_said_shown_or_stored(tmp_path: Path) -> None:
    with in_thread(RawSite(answers=Echo())) as site:
        listen = free_port()
        environ = configure(tmp_path, site.port, listen=listen)
        said = [served(tmp_path, environ, site, {f"/{hurt}/feed" for hurt in HURTS}, listen=listen)]
        assert b"keyed-gateway" in said[0] and b"bayan_" in said[0], said[0][-2000:]
        said.append(
            served(tmp_path, environ, site, {f"/{hurt}/{part}" for hurt in HURTS for part in ("bot", "hook")}, "--once")
        )
        said += [say(tmp_path, environ, *words) for words in VERBS]
        arrived = " ".join(f"{asked.target} {asked.headers}" for asked in site.asked)
    assert all(
        SECRETS[name] in arrived for name in ("token", "header", "credential", "plain", "hook")
    )  # where they belong, they come
    assert "Basic " in arrived
    for hurt in HURTS:  # each was met by a source and by both channels
        assert all(
            any(asked.target.startswith(f"/{hurt}/{part}") for asked in site.asked) for part in ("feed", "bot", "hook")
        )
    assert b"***" in b"".join(said)
    assert seen(tmp_path, *said) == []


INSIDE = """
import sys
from alerts import service
def broken(*values, **named):
    raise RuntimeError(f"in the middle: {values!r} {named!r} " + next(one.token for one in values[1].channels if one.token).reveal() if leak else repr(values))
leak = sys.argv.pop(1) == "leak"
service.open_service = broken
import alerts.cli.run
from alerts.cli import main
main()
"""


@pytest.mark.parametrize("how", ["leak", "plain"])
def test_an_internal_error_shows_no_secret_even_where_its_text_holds_one(how: str, tmp_path: Path) -> None:
    with in_thread(RawSite(answers=Echo())) as site:
        environ = configure(tmp_path, site.port)
        said = say(tmp_path, environ, how, "run", "--once", code=INSIDE)
    assert b"RuntimeError" in said, said[-1500:]
    assert seen(tmp_path, said) == []


def test_a_running_service_and_its_crash_show_no_secret(tmp_path: Path) -> None:
    with in_thread(RawSite(answers=Echo())) as site:
        environ = configure(tmp_path, site.port)
        with (tmp_path / "said").open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, *COMMAND, "run"], cwd=tmp_path, env=environ, stdout=out, stderr=out
            )
            until = time.monotonic() + 60
            while len(site.asked) < 4 and time.monotonic() < until:
                time.sleep(0.1)
            listed = b"".join(told for _, told in children(os.getpid(), "cmdline"))
            limits = Path(f"/proc/{process.pid}/limits").read_text()
            process.send_signal(signal.SIGABRT)
            process.wait(30)
        said = (tmp_path / "said").read_bytes()
    assert b"Fatal Python error: Aborted" in said  # the dump of every thread's stack
    assert re.search(r"Max core file size +0 ", limits)
    assert not list(tmp_path.glob("core*"))
    assert seen(tmp_path, said, listed) == []


def test_a_file_of_secrets_that_everybody_can_read_is_warned_of(bayan: Bayan) -> None:  # noqa: F811
    secret = bayan.folder / "token"
    secret.write_text(TOKEN)
    secret.chmod(0o644)
    bayan.configure(
        source("a", "http://127.0.0.1:9/"),
        '[channels.phone]\nkind = "telegram"\ntoken = { file = "token" }\nchat = 7\n',
    )
    ran = bayan("config", "check")
    assert "everybody on this machine can read" in ran.out + ran.err and "CANARY" not in ran.out + ran.err
    secret.chmod(0o600)
    ran = bayan("config", "check")
    assert "everybody" not in ran.out + ran.err


def test_a_secret_does_not_leave_by_any_usual_door() -> None:
    import copy
    import pickle

    secret = Secret(TOKEN)
    for door in (repr, str, "{}".format, "%s".__mod__, lambda one: f"{one!r:>50}", lambda one: repr({"a": [one]})):
        assert "CANARY" not in door(secret)
    for leave in (pickle.dumps, json.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            leave(secret)


def test_the_workers_of_the_parsers_know_no_secret(tmp_path: Path) -> None:
    """Their environment is bare; what a hostile page breaks into holds nothing to take."""
    from scraper.parsers.workers import ParsePool

    os.environ["CANARY_TOKEN"] = TOKEN
    try:
        found = asyncio.run(_environments(ParsePool(1)))
    finally:
        del os.environ["CANARY_TOKEN"]
    assert found and all(b"CANARY" not in one for one in found)


async def _environments(pool: object) -> list[bytes]:
    from scraper.parsers.workers import ParsePool
    from tests.fuzz_targets import SOURCES, page
    from tests.unseen import rss

    assert isinstance(pool, ParsePool)
    await pool.listed(page(rss()), SOURCES["feed"])
    found = [told for _, told in children(os.getpid(), "environ")]
    await pool.aclose()
    return found


def children(pid: int, what: str) -> Iterator[tuple[int, bytes]]:
    """Each process below `pid`, and a file of its folder in /proc."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                yield int(folder.name), (folder / what).read_bytes()
                yield from children(int(folder.name), what)
        except OSError:
            continue


def test_a_newcomer_whose_token_is_refused_does_not_read_it_again(tmp_path: Path) -> None:
    with in_thread(RawSite(answers=Echo())) as site:
        for hurt in ("refuses", "forgets", "gateway", "babbles", "sends-away"):
            environ = {**os.environ, "BAYAN_TELEGRAM_TOKEN": TOKEN, "PYTHONPATH": str(CHECKOUT), "BAYAN_DEBUG": "1"}
            words = ("init", "--dir", str(tmp_path / hurt), "--telegram", "--wait", "1")
            said = say(tmp_path, environ, *words, "--api-base", f"http://127.0.0.1:{site.port}/{hurt}")
            written = [file.read_bytes() for file in (tmp_path / hurt).rglob("*") if file.is_file()]
            assert said and seen(tmp_path, said, *written) == [], hurt
        assert any(TOKEN in asked.target for asked in site.asked)


@pytest.mark.shared
async def test_what_a_chat_is_told_and_handed_holds_no_secret(shared: Path, tmp_path: Path) -> None:
    from alerts.settings import ChannelSettings
    from tests.chat import ADMIN, listening, world
    from tests.fake_botapi import TOKEN as OPEN
    from tests.street import local, phone
    from tests.strict_botapi import strict_botapi

    key = {"X-Api-Key": SECRETS["header"]}
    with strict_botapi(shared, tmp_path) as api:
        world(api)
        hook = ChannelSettings(
            "hook", "webhook", url=Secret(f"http://127.0.0.1:9/{SECRETS['hook']}"), secret=Secret(SECRETS["signing"]),
            headers=key, allow_private=True, proxy=f"http://reader:{SECRETS['hookproxy']}@127.0.0.1:9",
        )  # fmt: skip
        sources = (
            local("plain", "http://127.0.0.1:9/feed", headers=key, proxy=f"http://u:{SECRETS['password']}@127.0.0.1:9"),
        )
        channels = (phone("ops", api.url, str(ADMIN)), hook)
        async with listening(api, tmp_path, sources=sources, channels=channels) as chat:
            words = (
                "/export",
                "/status",
                "/health",
                "/sources",
                "/chats",
                "/failed",
                "/actors",
                "/changes",
                "/help",
                "/start",
                "/routes",
                "/test x",
            )
            for number, word in enumerate(words, 1):
                await chat.write(ADMIN, word)
                await chat.answers(ADMIN, number)
        told = json.dumps([api.seen("calls"), api.seen("deliveries")]).replace(OPEN, "")
    assert len(told) > 2_000 and seen(tmp_path, told.encode()) == []
