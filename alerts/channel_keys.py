"""The keys of `[channels.*]`, a table for each way to reach people, and how they become `ChannelSettings`.

A new kind of channel is a class and a row here, a file in `alerts/channels/`, and a branch of `Channels`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from alerts.settings import FALLBACK_LEAST, ChannelSettings
from scraper.document import Part
from scraper.references import find_headers, find_secret
from scraper.secret import Secret
from scraper.validate import REQUIRED, Checker, Keys, settle
from scraper.values import (
    Called,
    Duration,
    Headers,
    Proxy,
    Reference,
    SecretReference,
    Text,
    UrlOrNothing,
    Written,
    url_shape,
    wrong,
)

CHANNEL = ChannelSettings(id="", kind="console")
SHORT_SECRET = 16
"""A key of fewer characters is guessed rather than known."""


def _chat(raw: Any) -> str:
    """A chat as the Bot API takes it: a numeric id or @name."""
    if isinstance(raw, int) and not isinstance(raw, bool) and raw and abs(raw) < 2**52:
        return str(raw)
    if isinstance(raw, str):
        if re.fullmatch(r"-?[1-9][0-9]{0,15}", raw) or re.fullmatch(r"@[A-Za-z][A-Za-z0-9_]{3,31}", raw):
            return raw
        raise wrong('is no chat: write its numeric id, as in -1001234567890, or the public name, as in "@example"')
    raise wrong('must be a chat: a whole number, as in -1001234567890, or "@name"')


Chat = Annotated[
    str,
    PlainValidator(_chat),
    WithJsonSchema(
        {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^(-?[1-9][0-9]*|@[A-Za-z][A-Za-z0-9_]{3,31})$"}]}
    ),
    Written(lambda chat: chat if chat.startswith("@") else int(chat)),
    Called("number or @name"),
]
NOWHERE = Reference("plain", "")


class ChannelKeys(Keys):
    """The keys that every kind of channel has."""

    fallback: Text = Field(
        CHANNEL.fallback,
        description="Another channel, by id, that is told too where this one cannot be reached for `fallback_after`. Nothing is "
        "lost here by that: what waits is sent in its order when this one is back, and says that it was told meanwhile.",
    )
    fallback_after: Duration | None = Field(None, description="How long that is, at least `1m`. Default: `10m`.")


class TelegramKeys(ChannelKeys):
    """A Telegram chat, group or channel."""

    kind: Annotated[Literal["telegram"], REQUIRED] = Field("telegram", description='`"telegram"`.')
    token: Annotated[SecretReference, REQUIRED] = Field(
        NOWHERE, description="The bot's token, as a secret.", examples=['{ env = "BAYAN_TELEGRAM_TOKEN" }']
    )
    chat: Annotated[Chat, REQUIRED] = Field(
        "", description='The chat: its numeric id, or `"@name"`.', examples=["-1001234567890"]
    )
    topic: int | None = Field(CHANNEL.topic, ge=1, description="A forum topic of that chat; leave it out for none.")
    api_base: UrlOrNothing = Field(CHANNEL.api_base, description='A Bot API server of your own; `""` is Telegram\'s.')
    silent: bool = Field(CHANNEL.silent, description="Messages arrive without a sound.")


class ConsoleKeys(ChannelKeys):
    """The terminal, or wherever standard output goes. It needs no token."""

    kind: Annotated[Literal["console"], REQUIRED] = Field("console", description='`"console"`.')


class WebhookKeys(ChannelKeys):
    """An address that takes each message as JSON, by POST: for programs. [webhooks.md](webhooks.md) has its form."""

    kind: Annotated[Literal["webhook"], REQUIRED] = Field("webhook", description='`"webhook"`.')
    url: Annotated[SecretReference, REQUIRED] = Field(
        NOWHERE,
        description="Where to, http or https; a secret where knowing it is enough to post there. Redirects are not followed.",
        examples=['"https://siem.example.org/hook"'],
    )
    secret: SecretReference | None = Field(
        None,
        description="The key of the signature (HMAC-SHA256), at least 16 characters. Without it nothing is signed.",
        examples=['{ env = "BAYAN_WEBHOOK_SECRET" }'],
    )
    headers: Headers = Field({}, description="More headers of each POST; each value is text or a secret.")
    allow_private: bool = Field(
        CHANNEL.allow_private, description="The address's own origin (scheme, host, port) may be private or loopback."
    )
    proxy: Proxy = Field(CHANNEL.proxy, description="A proxy for this channel. That of `[fetch]` is for sources only.")


class AppriseKeys(ChannelKeys):
    """E-mail, Matrix, ntfy, Slack and many more, by address, through the package apprise, which is installed besides."""

    kind: Annotated[Literal["apprise"], REQUIRED] = Field("apprise", description='`"apprise"`.')
    url: Annotated[SecretReference, REQUIRED] = Field(
        NOWHERE,
        description="The address in apprise's form, as a secret: it holds a password or token.",
        examples=['{ file = "/run/secrets/duty_mail_url" }'],
    )


AnyChannelKeys = type[TelegramKeys] | type[ConsoleKeys] | type[WebhookKeys] | type[AppriseKeys]
CHANNEL_KINDS: dict[str, AnyChannelKeys] = {
    "telegram": TelegramKeys,
    "console": ConsoleKeys,
    "webhook": WebhookKeys,
    "apprise": AppriseKeys,
}
"""The kinds of channel that are built."""


def read_channel(
    id_: str, part: Part, later: tuple[str, ...], environ: Mapping[str, str], checker: Checker
) -> ChannelSettings:
    """`[channels.ID]`. `later` are keys that later versions will know."""
    likeliest = (
        "telegram" if "token" in part.raw or "chat" in part.raw else "webhook" if "url" in part.raw else "console"
    )
    kind = checker.kind(part, CHANNEL_KINDS, likeliest)
    keys, bad = checker.keys(CHANNEL_KINDS[kind], part, later)
    if isinstance(keys, TelegramKeys):
        return _telegram(id_, keys, bad, part, environ, checker)
    if isinstance(keys, WebhookKeys):
        return _webhook(id_, keys, bad, part, environ, checker)
    if isinstance(keys, AppriseKeys):
        return _apprise(id_, keys, bad, part, environ, checker)
    return settle(ChannelSettings, keys, id=id_)


def check_fallbacks(
    channels: Sequence[ChannelSettings], parts: Mapping[str, Part], known: Mapping[str, Part], checker: Checker
) -> None:
    """Every fallback is another channel that is there."""
    for channel in channels:
        part = parts[channel.id].at("fallback")
        if channel.fallback and channel.fallback not in known:
            checker.unknown(part, "channel", dict(known))
        elif channel.fallback == channel.id:
            checker.findings.problem(part, "is the channel itself", "name another one")
        elif not channel.fallback and channel.fallback_after is not None:
            checker.findings.problem(parts[channel.id].at("fallback_after"), "means nothing without `fallback`")
        if channel.fallback_after is not None and channel.fallback_after < FALLBACK_LEAST:
            checker.findings.problem(parts[channel.id].at("fallback_after"), "must be at least 1 minute")


def _telegram(
    id_: str, keys: TelegramKeys, bad: frozenset[str], part: Part, environ: Mapping[str, str], checker: Checker
) -> ChannelSettings:
    token = None
    if "token" not in bad:
        token = find_secret(keys.token, part.at("token"), checker, environ)
    if token is not None:
        judge_token(token.reveal(), keys.api_base, part.at("token"), checker)
    if keys.api_base.startswith("http:") and not _is_near(keys.api_base):
        message = "the token goes over the network unencrypted"
        checker.findings.warn(part.at("api_base"), message, "use https:// or a server on this machine")
    return settle(ChannelSettings, keys, id=id_, token=token)


def judge_token(token: str, api_base: str, part: Part, checker: Checker) -> None:
    """A token becomes part of an address, so its letters are bounded; Telegram's own form is known."""
    if not all(letter.isascii() and (letter.isalnum() or letter in ":_-") for letter in token):
        checker.findings.problem(part, "the token holds characters that no bot token has")
    elif not api_base and not (token.partition(":")[0].isdigit() and len(token.partition(":")[2]) >= 30):
        checker.findings.warn(part, "the token does not look like one that @BotFather gives (NUMBER:LETTERS)")


def _webhook(
    id_: str, keys: WebhookKeys, bad: frozenset[str], part: Part, environ: Mapping[str, str], checker: Checker
) -> ChannelSettings:
    url = None if "url" in bad else _address(keys.url, part.at("url"), environ, checker)
    if url is not None:
        try:
            url_shape(url.reveal())
        except ValueError as error:
            said = getattr(error, "context", None) or {}
            checker.findings.problem(part.at("url"), str(said.get("said", "is no address")), str(said.get("hint", "")))
        else:
            _judge_address(url.reveal(), keys.allow_private, part.at("url"), checker)
    secret = None
    if keys.secret is None:
        if "secret" not in bad:
            hint = 'add secret = { env = "BAYAN_WEBHOOK_SECRET" }'
            checker.findings.warn(part, "nothing is signed, so its receiver cannot tell who posts", hint)
    elif "secret" not in bad:
        secret = find_secret(keys.secret, part.at("secret"), checker, environ)
    if secret is not None and len(secret.reveal()) < SHORT_SECRET:
        checker.findings.problem(part.at("secret"), f"is shorter than {SHORT_SECRET} characters")
    headers = find_headers(keys.headers, part.at("headers"), checker, environ)
    for name in headers:
        if name.lower() in OUR_HEADERS:
            checker.findings.problem(part.at("headers").at(name), "is set by every POST itself")
    if "@" in keys.proxy:
        checker.findings.warn(part.at("proxy"), "the proxy's password stands in the file itself")
    return settle(ChannelSettings, keys, id=id_, url=url, secret=secret, headers=headers)


def _apprise(
    id_: str, keys: AppriseKeys, bad: frozenset[str], part: Part, environ: Mapping[str, str], checker: Checker
) -> ChannelSettings:
    url = None if "url" in bad else find_secret(keys.url, part.at("url"), checker, environ)
    if url is not None and not re.match(r"[a-z][a-z0-9]{1,30}://.", url.reveal()):
        checker.findings.problem(part.at("url"), "is no address of apprise: it begins with a service, as in mailtos://")
    if find_spec("apprise") is None:
        hint = "python -m pip install --require-hashes --no-deps -r deploy/requirements-channels.lock"
        checker.findings.warn(part, "the package apprise is not installed, so its messages wait", hint)
    return settle(ChannelSettings, keys, id=id_, url=url)


OUR_HEADERS = ("content-type", "idempotency-key", "bayan-signature")


def _address(reference: Reference, part: Part, environ: Mapping[str, str], checker: Checker) -> Secret | None:
    """An address that may be a secret and may stand in the file: no word about it where it does."""
    if reference.kind == "plain" and reference.value:
        return Secret(reference.value)
    return find_secret(reference, part, checker, environ)


def _judge_address(url: str, allowed: bool, part: Part, checker: Checker) -> None:
    from scraper.net.guard import read_literal, standing
    from scraper.net.target import read_target

    host = read_target(url).origin.host
    literal = read_literal(host)
    private = host == "localhost" or (literal is not None and standing(literal)[0] != "public")
    if private and not allowed:
        hint = (
            "add the line `allow_private = true` to this channel, or to [fetch] a range of addresses, if this is meant"
        )
        checker.findings.warn(part, f"{host} is not on the public internet", hint)
    if url.startswith("http:") and not _is_near(url):
        checker.findings.warn(
            part, "alerts go over the network unencrypted", "use https:// or a receiver on this machine"
        )


def _is_near(url: str) -> bool:
    from scraper.net.guard import read_literal, standing
    from scraper.net.target import read_target

    host = read_target(url).origin.host
    literal = read_literal(host)
    return host == "localhost" or (literal is not None and standing(literal)[1] == "loopback")
