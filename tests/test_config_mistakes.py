"""What is wrong in a configuration is said all at once, each with its line, its key and its cure."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channel_keys import CHANNEL_KINDS
from alerts.config import load
from alerts.sections import SECTIONS
from scraper.errors import ConfigError
from scraper.keys import SOURCE_KINDS
from scraper.settings import FOREVER
from tests.configurations import CHAT, ENVIRON, WHOLE, read, wrong

PLANTED = """timezon = "UTC"
[fetch]
interval = "15 minutes"
max_bytes = 10
[sources.a]
kind = "fed"
url = "http://127.0.0.1:8080/feed"
[sources.b]
kind = "listing"
url = "https://x.example/"
select = { item = "li", link = "a[@href" }
speaks_for = ["qias"]
[channels.t]
kind = "telegram"
token = { env = "UNSET" }
chat = "x y"
[[routes]]
name = "r"
channels = ["scren"]
actors = ["qais"]
"""


def test_ten_planted_mistakes_are_said_in_one_go_in_the_order_of_their_lines(tmp_path: Path) -> None:
    assert wrong(tmp_path, PLANTED) == [
        'config.toml:1:1: timezon: is not a known key; did you mean "timezone"?',
        "config.toml:3:1: fetch.interval: is not a duration: write a whole number and a unit, "
        'as in "500ms", "30s", "15m", "6h" or "7d"',
        'config.toml:4:1: fetch.max_bytes: must be a size in quotes, as in "8MiB"',
        'config.toml:6:1: sources.a.kind: must be one of "feed", "listing", "sitemap", "json", "channel", "wordpress", '
        '"page", "directory", not "fed"; '
        'did you mean "feed"?',
        "config.toml:7:1: sources.a.url: 127.0.0.1 is not on the public internet (loopback); "
        "add the line `allow_private = true` to [sources.a] if this is meant",
        "config.toml:11:25: sources.b.select.link: is not a CSS selector that can be read; try it on the page with `bayan read`",
        'config.toml:12:15: sources.b.speaks_for[0]: there is no actor "qias"; did you mean "qais"?',
        "config.toml:15:1: channels.t.token: the environment variable UNSET is not set, or empty",
        "config.toml:16:1: channels.t.chat: is no chat: write its numeric id, as in -1001234567890, "
        'or the public name, as in "@example"',
        'config.toml:19:13: routes[0].channels[0]: there is no channel "scren"; did you mean "screen"?',
    ]


def test_a_file_of_ten_thousand_keys_with_mistakes_is_judged_within_seconds(tmp_path: Path) -> None:
    text = "".join(
        f'[sources.s{n}]\nkind = "fed"\nulr = "https://h{n}.example/"\ninterval = "soon"\ntgas = ["a"]\nspeaks_for = ["a{n}"]\n'
        for n in range(2_000)
    )
    started = time.process_time()
    assert len(wrong(tmp_path, text)) == 10_000
    assert time.process_time() - started < 20


SOURCE = '[sources.s]\nkind = "feed"\nurl = "https://x.example/"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config_version = 2\n", "config.toml:1:1: config_version: was written for a newer version"),
        ('interval = "3m"\n', "interval: is not a known key; it belongs under [fetch]"),
        ('[source.x]\nkind = "feed"\n', 'source: is not a known table; did you mean "sources"?'),
        ('timezone = "Asia/Bagdad"\n', 'or "UTC"; did you mean "Asia/Baghdad"?'),
        ('timezone = "../etc/passwd"\n', "timezone: is no time zone"),
        ('fetch = "x"\n', "fetch: must be a table, not text; write [fetch] above its keys"),
        ("[fetch]\njitter = 2\n", "fetch.jitter: must be at most 1"),
        ('[fetch]\nconcurrency = "8"\n', "fetch.concurrency: must be a whole number, not text"),
        ("[fetch]\nconditional = 1\n", "fetch.conditional: must be true or false, not a whole number"),
        ('[fetch]\ninterval = "7h"\n', "fetch.interval: max_interval must not be shorter than interval"),
        ('[fetch]\ninterval = "0s"\n', 'fetch.interval: must be at least "1ms"'),
        ('[fetch]\nmax_retry_after = "40000d"\n', "is too long"),
        ('[fetch]\nmax_bytes = "8MB"\n', "fetch.max_bytes: is not a size"),
        ('[fetch]\nallow_private = ["10.0.0.0/33"]\n', "fetch.allow_private[0]: '10.0.0.0/33' is neither"),
        ('[fetch]\nproxy = "ftp://x:1"\n', "fetch.proxy: is no proxy"),
        ('[fetch]\nuser_agent = "بيان"\n', "fetch.user_agent: must be plain ASCII"),
        ('[storage]\nurl = "postgresql://db/bayan"\n', "PostgreSQL comes with the postgres extra in a later version"),
        ('[storage]\nurl = "sqlite://"\n', "storage.url: must name a file"),
        ('[logging]\nlevel = "warn"\n', '"error", not "warn"; did you mean "warning"?'),
        ('[sources.Big]\nkind = "feed"\nurl = "https://x.example/"\n', 'a letter or digit first; for example "big"'),
        ('[[sources]]\nkind = "feed"\n', "[sources.ID]"),
        ('[sources.s]\nurl = "https://x.example/"\n', 'sources.s.kind: is missing; one of "feed", "listing"'),
        ('[sources.s]\nkind = "feed"\n', "config.toml:1:1: sources.s.url: is missing; for example"),
        (SOURCE + 'select = { item = "li" }\n', "sources.s.select: is not a known key"),
        (SOURCE.replace("feed", "listing") + '[sources.s.select]\nlink = "a"\n', "sources.s.select.item: is missing"),
        (SOURCE + 'article = { date = "a@b@c" }\n', "holds an @ that stands before no attribute"),
        (SOURCE + 'article = { remove = ["p", "div[["] }\n', "config.toml:4:28: sources.s.article.remove[1]: is not a CSS selector"),
        (SOURCE + 'language = "arabic"\n', "sources.s.language: is no language tag"),
        (SOURCE + 'interval = "1h"\nmax_interval = "5m"\n', "sources.s.max_interval: must not be shorter than the interval"),
        (SOURCE + 'headers = { Host = "x" }\n', "sources.s.headers: must not set Host"),
        (SOURCE + 'headers = { "X Y" = "x" }\n', 'sources.s.headers: holds "X Y", which is no header name'),
        (SOURCE + 'headers = { X = { envv = "x" } }\n', "is no place for a secret"),
        ('[actors.a]\ntype = "man"\nname = "A B C"\n', 'actors.a.type: must be one of "person", "group", not "man"'),
        ('[actors.a]\ntype = "person"\nname = "Qais K"\nweak_aliases = ["QAIS  K"]\n', "is a full alias too, so it would ring alone"),
        ('[actors.a]\ntype = "person"\nname = "Abc"\nmember_of = ["a", "nobody"]\n', "an actor is no member of itself"),
        ('[actors.a]\ntype = "person"\nname = "Abc"\nmember_of = ["quais"]\n', 'there is no actor "quais"; did you mean "qais"?'),
        ('[actors.a]\ntype = "person"\nname = "Abc"\naliases = ["..."]\n', "actors.a.aliases[0]: must hold a letter or a digit"),
        ("[keywords.k]\nany = []\n", "keywords.k.any: must not be empty"),
        ("[keywords.k]\nnone = []\n", "keywords.k.any: is missing"),
        ('[keywords.k]\nany = ["th*"]\n', "keywords.k.any[0]: a star needs at least three letters before it"),
        ('[keywords.k]\nany = ["red li*"]\n', "keywords.k.any[0]: a star needs at least three letters before it"),
        ('[keywords.k]\nany = ["*threat"]\n', "keywords.k.any[0]: a star may stand only once, at the end"),
        ('[keywords.k]\nany = ["threat**"]\n', "keywords.k.any[0]: a star may stand only once, at the end"),
        ('[keywords.k]\nany = ["abc"]\nin = ["titel"]\n', 'keywords.k.in[0]: must be one of "title", "body", not "titel"'),
        (CHAT, "channels.t.token: is missing"),
        (CHAT + "token = 5\n", "channels.t.token: must be a secret"),
        (CHAT + 'token = "a/b"\n', "the token holds characters that no bot token has"),
        (CHAT + 'token = { credential = "t" }\n', "$CREDENTIALS_DIRECTORY is not set"),
        (CHAT + 'token = { file = "/absent" }\n', "channels.t.token: /absent cannot be read: No such file or directory"),
        ('[channels.t]\nkind = "telgram"\ntoken = { env = "HOME" }\nchat = 1\n', 'not "telgram"; did you mean "telegram"?'),
        ('[channels.s]\nkind = "console"\nchat = 1\n', "channels.s.chat: is not a known key"),
        ('[health]\nnotify = ["ops"]\n', 'health.notify[0]: there is no channel "ops"'),
        ('[delivery]\nper_chat_rate = "20"\n', 'delivery.per_chat_rate: must be messages a minute, as in "20/min"'),
        ('routes = "x"\n', "routes: must be a list of tables, not text; write [[routes]] above each"),
        ("include = 3\n", "include: must be a list, not a whole number"),
        ('include = ["absent.toml"]\n', 'config.toml:1:12: include[0]: there is no file "absent.toml"'),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_key_and_its_cure(tmp_path: Path, text: str, said: str) -> None:
    whole = WHOLE if not text.startswith("[[sources") else WHOLE.replace("[sources.wire]", "[ignored]")
    whole = whole if not text.startswith("routes =") else whole.partition("[[routes]]")[0]
    lines = wrong(tmp_path, text, whole=whole)
    assert any(said in line for line in lines), lines


def test_a_mistyped_required_key_is_one_mistake_not_two(tmp_path: Path) -> None:
    said = wrong(tmp_path, '[sources.s]\nkind = "feed"\nulr = "https://x.example/"\n')
    assert said == ['config.toml:3:1: sources.s.ulr: is not a known key; did you mean "url"?']


def test_one_source_and_one_channel_are_needed(tmp_path: Path) -> None:
    said = wrong(tmp_path, "", whole='timezone = "UTC"\n')
    assert [line.partition(";")[0] for line in said] == [
        "config.toml: sources: there is no source",
        "config.toml: channels: there is no channel",
    ]


def test_a_circle_of_groups_is_named(tmp_path: Path) -> None:
    table = '[actors.{0}]\ntype = "group"\nname = "Group {0}"\nmember_of = ["{1}"]\n'
    said = wrong(tmp_path, table.format("a", "b") + table.format("b", "c") + table.format("c", "b"))
    assert said == ["config.toml:12:1: actors.c.member_of: goes round in a circle: b -> c -> b"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://x.example/", 'must begin with http:// or https://, not "ftp:"'),
        ("file:///etc/passwd", "must begin with http:// or https://"),
        ("x.example/feed", "must begin with http:// or https://, not this"),
        ("https://user:pw@x.example/", "must not hold a user or password"),
        ("https://", "names no host"),
        ("https://x.example\\\\@10.0.0.1/", "must not hold spaces, control characters or backslashes"),
        ("https://x.example:99999/", "has a port that is no number from 1 to 65535"),
        ("http://2130706433/", "is a number in disguise"),
        ("http://10.1.2.3/", "add the line `allow_private = true` to [sources.s]"),
        ("http://[::1]:8080/", "add the line `allow_private = true` to [sources.s]"),
        ("http://localhost:8080/", "add the line `allow_private = true` to [sources.s]"),
        ("http://169.254.169.254/", 'only [fetch] allow_private = ["169.254.169.254/32"] opens it'),
        ("http://abcdefgh.onion/", "an .onion address is reached through a proxy only"),
    ],
)
def test_an_address_that_no_poll_may_reach_is_refused(tmp_path: Path, url: str, said: str) -> None:
    (line,) = wrong(tmp_path, f'[sources.s]\nkind = "feed"\nurl = "{url}"\n')
    assert said in line
    assert "pw" not in line.partition("password")[0]


def test_a_private_address_is_allowed_by_the_line_that_was_named(tmp_path: Path) -> None:
    text = '[sources.s]\nkind = "feed"\nurl = "http://127.0.0.1:8080/"\nallow_private = true\n'
    assert read(tmp_path, text).sources[0].allow_private


def test_link_local_addresses_are_opened_by_a_network_only(tmp_path: Path) -> None:
    source = '[sources.s]\nkind = "feed"\nurl = "http://169.254.169.254/"\n'
    assert len(wrong(tmp_path, source + "allow_private = true\n")) == 1
    assert read(tmp_path, source + '[fetch]\nallow_private = ["169.254.169.254/32"]\n').sources[0].id == "s"


def test_what_is_not_built_is_one_clear_problem_each_and_its_ids_stay_known(tmp_path: Path) -> None:
    text = """[storage]
password = "hunter2"
[sources.page]
kind = "page"
url = "https://x.example/"
[channels.mail]
kind = "console"
pictures = "diff"
[[routes]]
name = "r"
channels = ["mail"]
sources = ["page"]
"""
    assert wrong(tmp_path, text, whole=WHOLE.partition("[[routes]]")[0]) == [
        "config.toml:2:1: storage.password: not built yet in this version; remove it",
        "config.toml:8:1: channels.mail.pictures: not built yet in this version; remove it",
    ]


def test_every_mistake_in_hours_is_told_with_its_place(tmp_path: Path) -> None:
    text = """[quiet_hours.night]
from = "25:00"
to = "06:30"
days = ["mon", "moon"]
[quiet_hours.never]
from = "06:00"
to = "06:00"
[delivery]
storm = { more_than = 0, within = "5" }
"""
    route = """[[routes]]
name = "r"
channels = ["screen"]
quiet_hours = "nihgt"
digest = { at = ["07:00", "7"], max_items = 0 }
"""
    told = wrong(tmp_path, text + route, whole=WHOLE.partition("[[routes]]")[0])
    assert [line.partition(": must")[0].partition(": holds")[0].partition(": is when")[0] for line in told][:4] == [
        "config.toml:2:1: quiet_hours.night.from",
        "config.toml:4:1: quiet_hours.night.days",
        "config.toml:7:1: quiet_hours.never.to",
        "config.toml:9:11: delivery.storm.more_than",
    ]
    assert any('there is no [quiet_hours] with the id "nihgt"; did you mean "night"?' in line for line in told)
    assert any("routes[0].digest.at" in line for line in told)


def test_a_bot_without_a_token_of_its_own_takes_that_of_the_channels(tmp_path: Path) -> None:
    text = """[channels.phone]
kind = "telegram"
token = "123456:abcdefghijklmnopqrstuvwxyz0123456"
chat = 5
[bot]
admins = [7]
"""
    bot = read(tmp_path, text).bot
    assert bot is not None and bot.token is not None and bot.token.reveal().startswith("123456:") and bot.admins == (7,)


def test_a_bot_that_finds_no_token_says_so(tmp_path: Path) -> None:
    told = wrong(tmp_path, "[bot]\nadmins = [7]\n")
    assert len(told) == 1 and "bot.token: needs a token: no channel has one" in told[0]


def test_an_unbuilt_key_with_the_value_that_holds_anyway_may_stand(tmp_path: Path) -> None:
    text = '[service]\nlisten = ""\nweb = false\n[logging]\nredact = true\n[delivery]\nfirst_run = "remember"\n'
    assert read(tmp_path, text).sources[0].id == "wire"
    assert len(wrong(tmp_path, "[service]\nlock = false\nweb = 0\n")) == 2


def test_what_protects_everybody_cannot_be_switched_off(tmp_path: Path) -> None:
    read(tmp_path, "[service]\nlock = true\n[logging]\nredact = true\n")
    said = wrong(tmp_path, "[service]\nlock = false\n[logging]\nredact = false\n")
    assert ["is refused: " in line for line in said] == [True, True]


@pytest.mark.shared
def test_the_full_example_can_be_loaded_as_it_stands(shared: Path, tmp_path: Path) -> None:
    secrets = {"BAYAN_TELEGRAM_TOKEN": f"123456:{'a' * 35}", "SPOKESMAN_API_AUTH": "Bearer x"}
    secrets["BAYAN_WEBHOOK_SECRET"] = "k" * 32
    (tmp_path / "secret").write_text("mailtos://user:password@mail.example.org", encoding="utf-8")
    example = (shared / "facts" / "config.example.toml").read_text("utf-8")
    path = tmp_path / "config.toml"
    path.write_text(example.replace("/run/secrets/duty_mail_url", str(tmp_path / "secret")), encoding="utf-8")
    found = load(path, ENVIRON | secrets)
    assert {source.kind for source in found.sources} == set(SOURCE_KINDS)
    assert {channel.kind for channel in found.channels} == set(CHANNEL_KINDS)


def test_included_files_are_joined_and_their_mistakes_carry_their_name(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "a.toml").write_text('[actors.aah]\ntype = "group"\nname = "Asaib Ahl al-Haqq"\n')
    text = 'include = ["lists/*.toml"]\n'
    assert [actor.id for actor in read(tmp_path, text).actors] == ["qais", "aah"]
    (tmp_path / "lists" / "b.toml").write_text(
        '[actors.aah]\ntype = "group"\nname = "Other"\n[health]\n[keywords.x]\nayn = ["abc"]\n'
    )
    assert wrong(tmp_path, text) == [
        "lists/b.toml:1:1: actors.aah: stands in lists/a.toml too; nothing is overridden",
        "lists/b.toml:4:1: health: an included file has only [sources.ID], [actors.ID] and [keywords.ID]",
        'lists/b.toml:6:1: keywords.x.ayn: is not a known key; did you mean "any"?',
    ]


def test_an_included_file_that_is_no_toml_is_named_beside_the_other_mistakes(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x = ")
    said = wrong(tmp_path, 'include = ["a.toml"]\ntimezon = "UTC"\n')
    assert [line.partition(":")[0] for line in said] == ["config.toml", "a.toml"]
    assert "is not TOML" in said[1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = 1\nb = \xff\n", "config.toml:2:5: is not UTF-8 here"),
        (b"a = 1\nb = = 2\n", "config.toml:2:5: is not TOML: Invalid value"),
        (b"[a]\n[a]\n", "the same table or key stands twice"),
        (b"x = " + b"[" * 5_000, "is nested too deeply"),
        (b"x = " + b"[" * 40 + b"]" * 40, "config.toml:1:"),
        (b"a." * 500 + b"a = 1", "a dotted key of more than 64 parts"),
        (b"a = " + b"1" * 5_000, "Exceeds the limit"),
        (b"# " + b"x" * (4 * 1024 * 1024), "is larger than 4 MiB"),
        (b"x = " + b"{a = " * 2_000, "is nested too deeply"),
    ],
)
def test_a_file_that_is_no_configuration_is_one_problem(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(path, ENVIRON)
    assert said in str(caught.value)


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a file"):
        load(tmp_path, ENVIRON)


@given(st.text(alphabet="ab.=[]{}\"'#\n ,1sourcekind-", max_size=200))
def test_no_text_gives_anything_but_a_configuration_or_problems(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text + WHOLE)
    try:
        assert load(path, ENVIRON).path == path
    except ConfigError as error:
        assert error.problems


@given(
    st.recursive(
        st.one_of(st.integers(), st.booleans(), st.text(max_size=3)), lambda v: st.lists(v, max_size=3), max_leaves=4
    )
)
def test_no_value_anywhere_gives_a_traceback(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.getbasetemp() / "value.toml"
    written = json.dumps(value, ensure_ascii=False).replace("\x7f", "")
    tables = [section.name for section in SECTIONS]
    keys = ("timezone", "include", "bot", "x", *tables)
    text = "".join(f"{key} = {written}\n" for key in keys)
    try:
        path.write_text(text)
    except UnicodeEncodeError:
        return
    with pytest.raises(ConfigError):
        load(path, ENVIRON)


def test_how_long_things_are_kept_is_a_duration_of_a_week_at_least_or_forever(tmp_path: Path) -> None:
    kept = read(tmp_path, '[storage]\nkeep_statements = "forever"\nkeep_deliveries = "7d"\n').storage
    assert (kept.keep_statements, kept.keep_deliveries.days) == (FOREVER, 7)
    [short, vague] = wrong(tmp_path, '[storage]\nkeep_statements = "6d"\nkeep_deliveries = "always"\n')
    assert short.startswith('config.toml:2:1: storage.keep_statements: must be at least "7d"')
    assert "forever" in vague
