"""The keys of what tells an operator that all is well: `[service]` with its listener, `[canary]`, the weekly note."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from alerts.settings import CanarySettings, HealthSettings, ServiceSettings
from scraper.document import Part
from scraper.references import find_secret
from scraper.validate import REQUIRED, Checker, Keys, settle
from scraper.values import Called, Duration, DurationOrZero, SecretReference, Text, url_shape, wrong

SERVICE = ServiceSettings()
HEALTH = HealthSettings()
CANARY = CanarySettings(channel="")
LEAST_EVERY = timedelta(minutes=5)
"""A canary that sings more often is a flood."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_LISTEN = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9.]+|localhost):([0-9]{1,5})")
_WEEKLY = re.compile(rf"({'|'.join(DAYS)}) ([01][0-9]|2[0-3]):([0-5][0-9])")


def _listen(raw: Any) -> str:
    found = _LISTEN.fullmatch(raw) if isinstance(raw, str) else None
    if raw == "":
        return ""
    if found is None or not 1 <= int(found[2]) <= 65_535:
        raise wrong('must be an address of this machine and a port, as in "127.0.0.1:8787"')
    if found[1] != "localhost":
        try:
            ip_address(found[1].strip("[]"))
        except ValueError:
            raise wrong(f"{found[1]} is no address") from None
    return str(raw)


def _weekly(text: str) -> str:
    if text and _WEEKLY.fullmatch(text) is None:
        raise wrong('must be a day and a time, as in "mon 09:00", or "" for never')
    return text


def _every(span: timedelta) -> timedelta:
    if span < LEAST_EVERY:
        raise wrong("must be at least 5 minutes")
    return span


def _lock(wanted: bool) -> bool:
    if not wanted:
        raise wrong("is refused: two services on one store would tell everything twice")
    return wanted


Listen = Annotated[
    str,
    PlainValidator(_listen),
    WithJsonSchema({"type": "string", "pattern": f"^({_LISTEN.pattern})?$"}),
    Called("address:port"),
]
Weekly = Annotated[
    str,
    AfterValidator(_weekly),
    WithJsonSchema({"type": "string", "pattern": f"^({_WEEKLY.pattern})?$"}),
    Called("day and time"),
]


class ServiceKeys(Keys):
    """The running service."""

    shutdown_grace: DurationOrZero = Field(
        SERVICE.shutdown_grace, description="A send still without an answer after this ends unconfirmed."
    )
    lock: Annotated[bool, AfterValidator(_lock)] = Field(
        SERVICE.lock,
        description="Only one service works on one data folder; a second one ends with exit code 75. Always `true`.",
    )
    listen: Listen = Field(
        SERVICE.listen,
        description='Where `/healthz`, `/readyz` and `/metrics` are answered, as in `"127.0.0.1:8787"`; `""`: nowhere. They tell '
        "numbers and no secrets, and ask for no password: keep it to this machine.",
    )
    alive_url: SecretReference | None = Field(
        None,
        description="An address that is asked (GET) after each canary that came through, or without a canary every five minutes "
        "that all goes well: for a service that calls you when bayan falls silent. It is a secret: its path usually is one.",
        examples=['{ env = "BAYAN_ALIVE_URL" }'],
    )


class CanaryKeys(Keys):
    """A statement of bayan's own that goes all the way, again and again: source, poll, judgement, outbox, channel.

    Its chat has one silent message a day, which is edited each time. With this table, a way that is broken anywhere is noticed
    before a statement that counts meets it.
    """

    channel: Annotated[Text, REQUIRED] = Field("", description="The channel it goes to, by id.", examples=['"ops"'])
    every: Annotated[Duration, AfterValidator(_every)] = Field(
        CANARY.every, description="Between two of them; at least `5m`."
    )


def read_service(part: Part, later: tuple[str, ...], environ: Mapping[str, str], checker: Checker) -> ServiceSettings:
    """`[service]`, with a word where everybody may listen in."""
    keys, bad = checker.keys(ServiceKeys, part, later)
    alive = None
    if keys.alive_url is not None and "alive_url" not in bad:
        alive = find_secret(keys.alive_url, part.at("alive_url"), checker, environ)
    if alive is not None:
        try:
            url_shape(alive.reveal())
        except ValueError:
            checker.findings.problem(part.at("alive_url"), "is no address: it begins with https:// or http://")
    if keys.listen and (host := keys.listen.rpartition(":")[0].strip("[]")) != "localhost":
        address = ip_address(host)
        if not address.is_loopback:
            where = "on all addresses" if address.is_unspecified else f"on {address}, which is not this machine alone"
            message = f"it listens {where}, and asks nobody for a password"
            checker.findings.warn(part.at("listen"), message, 'write "127.0.0.1:PORT", or let a firewall guard it')
    return settle(ServiceSettings, keys, alive_url=alive)


def read_canary(part: Part, channels: Mapping[str, Part], checker: Checker) -> CanarySettings | None:
    """`[canary]`, None where it has no key."""
    if not part.raw:
        return None
    keys, bad = checker.keys(CanaryKeys, part)
    if keys.channel not in channels and "channel" not in bad and keys.channel:
        checker.unknown(part.at("channel"), "channel", dict(channels))
    return settle(CanarySettings, keys)
