"""The configuration reader: what is right becomes one value; where the file and the data folder are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.config import find, load, load_watchlists
from alerts.model import Route
from alerts.settings import ChannelSettings
from scraper.errors import ConfigError
from scraper.measures import read_duration, read_size, write_duration, write_size
from scraper.model import Select
from scraper.secret import Secret
from tests.configurations import ENVIRON, WHOLE, read, wrong

CHECKOUT = Path(__file__).resolve().parent.parent


def test_the_first_configuration_works_as_it_stands_and_nothing_in_it_is_worth_a_warning() -> None:
    read = load(CHECKOUT / "config.toml", ENVIRON)
    assert read.warnings == ()
    assert {source.kind for source in read.sources if source.enabled} == {"feed", "listing"}
    assert all(source.note for source in read.sources if not source.enabled)
    assert [channel.kind for channel in read.channels] == ["console"]


def test_what_a_source_leaves_out_comes_from_fetch_and_the_top(tmp_path: Path) -> None:
    read_ = read(tmp_path, 'timezone = "Asia/Tehran"\n[fetch]\ninterval = "3m"\nrobots = "warn"\nmax_interval = "1h"\n')
    source = read_.sources[0]
    assert (source.timezone, source.interval, source.max_interval) == (
        "Asia/Tehran",
        timedelta(minutes=3),
        timedelta(hours=1),
    )
    assert source.robots == "warn"


def test_a_source_slower_than_the_slowest_is_polled_at_its_own_pace(tmp_path: Path) -> None:
    text = '[sources.s]\nkind = "feed"\nurl = "https://x.example/"\ninterval = "2d"\n'
    assert read(tmp_path, text).sources[0].max_interval == timedelta(days=2)


def test_every_table_becomes_its_value(tmp_path: Path) -> None:
    text = """
[sources.office]
kind = "listing"
url = "https://office.example.org/"
headers = { Authorization = { env = "OFFICE" }, Accept-Language = "ar" }
[sources.office.select]
item = "li"
link = "a@href"
[channels.chat]
kind = "telegram"
token = { env = "TOKEN" }
chat = -1001234567890
topic = 7
[[routes]]
name = "first"
actors = ["qais"]
keywords = ["threats"]
require = "all"
channels = ["chat"]
continue = true
priority = "urgent"
[delivery]
per_chat_rate = "5/min"
body_wait = "0s"
"""
    token = f"123456:{'a' * 35}"
    read_ = read(tmp_path, text, {"OFFICE": "Bearer x", "TOKEN": token})
    office = read_.sources[0]
    assert office.select == Select("li", "a@href")
    assert office.headers == {"Authorization": "Bearer x", "Accept-Language": "ar"}
    assert read_.channels[0] == ChannelSettings("chat", "telegram", Secret(token), "-1001234567890", 7)
    assert read_.routes[0] == Route("first", ("chat",), ("qais",), ("threats",), "all", priority="urgent", proceed=True)
    assert (read_.delivery.per_chat_rate, read_.delivery.body_wait) == (5, timedelta(0))
    assert read_.warnings == ()


def test_nothing_is_created_on_disk(tmp_path: Path) -> None:
    read(tmp_path, "", {"BAYAN_DATA_DIR": str(tmp_path / "data")})
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert load(path, ENVIRON).sources[0].id == "wire"


def test_the_file_asked_for_goes_before_the_environment_and_both_before_the_usual_places() -> None:
    assert find(Path("a.toml"), {"BAYAN_CONFIG": "b.toml"}) == Path("a.toml")
    assert find(None, {"BAYAN_CONFIG": "b.toml"}) == Path("b.toml")


def test_the_usual_places_are_tried_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    own = tmp_path / "xdg" / "bayan" / "config.toml"
    own.parent.mkdir(parents=True)
    own.touch()
    assert find(None, {"XDG_CONFIG_HOME": str(tmp_path / "xdg")}) == own
    Path("config.toml").touch()
    assert find(None, {"XDG_CONFIG_HOME": str(tmp_path / "xdg")}) == Path("config.toml")


def test_without_a_file_the_next_step_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="`bayan init`"):
        find(None, {"HOME": str(tmp_path)})
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "absent.toml", ENVIRON)


@pytest.mark.parametrize(
    ("environ", "written", "expected"),
    [
        ({}, "", "/srv/somebody/.local/share/bayan"),
        ({"XDG_DATA_HOME": "/xdg"}, "", "/xdg/bayan"),
        ({"XDG_DATA_HOME": "/xdg", "STATE_DIRECTORY": "/var/lib/bayan:/other"}, "", "/var/lib/bayan"),
        ({"STATE_DIRECTORY": "/var/lib/bayan"}, "/srv/bayan", "/srv/bayan"),
        ({}, "~/bayan", "/srv/somebody/bayan"),
        ({"BAYAN_DATA_DIR": "/env"}, "/srv/bayan", "/env"),
    ],
)
def test_the_data_folder_is_named_by_the_first_of(
    tmp_path: Path, environ: dict[str, str], written: str, expected: str
) -> None:
    storage = read(tmp_path, f'[storage]\ndata_dir = "{written}"\n', environ).storage
    assert storage.data_dir == Path(expected)
    assert storage.url == f"sqlite:///{expected}/bayan.db"


def test_the_command_line_names_the_data_folder_before_all_others(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(WHOLE)
    assert load(path, {"BAYAN_DATA_DIR": "/env"}, data_dir=Path("/asked")).storage.data_dir == Path("/asked")


def test_a_relative_data_folder_starts_at_the_configuration(tmp_path: Path) -> None:
    assert read(tmp_path, '[storage]\ndata_dir = "state"\n').storage.data_dir == tmp_path / "state"


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    environ = {"BAYAN_STORAGE_URL": "sqlite:////other/store.db", "BAYAN_LOG_LEVEL": "DEBUG"}
    read_ = read(tmp_path, '[storage]\nurl = "sqlite:///a.db"\n[logging]\nlevel = "error"\n', environ)
    assert read_.storage.url == "sqlite:////other/store.db"
    assert read_.logging.level == "debug"


def test_what_is_wrong_in_the_environment_is_said_with_its_name(tmp_path: Path) -> None:
    said = wrong(tmp_path, "", {"BAYAN_STORAGE_URL": "mysql://x", "BAYAN_LOG_LEVEL": "inf"})
    assert said[0].startswith("BAYAN_STORAGE_URL: ")
    assert said[1].startswith("BAYAN_LOG_LEVEL: ") and said[1].endswith('did you mean "info"?')


def test_a_watchlist_has_actors_and_keywords_only(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_text('[actors.a]\ntype = "person"\nname = "Abc"\n[keywords.k]\nany = ["threat*"]\n')
    actors, keywords = load_watchlists(path)
    assert (actors[0].name, keywords[0].any) == ("Abc", ("threat*",))
    path.write_text('[actor.a]\nname = "Abc"\n[keywords.k]\nany = ["t*"]\n')
    with pytest.raises(ConfigError) as caught:
        load_watchlists(path)
    assert [problem.line for problem in caught.value.problems] == [1, 4]


@given(st.integers(0, 36_500 * 86_400_000))
def test_a_duration_written_is_read_back(milliseconds: int) -> None:
    span = timedelta(milliseconds=milliseconds)
    assert read_duration(write_duration(span)) == span


@given(st.integers(0, 1024**4))
def test_a_size_written_is_read_back(size: int) -> None:
    assert read_size(write_size(size)) == size
