"""What the fuzzer aims at: every door that takes bytes or words from outside, and what must hold whatever comes in.

A target takes bytes and returns, or raises. It lets pass only the refusals that its door promises; every other exception is
a finding, and so is a promise that does not hold (AssertionError).
"""

from __future__ import annotations

import io
import json
import re
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from alerts.model import Actor, Alert, Keywords, Match, Message
from scraper.errors import ConfigError, FetchError, ParseError
from scraper.model import ArticleRules, Fields, Item, Moment, Page, Select, Source, Statement
from tests.fuzz_doors import aim_kept, aim_listener, aim_patterns, aim_selectors, aim_series, aim_words
from tests.fuzz_seeds import (
    ANSWER,
    ARTICLE,
    ATOM,
    CALLBACK,
    CONFIG,
    CSV,
    DATE_WORDS,
    EML,
    FTM,
    HEADER_WORDS,
    HTML_WORDS,
    INDEX,
    JSON_FEED,
    JSON_WORDS,
    LIST,
    MEMBER,
    RSS,
    RULE_WORDS,
    SELECTOR_WORDS,
    SELECTORS,
    SERIES,
    SITEMAP,
    SPEECH,
    TOML_WORDS,
    TROUBLE,
    UN,
    UPDATE,
    URL_WORDS,
    XML_WORDS,
)

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
RECORDED = Path(__file__).parent / "recorded"
LONGEST = 1 << 16
KHAZALI = Actor(
    "khazali", "person", "Qais al-Khazali", ("قيس الخزعلي", "Кайс аль-Хазали"), ("Khazali",), ("QK",), ("militia",),
    ("Khazali Street",), ("aah",), "secretary-general", "high",
)  # fmt: skip
AAH = Actor("aah", "group", "Asa'ib Ahl al-Haqq", ("عصائب أهل الحق",), (), ("AAH",))
LISTS = (
    Keywords("threats", any=("threat*", "تهديد", "声明", "drone strike")),
    Keywords("rule", query='(drone OR "air strike"~3) NEAR/5 border -toy title:statement'),
    Keywords("pattern", query="/(a+)+$/ OR @khazali"),
)


@dataclass(frozen=True)
class Target:
    """A door, sound inputs to begin with, and pieces that mean something to it."""

    aim: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    words: tuple[str, ...] = ()


def page(body: bytes, media: str = "", charset: str = "", url: str = "https://news.example.org/list/") -> Page:
    return Page(url=url, asked=url, body=body, fetched_at=NOW, media_type=media, charset=charset)


def sound(text: str) -> None:
    """What every text that passed the door is: without control characters but newline, without lone surrogates."""
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", text), repr(text[:200])


def sound_item(item: Item) -> None:
    for text in (item.title, item.summary, item.text or "", item.author or "", item.guid or ""):
        sound(text)
    assert item.url is None or re.match(r"(?:https?|file)://", item.url, re.IGNORECASE), item.url
    for moment in (item.published, item.modified):
        assert moment is None or moment.at.tzinfo is not None


def _split(data: bytes) -> tuple[int, bytes]:
    """The first byte chooses; the rest is what comes in."""
    return (data[0], data[1:]) if data else (0, b"")


def _words(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _rough(data: bytes) -> str:
    """Any text at all, with lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


# ------------------------------------------------------------------------------------------------ pages

_CHARSETS = ("", "utf-8", "windows-1256", "utf-16", "iso-2022-jp", "utf-7", "gb18030", "zlib")
_FIELDS = Fields("id", "link", "title.rendered", "summary", "content.rendered", "date", "author", "lang")
SOURCES = {
    "feed": Source("s", "feed", "https://news.example.org/list/"),
    "listing": Source(
        "s", "listing", "https://news.example.org/list/", select=Select("article", "a@href", "h2", "time", "p", ".next@href")
    ),
    "guessed": Source("s", "listing", "https://news.example.org/list/"),
    "sitemap": Source("s", "sitemap", "https://news.example.org/s.xml", match_url="/news/", newer_than=timedelta(days=9)),
    "json": Source("s", "json", "https://news.example.org/api", items="data.items", fields=_FIELDS, next_page="next"),
    "channel": Source("s", "channel", "https://t.example.org/s/name", channel="name"),
    "wordpress": Source("s", "wordpress", "https://news.example.org/"),
    "page": Source("s", "page", "https://news.example.org/p", watch="main", ignore=(r"\d+ views",)),
}  # fmt: skip


def _listed(name: str) -> Callable[[bytes], None]:
    from scraper import parsers

    source = SOURCES[name]

    def aim(data: bytes) -> None:
        choice, body = _split(data)
        try:
            found = parsers.PARSERS[source.kind](page(body, charset=_CHARSETS[choice % len(_CHARSETS)]), source)
        except ParseError:
            return
        sound(found.title)
        for item in found.items:
            sound_item(item)

    return aim


def aim_files(data: bytes) -> None:
    from scraper.parsers import files

    choice, body = _split(data)
    names = ("a.html", "b.eml", "c.txt", "d.json", "e.xml", "../../f.md", "g.eml")
    cut = len(body) // 2
    bundle = files.bundle([(names[choice % 7], 1, body[:cut]), (names[choice // 7 % 7], 2, body[cut:])])
    source = Source("s", "directory", "file:///srv/drop/", path="/srv/drop", glob="*")
    try:
        found = files.parse(page(bundle if choice < 250 else body, files.BUNDLE, url="file:///srv/drop/"), source)
    except ParseError:
        return
    for item in found.items:
        sound_item(item)


def aim_article(data: bytes) -> None:
    from scraper.parsers import article

    choice, body = _split(data)
    rules = (None, ArticleRules("main", "h1", "time", ("aside",)))[choice % 2]
    source = Source("s", "listing", "https://news.example.org/", article=rules, language=(None, "ar", "en")[choice % 3])
    try:
        found = article.parse(page(body, charset=_CHARSETS[choice % len(_CHARSETS)]), source)
    except ParseError:
        return
    for text in (found.title, found.text, found.author or ""):
        sound(text)


def aim_offers(data: bytes) -> None:
    from scraper.parsers import offers

    try:
        found = offers.parse(page(data), SOURCES["guessed"])
    except ParseError:
        return
    for url in (*found.feeds, *found.channels):
        sound(url)


def aim_charset(data: bytes) -> None:
    from scraper.parsers import charset, shape

    choice, body = _split(data)
    try:
        text = charset.decode(body, _CHARSETS[choice % len(_CHARSETS)], (None, "ar", "ru")[choice % 3]).text
        shape.check(text, xml=choice > 127)
    except ParseError:
        return


def aim_worker(data: bytes) -> None:
    """The questions and answers between the service and a worker: whatever a page holds, one answer that can be read."""
    from scraper.parsers import job

    choice, body = _split(data)
    name = list(SOURCES)[choice % len(SOURCES)]
    asked = job.question("listed", page(body), SOURCES[name])
    try:
        for item in job.read_listed(job.answer_to(asked[job.LENGTH :], body)).items:
            sound_item(item)
    except ParseError as error:
        assert not error.detail.startswith("the parser failed"), error.detail


# ------------------------------------------------------------------------------------------------ the net


def aim_address(data: bytes) -> None:
    from scraper.address import canonical
    from scraper.net.guard import read_literal
    from scraper.net.target import read_target

    text = _rough(data)
    assert isinstance(canonical(text), str)
    base = read_target("https://news.example.org/a/b?c")
    for one in (None, base):
        try:
            target = read_target(text, one)
        except FetchError as error:
            sound(error.detail)
            continue
        assert target.origin.scheme in ("http", "https") and target.url.isascii()
        assert read_target(target.url) == target
        if read_literal(target.origin.host) is None:  # a name must not be a number for whoever resolves it
            try:
                socket.inet_aton(target.origin.host)
            except OSError:
                continue
            raise AssertionError(f"{target.origin.host!r} is a number for the resolver")


def aim_robots(data: bytes) -> None:
    from scraper.net import robots

    file = robots.RobotsFile("rules", _words(data).replace("\x00", ""), NOW, NOW)
    ruling = robots.judge(file, "https://news.example.org/a?b=c", "bayan/1 (x)", NOW)
    assert ruling.crawl_delay is None or timedelta(0) <= ruling.crawl_delay <= robots.MAX_CRAWL_DELAY


def aim_headers(data: bytes) -> None:
    from scraper.net import answer, body

    lines = [line.partition(b":") for line in data.split(b"\n")]
    head = answer.Head(200, tuple((name.strip(), value.strip()) for name, _, value in lines))
    for status in (200, 301, 403, 429, 503):
        one = answer.Head(status, head.headers)
        wait = answer.retry_after(one, NOW, timedelta(days=1))
        assert wait is None or timedelta(0) < wait <= timedelta(days=1)
        answer.validators_of(one), answer.content_type(one), answer.fresh_for(one), answer.total_pages(one)
        failed = answer.failure(one, data, NOW, timedelta(days=1))
        assert failed is None or isinstance(failed, FetchError)
        if failed is not None:
            sound(failed.detail)
    try:
        body.coding_of(one.all("content-encoding"))
    except FetchError:
        return


def aim_unpack(data: bytes) -> None:
    from scraper.net import body

    choice, packed = _split(data)
    unpacker = body.Unpacker(("gzip", "deflate")[choice % 2], 1 << 20)
    size = 0
    try:
        for at in range(0, len(packed), 1 + choice):
            for piece in unpacker.feed(packed[at : at + 1 + choice]):
                size += len(piece)
                assert len(piece) <= 1 << 16
        unpacker.finish()
    except FetchError:
        pass
    assert size <= (1 << 20) + (1 << 16)


# ------------------------------------------------------------------------------------------------ words


@cache
def _watch() -> object:
    from alerts.watch.match import compile_watchlist

    return compile_watchlist((KHAZALI, AAH), LISTS[:2])


def aim_text(data: bytes) -> None:
    from scraper.text import clean, clean_line, fold

    text = _rough(data)
    for one in (clean(text), clean_line(text)):
        sound(one)
    assert clean(clean(text)) == clean(text)
    folded = fold(text)
    places = [folded.span(at, at + 1) for at in range(len(folded.words))]
    assert all(0 <= start < end <= len(text) for start, end in places) and places == sorted(places)
    assert all(0 <= at < len(folded.words) - 1 for at, _ in folded.links)


def aim_match(data: bytes) -> None:
    from alerts.watch.match import Watchlist

    watch = _watch()
    assert isinstance(watch, Watchlist)
    title, _, body = _rough(data).partition("\n")
    told = watch.explain(title, body, language="ar" if len(data) % 2 else None, source="s", url="https://x.example/")
    assert told.matches == watch.match(
        title, body, language="ar" if len(data) % 2 else None, source="s", url="https://x.example/"
    )
    texts = {"title": title, "body": body}
    for one in (*told.matches, *(hidden.match for hidden in told.suppressed)):
        assert 0 <= one.start <= one.end <= len(texts[one.field])
        assert one.surface == texts[one.field][one.start : one.end]


def aim_rule(data: bytes) -> None:
    from alerts.watch.match import compile_watchlist
    from alerts.watch.query import Refusal, read_query

    query, _, text = _rough(data).partition("\n")
    found = read_query(query, ("khazali",))
    if isinstance(found, Refusal):
        assert 0 <= found.at <= max(len(query), 2000)
        return
    if query:
        watch = compile_watchlist((KHAZALI,), (Keywords("q", query=query),))
        for one in watch.match(text[:200], text):
            assert one.end <= len(text)


def aim_names(data: bytes) -> None:
    """Actors of people who may write anything: compiled, proposed, asked for in a chat."""
    from alerts.proposal import propose
    from alerts.watch.asked import slug_of
    from alerts.watch.match import compile_watchlist

    names = [name for name in re.split("[\n|]", _words(data)[:400])[:6] if name.strip()]
    if not names:
        return
    watch = compile_watchlist((Actor("a", "person", names[0], tuple(names[1:3]), tuple(names[3:])),), ())
    for name in names:
        for one in watch.match(name, " ".join(names)):
            assert one.start < one.end
    slug_of(names[0])
    propose(names[0], actors=(KHAZALI,))


def aim_search(data: bytes) -> None:
    from scraper.search import find, read_query

    lines = _rough(data).split("\n")
    try:
        query = read_query(lines[0].split(" "))
    except ValueError:
        return
    for number, start, end in find(query, lines[1:]):
        assert 0 <= start < end <= len(lines[1:][number])


def aim_dates(data: bytes) -> None:
    from scraper.dates import in_words, said_on

    choice, rest = _split(data)
    text, language = _words(rest), (None, "ar", "fa", "ru", "en", "tr", "de", "zh", "he", "xx-YY")[choice % 10]
    for alone in (False, True):
        moment = in_words(
            text[:200], fetched_at=NOW, timezone=("UTC", "Asia/Baghdad", "No/Where")[choice % 3], language=language,
            alone=alone, last_resort=choice % 16 == 0,
        )  # fmt: skip
        assert moment is None or (moment.at.tzinfo is not None and moment.at.year >= 1900)
    said = said_on(text, near=NOW, language=language)
    assert said is None or said.at.tzinfo is not None


def aim_difference(data: bytes) -> None:
    from scraper.changes import told
    from scraper.difference import difference, shortened
    from scraper.likeness import keys, likeness, news, quotations, read
    from scraper.revising import compare, essence

    before, _, after = _rough(data).partition("\x00")
    pieces = difference(before, after)
    kept = "".join(piece.text for piece in pieces if piece.op != "removed")
    assert kept.split() == after.split()
    shortened(pieces), told(pieces)
    compare(before, after), essence(after)
    one, other = read(before[:80], before), read(after[:80], after)
    assert likeness(one, other).score == likeness(other, one).score
    assert len(keys(one)) <= 34
    news(one, quotations(before), (other,))


# ------------------------------------------------------------------------------------------------ people


def sound_message(message: Message, longest: int = 4096) -> None:
    from alerts.shown import units

    text = message.text
    assert 0 < units(text) <= longest and len(message.spans) <= 100
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066\u2067\ud800-\udfff]", text)
    for line in text.split("\n"):
        assert re.fullmatch("[^\u2068\u2069]*(\u2068[^\u2068\u2069]*\u2069[^\u2068\u2069]*)*", line), repr(line[:200])
    for span in message.spans:
        assert 0 <= span.start < span.end <= len(text)
        assert not span.url or re.match("https?://", span.url), span.url


def aim_message(data: bytes) -> None:
    from alerts.digest import Line, draw_digest
    from alerts.followup import draw_edit, draw_removal
    from alerts.message import draw, draw_notice
    from alerts.watch.match import Watchlist
    from scraper.text import clean, clean_line

    watch = _watch()
    assert isinstance(watch, Watchlist)
    parts = [*_rough(data).split("\x00"), "", "", "", ""]
    title, text, url, name = clean_line(parts[0]), clean(parts[1]), parts[2][:9000], clean_line(parts[3])
    met: tuple[Match, ...] = watch.match(title, text)
    statement = Statement(
        1, "s", "k", url or None, title, "", text, Moment(NOW, "day", f"relative: {name[:200]}"), None, NOW, name or None, "ar",
        2, "text", False, NOW,
    )  # fmt: skip
    actors = tuple({one.actor: watch.actors[one.actor] for one in met if one.actor}.values())
    alert = Alert(statement, name, met, actors, ("all",), "A7F3-1", timedelta(hours=2), True, (AAH,))
    sound_message(draw(alert, now=NOW, timezone="Asia/Baghdad"))
    sound_message(draw_edit(alert, (name, text[::-1]), (title, text), at=NOW, timezone="UTC"))
    sound_message(draw_removal(alert, timezone="UTC"))
    sound_message(draw_digest("storm", [Line(alert, "high", True)] * (len(title) % 60 + 1), timezone="UTC"))
    sound_message(draw_notice(_rough(data)))


def aim_update(data: bytes) -> None:
    """An update of the Bot API as JSON. What python-telegram-bot cannot make a value of never reaches us."""
    from telegram import Update

    from alerts.bot.incoming import Asked, read

    try:
        update = Update.de_json(json.loads(data), None)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError, OSError):
        return
    try:
        found = read(update, "bayan_bot")
    except (AttributeError, TypeError, ValueError):  # what `alerts/bot/polling.py` passes over
        return
    if isinstance(found, Asked):
        assert len(found.words) <= 4096


# ------------------------------------------------------------------------------------------------ files of people

_TMP = Path(tempfile.gettempdir())


def aim_config(data: bytes) -> None:
    from alerts.config import load, load_watchlists

    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=_TMP) as folder:
        file = Path(folder) / "config.toml"
        file.write_bytes(data)
        for read in (lambda: load(file, {"T": "100000001:" + "A" * 35}), lambda: load_watchlists(file)):
            try:
                read()
            except ConfigError as error:
                assert error.problems
                assert "Traceback" not in str(error)


def _imported(name: str) -> Callable[[bytes], None]:
    from importlib import import_module

    from alerts.exchange.listed import Unreadable, as_actors

    read = import_module(f"alerts.exchange.{name}").read

    def aim(data: bytes) -> None:
        from alerts.exchange.listed import Taken
        from alerts.exchange.watchlist import actor_table, watchlist

        try:
            found = [one for one in as_actors(read(io.BytesIO(data))) if isinstance(one, Taken)]
        except Unreadable:
            return
        import tomllib

        tomllib.loads("".join(f"{line}\n" for line in watchlist((actor_table(one.actor) for one in found), head="# x")))

    return aim


def _recorded(*names: str) -> tuple[bytes, ...]:
    found = [(RECORDED / name).read_bytes() for name in names]
    return tuple(b"\x00" + one for one in found if len(one) <= LONGEST)


def targets() -> dict[str, Target]:
    """All of them, by name."""
    html, xml = (*HTML_WORDS, *TROUBLE), (*XML_WORDS, *HTML_WORDS[:4], *TROUBLE)
    return {
        "feed": Target(_listed("feed"), (RSS, ATOM, b"\x00" + JSON_FEED), xml),
        "listing": Target(_listed("listing"), (LIST,), html),
        "guessed": Target(_listed("guessed"), (LIST, *_recorded("model/article.html")), html),
        "sitemap": Target(_listed("sitemap"), (SITEMAP, INDEX, *_recorded("kinds/news-sitemap.xml")), xml),
        "json": Target(_listed("json"), (b"\x00" + ANSWER, *_recorded("kinds/answer.json")), JSON_WORDS),
        "channel": Target(_listed("channel"), _recorded("kinds/channel.html", "kinds/channel-post.html"), html),
        "wordpress": Target(_listed("wordpress"), _recorded("kinds/posts.json"), (*JSON_WORDS, *HTML_WORDS)),
        "page": Target(_listed("page"), (ARTICLE,), html),
        "files": Target(
            aim_files, (b"\x01" + EML + LIST, b"\x08" + EML * 2, b"\xff[]\n"), (*html, "Content-Type:", "=?x?B?", "--B")
        ),
        "article": Target(aim_article, (ARTICLE, *_recorded("model/article.html")), html),
        "offers": Target(
            aim_offers, (LIST[1:], ARTICLE[1:]), (*html, "<link rel=alternate type=application/rss+xml href=x>")
        ),
        "charset": Target(aim_charset, (RSS, LIST, b"\xff\xfe\x00a\x00b", b"\x05+AGE-"), html),
        "worker": Target(aim_worker, (RSS, LIST, b"\x04" + ANSWER, SITEMAP), (*xml, *JSON_WORDS)),
        "address": Target(
            aim_address, (b"https://news.example.org/a?b=c#d", b"//x.example/..", b"http://127.0.0.1:80/"), URL_WORDS
        ),
        "robots": Target(
            aim_robots,
            (b"User-agent: *\nDisallow: /a*$\nCrawl-delay: 5\nSitemap: x\n",),
            (
                "*",
                "$",
                "Crawl-delay: 1e999",
                "Allow:",
                "%",
                "User-agent: bayan",
                "nan",
                "-1",
                "Request-rate: 1/0",
                "Visit-time: 9999-1",
            ),
        ),
        "headers": Target(
            aim_headers,
            (b'retry-after: 5\ncontent-type: text/html; charset=x\netag: "x"\ncache-control: max-age=5',),
            HEADER_WORDS,
        ),
        "unpack": Target(aim_unpack, tuple(b"\x10" + one for one in _packed())),
        "text": Target(aim_text, (SPEECH,), TROUBLE),
        "match": Target(aim_match, (SPEECH,), TROUBLE),
        "rule": Target(
            aim_rule,
            (b'(drone OR "air strike"~3) NEAR/5 border -toy title:x\ndrone near border', b"/a+b/ OR @khazali\naab"),
            (*RULE_WORDS, *TROUBLE),
        ),
        "names": Target(
            aim_names,
            ("Qais al-Khazali|قيس الخزعلي|Хазали|K.|AAH".encode(),),
            (*TROUBLE, "al-", "abu ", "'", "-", ".", "(", "Dr. "),
        ),
        "search": Target(aim_search, (b"khaz* al\n" + SPEECH,), (*TROUBLE, "*", '"')),
        "dates": Target(
            aim_dates, (b"\x00June 20, 2026 9:00 AM", "\x017 ساعات".encode(), "\x0230 خرداد 1404".encode()), DATE_WORDS
        ),
        "difference": Target(
            aim_difference, (SPEECH + b"\x00" + SPEECH.replace(b"drone", b"boat"),), (*TROUBLE, "\n", "«", "»")
        ),
        "message": Target(
            aim_message,
            (SPEECH.replace(b"\n", b"\x00") + b"\x00https://x.example/a\x00Name",),
            (*TROUBLE, *URL_WORDS, "/start", "t.me/x"),
        ),
        "update": Target(
            aim_update,
            (UPDATE, CALLBACK, MEMBER),
            (*JSON_WORDS, '"migrate_to_chat_id":5,', '"text":"/', '"sender_chat":', '"via_bot":'),
        ),
        "config": Target(aim_config, (CONFIG,), TOML_WORDS),
        "import-ftm": Target(_imported("followthemoney"), (FTM,), (*JSON_WORDS, *TROUBLE)),
        "import-csv": Target(_imported("opensanctions"), (CSV,), (*TROUBLE, '"', ",", ";", "\r", "\x00")),
        "import-un": Target(_imported("un_list"), (UN,), xml),
        "selectors": Target(
            aim_selectors, (SELECTORS + b"\x00" + LIST[1:], b"main\x00" + ARTICLE[1:]), (*SELECTOR_WORDS, *html)
        ),
        "patterns": Target(
            aim_patterns,
            (b"(a+)+$\n\\d+ views\x00aaaa! 12 views", b"(?i)\\bkhaz\x00Khaz"),
            (*RULE_WORDS, *TROUBLE, "(?:", "{1000}", "\\p{Arabic}", "[[:^alpha:]]", "\\C"),
        ),
        "words": Target(
            aim_words,
            (b"2h", b"mon-fri sat", b"15m", b"10 MiB", b"A7F3-21", b"Qais al-Khazali", b'"drone strike" NEAR/5 x'),
            (*RULE_WORDS, *TROUBLE, "36500d", "-", "sun", "KiB", "99999999999999999999"),
        ),
        "listener": Target(
            aim_listener,
            (
                b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
                b"HEAD /metrics?x HTTP/1.0\r\n\r\n",
                b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
            ),
            HEADER_WORDS,
        ),
        "series": Target(aim_series, (SERIES,), (*JSON_WORDS, '"fetched_at":"0001-01-01"', '"status":1e400', *TROUBLE)),
        "kept": Target(aim_kept, _packed()),
    }


def _packed() -> tuple[bytes, ...]:
    import gzip
    import zlib

    return gzip.compress(SPEECH * 50), zlib.compress(SPEECH), gzip.compress(b"a" * 3_000_000), gzip.compress(b"a") * 3
