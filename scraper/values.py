"""What one value of the configuration may be: a duration, a size, a selector, an address, a secret. Types for `keys.py`.

Each type reads what TOML gave, refuses with a sentence that continues "KEY: ...", and knows its JSON Schema and how it
is written again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from scraper import measures
from scraper.errors import one_line
from scraper.settings import FOREVER

SHORTEST_KEPT = timedelta(days=7)
"""A shorter retention would forget what its site still tells."""


@dataclass(frozen=True, slots=True)
class Written:
    """In a field's `Annotated`: how its value is written in TOML again."""

    write: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Called:
    """In a field's `Annotated`: what the manual calls this kind of value."""

    name: str


def without_password(url: str) -> str:
    """`url` with its user part hidden."""
    return re.sub(r"//[^/@]*@", "//***@", url)


def wrong(said: str, hint: str = "") -> PydanticCustomError:
    """What a validator raises: a sentence that continues "KEY: ..."."""
    return PydanticCustomError("bayan", "{said}", {"said": said, "hint": hint})


def _read_span(least: timedelta) -> Callable[[Any], timedelta]:
    def read(raw: Any) -> timedelta:
        if not isinstance(raw, str):
            raise wrong('must be a duration in quotes, as in "30s" or "15m"')
        try:
            span = measures.read_duration(raw)
        except ValueError as error:
            raise wrong(str(error)) from None
        if span < least:
            raise wrong(f'must be at least "{measures.write_duration(least)}"')
        return span

    return read


def _keep(raw: Any) -> timedelta:
    if raw == "forever":
        return FOREVER
    try:
        return _read_span(SHORTEST_KEPT)(raw)
    except PydanticCustomError as error:
        said = str((error.context or {}).get("said", ""))
        raise wrong(said, 'or "forever"') from None


def _size(raw: Any) -> int:
    if not isinstance(raw, str):
        raise wrong('must be a size in quotes, as in "8MiB"')
    try:
        size = measures.read_size(raw)
    except ValueError as error:
        raise wrong(str(error)) from None
    if size < 1024:
        raise wrong('must be at least "1KiB"')
    return size


def plain_text(text: str) -> str:
    """Text without control characters, at most 2,000 code points, no space at its ends."""
    if len(text) > 2_000:
        raise wrong("is longer than 2,000 characters")
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text):
        raise wrong("must not hold control characters or line breaks")
    return text.strip()


def _filled(text: str) -> str:
    if not text.strip():
        raise wrong("must not be empty")
    return text


def _tag(text: str) -> str:
    if not re.fullmatch(r"[^\W_][\w.:-]{0,63}", text):
        raise wrong("is no tag: letters, digits, - _ . and :, at most 64")
    return text


def _language(text: str) -> str:
    if not re.fullmatch(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8}){0,3}", text):
        raise wrong('is no language tag: write "ar", "en" or "pt-BR"')
    return text


def _time_zone(name: str) -> str:
    if not _is_time_zone(name):
        near = _near_time_zone(name)
        raise wrong(
            'is no time zone: write a name of the IANA database, as in "Asia/Baghdad" or "UTC"',
            f'did you mean "{near}"?' if near else "",
        )
    return name


@lru_cache(maxsize=1_000)
def _is_time_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a path, a folder of the database, not there (ZoneInfoNotFoundError)
        return False
    return True


@lru_cache(maxsize=100)
def _near_time_zone(name: str) -> str:
    import zoneinfo
    from difflib import get_close_matches

    zones = {zone.casefold(): zone for zone in zoneinfo.available_timezones()}
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(zones)}
    folded = name.casefold().replace(" ", "_")[:64]
    close = get_close_matches(folded, zones, n=1) or get_close_matches(folded, cities, n=1, cutoff=0.8)
    return zones[cities.get(close[0], close[0])] if close else ""


def split_selector(text: str) -> tuple[str, str]:
    """`SELECTOR@ATTRIBUTE` as (selector, attribute); the attribute is "" where the text of the element is meant."""
    selector, _, attribute = text.rpartition("@") if "@" in text else (text, "", "")
    return selector.strip(), attribute.strip().lower()


@lru_cache(maxsize=10_000)
def _parses(selector: str) -> bool:
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    try:
        LexborHTMLParser("<p></p>").css(selector)
    except SelectolaxError:
        return False
    return True


def _css(selector: str) -> str:
    if len(selector) > 500:
        raise wrong("is longer than 500 characters")
    if "\0" in selector or not _parses(selector):
        raise wrong("is not a CSS selector that can be read", "try it on the page with `bayan read`")
    return selector


def _selector(text: str) -> str:
    text = text.strip()
    if text:
        _css(text)
    return text


def _selector_with_attribute(text: str) -> str:
    selector, attribute = split_selector(text.strip())
    if "@" in selector or ("@" in text and not re.fullmatch(r"[a-z_:][-a-z0-9_:.]*", attribute)):
        raise wrong('holds an @ that stands before no attribute: write "SELECTOR@ATTRIBUTE"')
    if selector:
        _css(selector)
    return text.strip()


def url_shape(text: str) -> str:
    """An http or https address that can be asked as it stands. Its text is never repeated: it may hold a password."""
    if len(text) > 2_000:
        raise wrong("is longer than 2,000 characters")
    if re.search(r"[\x00-\x20\x7f-\x9f\\]", text):
        raise wrong("must not hold spaces, control characters or backslashes")
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        raise wrong("is not an address that can be read") from None
    if parts.scheme not in ("http", "https"):
        shown = f'"{parts.scheme}:"' if re.fullmatch(r"[a-z][a-z0-9+.-]{0,20}", parts.scheme) else "this"
        raise wrong(f"must begin with http:// or https://, not {shown}")
    if parts.username is not None or parts.password is not None:
        raise wrong("must not hold a user or password", "put it into `headers`, as a secret")
    if not host:
        raise wrong("names no host")
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:  # what stands there is not repeated: it may be a password with a slash in it
        raise wrong("has a port that is no number from 1 to 65535")
    return _askable(text)


_LABEL = r"[a-z0-9](?:[a-z0-9]|-(?!-)){0,40}(?<!-)"
_ORDINARY = re.compile(rf"https?://(?:{_LABEL}\.)+(?!(?:localhost|onion)\b)[a-z]{{2,20}}(?:/[A-Za-z0-9/._~=&?+-]*)?")


def is_ordinary(url: str) -> bool:
    """True for an address that needs no judging before its name is resolved: a plain name under a top-level domain, no port.

    It spares `bayan` the loading of an HTTP client for what most configurations hold; in doubt it is false.
    """
    return _ORDINARY.fullmatch(url) is not None


def _askable(text: str) -> str:
    """The last word has the parser that every request goes through, so that the two never differ."""
    if is_ordinary(text):
        return text
    from scraper.errors import FetchError
    from scraper.net.target import read_target

    try:
        read_target(text)
    except FetchError as error:
        said = "not an address that can be read" if error.detail.startswith("not an address") else error.detail
        raise wrong(f"is no address to ask: {said}") from None
    return text


def _pattern(text: str) -> str:
    if len(text) > 500:
        raise wrong("is longer than 500 characters")
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise wrong(f"is no regular expression that can be read: {one_line(str(error), 100)}") from None
    return text


def _safe_pattern(text: str) -> str:
    if len(text) > 500:
        raise wrong("is longer than 500 characters")
    if not text:
        raise wrong("must not be empty")
    from scraper.patterns import compiled

    try:
        compiled(text)
    except ValueError as error:
        raise wrong(f"is no regular expression that RE2 can read: {error}") from None
    return text


def _amount(raw: Any) -> int:
    found = re.fullmatch(r"([0-9]{1,6}) characters?", raw) if isinstance(raw, str) else None
    if found is None:
        raise wrong('must be an amount in quotes, as in "20 characters"')
    return int(found[1])


def write_amount(amount: int) -> str:
    """An amount of characters as it stands in TOML."""
    return f"{amount} character{'' if amount == 1 else 's'}"


def _glob(text: str) -> str:
    if not text or len(text) > 500 or text.startswith("/") or ".." in text.split("/") or "\0" in text:
        raise wrong('is no pattern of file names below the folder: write "*.txt" or "**/*.{html,json}"')
    return text


def _path(text: str) -> str:
    if len(text) > 500:
        raise wrong("is longer than 500 characters")
    steps = text.split(".")
    if text and (not all(steps) or len(steps) > 20):
        raise wrong('is no dotted path: write keys with single dots between them, as in "data.posts"')
    return text


def _channel(text: str) -> str:
    found = re.fullmatch(r"(?:@|https://t\.me/(?:s/)?)?([A-Za-z][A-Za-z0-9_]{3,31})/?", text)
    if found is None:
        raise wrong("is no public name of a channel: letters, digits and _, 4 to 32, a letter first")
    return found[1]


def _proxy(text: str) -> str:
    if not text:
        return text
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname and parts.port)
    except ValueError:
        usable = False
    if not usable or parts.scheme not in ("http", "https", "socks5", "socks5h") or re.search(r"[\x00-\x20\\]", text):
        raise wrong('is no proxy: write "http://HOST:PORT", "https://HOST:PORT" or "socks5://HOST:PORT"')
    return text


def _user_agent(text: str) -> str:
    if not re.fullmatch(r"[\x20-\x7e]{0,300}", text):
        raise wrong("must be plain ASCII, at most 300 characters")
    return text.strip()


REFERENCE_FORMS = '{ env = "NAME" }, { file = "PATH" } or { credential = "NAME" }'


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret is to be found: `kind` is env, file, credential, or plain where it stands in the file itself."""

    kind: Literal["env", "file", "credential", "plain"]
    value: str

    def __repr__(self) -> str:
        return f"Reference({self.kind})"


def _reference(raw: Any) -> Reference:
    if isinstance(raw, str):
        return Reference("plain", raw)
    if not isinstance(raw, dict) or len(raw) != 1:
        raise wrong(f"must be a secret: {REFERENCE_FORMS}")
    ((kind, value),) = raw.items()
    if kind not in ("env", "file", "credential"):
        raise wrong(f"is no place for a secret: write {REFERENCE_FORMS}")
    if not isinstance(value, str) or not value or any(ord(letter) < 32 for letter in value):
        raise wrong(f"must name where the secret is: {REFERENCE_FORMS}")
    if kind == "credential" and not re.fullmatch(r"[A-Za-z0-9_.-]{1,200}", value.lstrip(".")):
        raise wrong("is no name of a credential")
    return Reference(kind, value)


def _headers(raw: Any) -> dict[str, Reference]:
    """Header names are checked here, their values when they are known."""
    if not isinstance(raw, dict):
        raise wrong("must be a table of headers")
    for name in raw:
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", name):  # RFC 9110 section 5.6.2, token
            raise wrong(f'holds "{one_line(name, 40)}", which is no header name')
        if name.lower() in _OUR_HEADERS:
            raise wrong(f"must not set {name.title()}: every request sets it by itself")
    return {name: _reference(value) for name, value in raw.items()}


_OUR_HEADERS = frozenset(
    {
        "accept-encoding", "connection", "content-length", "expect", "host", "if-modified-since", "if-none-match",
        "keep-alive", "proxy-authorization", "proxy-connection", "range", "te", "trailer", "transfer-encoding",
        "upgrade", "user-agent",
    }
)  # fmt: skip
_SECRET_SCHEMA = {
    "anyOf": [
        {"type": "string"},
        *(
            {"type": "object", "properties": {k: {"type": "string"}}, "required": [k], "additionalProperties": False}
            for k in ("env", "file", "credential")
        ),
    ]
}

_duration_json = WithJsonSchema({"type": "string", "pattern": measures.DURATION_PATTERN})
_written_duration = Written(measures.write_duration)
_duration = Called("duration")
Duration = Annotated[
    timedelta, PlainValidator(_read_span(timedelta(milliseconds=1))), _duration_json, _written_duration, _duration
]
DurationOrZero = Annotated[
    timedelta, PlainValidator(_read_span(timedelta(0))), _duration_json, _written_duration, _duration
]
Keep = Annotated[
    timedelta,
    PlainValidator(_keep),
    WithJsonSchema({"type": "string", "pattern": f"{measures.DURATION_PATTERN}|^forever$"}),
    Written(lambda span: "forever" if span == FOREVER else measures.write_duration(span)),
    Called('duration or `"forever"`'),
]
Size = Annotated[
    int,
    PlainValidator(_size),
    WithJsonSchema({"type": "string", "pattern": measures.SIZE_PATTERN}),
    Written(measures.write_size),
    Called("size"),
]
Text = Annotated[str, AfterValidator(plain_text)]
FilledText = Annotated[str, AfterValidator(plain_text), AfterValidator(_filled)]
Tag = Annotated[str, AfterValidator(_tag), Called("tag")]
Language = Annotated[str, AfterValidator(_language), Called("language")]
TimeZone = Annotated[str, AfterValidator(_time_zone), Called("time zone")]
Selector = Annotated[str, AfterValidator(_selector), Called("selector")]
SelectorWithAttribute = Annotated[str, AfterValidator(_selector_with_attribute), Called("selector@attribute")]
Url = Annotated[str, AfterValidator(url_shape), Called("address")]
UrlOrNothing = Annotated[str, AfterValidator(lambda text: url_shape(text) if text else text), Called("address")]
Pattern = Annotated[str, AfterValidator(_pattern), Called("regular expression")]
SafePattern = Annotated[str, AfterValidator(_safe_pattern), Called("regular expression")]
Amount = Annotated[
    int,
    PlainValidator(_amount),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,6} characters?$"}),
    Written(write_amount),
    Called("amount"),
]
Glob = Annotated[str, AfterValidator(_glob), Called("pattern of names")]
Path = Annotated[str, AfterValidator(_path), Called("path")]
Channel = Annotated[str, AfterValidator(_channel), Called("name")]
Proxy = Annotated[str, AfterValidator(_proxy), Called("address"), Written(without_password)]
UserAgent = Annotated[str, AfterValidator(_user_agent)]
SecretReference = Annotated[Reference, PlainValidator(_reference), WithJsonSchema(_SECRET_SCHEMA), Called("secret")]
Headers = Annotated[
    dict[str, Reference],
    PlainValidator(_headers),
    WithJsonSchema({"type": "object", "additionalProperties": _SECRET_SCHEMA}),
    Written(lambda headers: dict.fromkeys(headers, "***")),
    Called("table of secrets"),
]
Robots = Literal["obey", "warn"]
