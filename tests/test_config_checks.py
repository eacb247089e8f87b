"""What keys alone cannot say: routes that nothing reaches, secrets, and what is allowed and surprising."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from scraper.errors import ConfigError
from scraper.secret import Secret
from tests.configurations import CHAT, ROUTE, WHOLE, read, wrong

NAMED = WHOLE.partition("[[routes]]")[0] + '[actors.aah]\ntype = "group"\nname = "Asaib Ahl al-Haqq"\n'


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", 'actors = ["qais"]'),
        ('actors = ["*"]', 'actors = ["qais", "aah"]'),
        ('actors = ["*"]\nkeywords = ["*"]', ""),
        ('actors = ["qais"]', 'actors = ["qais"]\nkeywords = ["threats"]\nrequire = "all"'),
        ('actors = ["*"]\nkeywords = ["threats"]\nrequire = "all"', 'actors = ["aah"]\nkeywords = ["threats"]\nrequire = "all"'),
        ('sources = ["wire"]', 'source_tags = ["wire"]\nactors = ["qais"]'),
        ('languages = ["ar", "en"]', 'languages = ["ar-IQ"]'),
        ("", 'role = "speaker"'),
        ('role = "mentioned"', 'actors = ["qais"]\nrole = "mentioned"'),
    ],
)  # fmt: skip
def test_a_route_behind_one_that_takes_everything_it_would_take_is_refused(
    tmp_path: Path, first: str, second: str
) -> None:
    (line,) = wrong(tmp_path, ROUTE.format("a", first) + ROUTE.format("b", second), whole=NAMED)
    assert 'can never be reached: the route "a" before it' in line
    assert read(
        tmp_path, ROUTE.format("a", first + "\ncontinue = true") + ROUTE.format("b", second), whole=NAMED
    ).routes


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('actors = ["qais"]', 'actors = ["qais", "aah"]'),
        ('actors = ["qais", "aah"]\nrequire = "all"', 'actors = ["qais"]'),
        ('actors = ["*"]', 'keywords = ["threats"]'),
        ('languages = ["ar"]', ""),
        ('languages = ["ar-IQ"]', 'languages = ["ar"]'),
        ('source_tags = ["wire"]', ""),
        ('role = "speaker"', ""),
        ('role = "speaker"', 'role = "mentioned"'),
    ],
)
def test_a_route_that_something_reaches_is_left_alone(tmp_path: Path, first: str, second: str) -> None:
    assert len(read(tmp_path, ROUTE.format("a", first) + ROUTE.format("b", second), whole=NAMED).routes) == 2


def test_a_route_that_could_not_be_read_hides_no_other(tmp_path: Path) -> None:
    said = wrong(tmp_path, ROUTE.format("a", "actors = 3") + ROUTE.format("b", 'actors = ["qais"]'), whole=NAMED)
    assert said == ["config.toml:4:1: routes[0].actors: must be a list, not a whole number"]


def test_without_routes_nothing_is_missed(tmp_path: Path) -> None:
    assert read(tmp_path, "", whole=NAMED).warnings == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[sources.s]\nkind = "feed"\nurl = "https://NEWS.example.org:443/rss/"\n', "polls the same address"),
        ('[actors.b]\ntype = "person"\nname = "Qaïs al-Khazali"\n', "has the same name: every hit will be for both"),
        ('[actors.b]\ntype = "person"\nname = "Abc"\naliases = ["ABC"]\n', '"ABC" stands twice for this actor'),
        ('[actors.b]\ntype = "person"\nname = "Al"\n', "a full name of fewer than three letters"),
        ('[channels.other]\nkind = "console"\n', "config.toml:1:1: channels.other: no route names this channel"),
        (CHAT + f'token = "123456:{"a" * 35}"\n', "the secret stands in the file itself"),
        (CHAT + 'token = { env = "SHORT" }\n', "does not look like one that @BotFather gives"),
        (CHAT + 'token = { env = "SHORT" }\napi_base = "http://bots.example.org"\n', "unencrypted"),
        ('[fetch]\nproxy = "http://u:p@proxy.example.org:3128"\n', "the proxy's password stands in the file"),
        ('include = ["watchlists/*.toml"]\n', 'there is no file "watchlists/*.toml"'),
    ],
)
def test_what_is_allowed_and_surprising_is_a_warning(tmp_path: Path, text: str, said: str) -> None:
    warnings = read(tmp_path, text, {"SHORT": "short"}).warnings
    assert any(said in warning for warning in warnings), warnings


def test_an_actor_that_no_route_takes_is_a_warning(tmp_path: Path) -> None:
    whole = WHOLE.partition("[[routes]]")[0]
    (warning,) = read(tmp_path, ROUTE.format("a", 'keywords = ["threats"]'), whole=whole).warnings
    assert "actors.qais: no route takes this actor, so it never rings" in warning


def test_a_secret_comes_from_the_environment_a_file_or_a_credential(tmp_path: Path) -> None:
    token = f"123456:{'a' * 35}"
    for folder in (tmp_path, tmp_path / "credentials"):
        folder.mkdir(exist_ok=True)
        (folder / "token").write_text(token + "\n")
        (folder / "token").chmod(0o600)
    environ = {"TOKEN": token, "CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}
    for reference in ('{ env = "TOKEN" }', '{ file = "token" }', '{ credential = "token" }'):
        read_ = read(tmp_path, f'{CHAT}token = {reference}\n[health]\nnotify = ["t"]\n', environ)
        assert read_.channels[0].token == Secret(token)
        assert read_.warnings == ()


def test_a_secret_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("123456:" + "a" * 35)
    (tmp_path / "token").chmod(0o644)
    text = f'{CHAT}token = {{ file = "token" }}\n[health]\nnotify = ["t"]\n'
    assert "everybody on this machine can read" in " ".join(read(tmp_path, text).warnings)
    assert stat.S_IMODE((tmp_path / "config.toml").stat().st_mode) & 0o004
    assert "and everybody on this machine can read the file" in " ".join(
        read(tmp_path, f'{CHAT}token = "123456:{"a" * 35}"\n').warnings
    )


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a\nb", b"x" * 70_000])
def test_a_file_that_holds_no_secret_is_a_problem(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    (line,) = wrong(tmp_path, f'{CHAT}token = {{ file = "token" }}\n')
    assert "channels.t.token" in line


def test_a_pipe_that_nobody_fills_does_not_hold_us_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "token")
    (line,) = wrong(tmp_path, f'{CHAT}token = {{ file = "token" }}\n')
    assert "is not a file" in line


def test_a_secret_is_in_no_message_and_no_repr(tmp_path: Path) -> None:
    hidden = "hunter2hunter2"
    text = f"""
[sources.s]
kind = "feed"
url = "https://{hidden}:{hidden}@x.example:port/"
proxy = "gopher://{hidden}@x"
headers = {{ Authorization = "{hidden}", Cookie = 3 }}
[channels.a]
kind = "telegram"
chat = 1
token = {{ env = "{hidden}", file = "x" }}
[channels.b]
kind = "telegram"
chat = 1
token = ["{hidden}"]
"""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert len(caught.value.problems) == 5
    assert hidden not in str(caught.value) + repr(caught.value) + repr(caught.value.__cause__)
    right = f'[sources.s]\nkind = "feed"\nurl = "https://x.example/"\nheaders = {{ Authorization = "{hidden}" }}\n'
    assert hidden not in repr(read(tmp_path, right))
