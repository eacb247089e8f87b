"""The channel of kind apprise: with the package, against a real receiver; without it, in words that say what to do."""

from __future__ import annotations

import importlib
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from alerts import outbox
from alerts.channels import Channels
from alerts.channels.apprise import AppriseChannel, titled, without
from alerts.errors import ChannelDown, DeliveryError, MessageRefused, TryLater
from alerts.logs import set_up
from alerts.message import draw, draw_notice
from alerts.model import About, File, Message
from alerts.settings import ChannelSettings, HealthSettings, LoggingSettings
from scraper.secret import Secret
from tests.alert_values import model_alert
from tests.configurations import read, wrong
from tests.fake_site import FakeSite
from tests.receiver import Receiver
from tests.street import configuration, house, local

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
THEIR_WARNINGS = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""The package warns of what others will take out; ours are errors as everywhere."""
MAIL = '[channels.mail]\nkind = "apprise"\n'


@pytest.fixture
def installed() -> Iterator[Any]:
    """The package itself; its own warnings about other packages are none of ours."""
    if find_spec("apprise") is None:
        pytest.skip("needs the extra: pip install -r deploy/requirements-channels.lock")
    yield importlib.import_module("apprise")


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra is not installed: the import fails, as Python lets it fail."""
    monkeypatch.setitem(sys.modules, "apprise", None)


def channel(url: str, **more: Any) -> AppriseChannel:
    return AppriseChannel(Secret(url), **more)


async def refused(way: AppriseChannel, message: Message) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await way.send(message)
    return caught.value


# ----------------------------------------------------------------------------------------------- without the package


async def test_without_the_package_everything_waits_and_it_is_said_what_to_install(missing: None) -> None:
    error = await refused(channel("json://127.0.0.1:9/hunter2"), Message("x"))
    assert isinstance(error, ChannelDown)
    assert "apprise is not installed" in error.reason and "deploy/requirements-channels.lock" in error.reason


async def test_an_alert_waits_for_a_package_that_is_missing_and_the_operators_are_told(
    tmp_path: Path, missing: None
) -> None:
    mail = ChannelSettings("mail", "apprise", url=Secret("json://127.0.0.1:9/"))
    async with FakeSite() as site:
        config = configuration(
            tmp_path,
            sources=(local("agency", f"{site.origin}/feed"),),
            channels=(mail, ChannelSettings("ops", "console")),
            health=HealthSettings(notify=("ops",)),
        )
        async with house(config) as bayan:
            site.pages["/feed"] = site.feed([("o", "An old statement")])
            await bayan.service.once(patience=timedelta())
            site.pages["/feed"] = site.feed([("n", "Qais al-Khazali speaks"), ("o", "An old statement")])
            await bayan.service.once(only=["agency"], patience=timedelta())
            states = {one.channel: one.state for one in bayan.db.read_now(outbox.entries) if one.kind == "alert"}
            assert states == {"mail": "pending", "ops": "sent"}
            assert "Channel mail is down: the package apprise is not installed" in bayan.shown


def test_the_configuration_says_that_the_package_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.channel_keys.find_spec", lambda name: None)
    (found, _) = (read_ := read(tmp_path, f'{MAIL}url = {{ env = "U" }}\n', {"U": "mailtos://a:b@c.example"})).channels
    assert found == ChannelSettings("mail", "apprise", url=Secret("mailtos://a:b@c.example"))
    assert any("the package apprise is not installed" in line for line in read_.warnings)


def test_what_is_no_address_of_apprise_is_refused_and_not_repeated(tmp_path: Path) -> None:
    (said,) = wrong(tmp_path, f'{MAIL}url = {{ env = "U" }}\n', {"U": "hunter2 at example.org"})
    assert "channels.mail.url: is no address of apprise" in said and "hunter2" not in said


def test_where_it_goes_is_shown_without_what_may_be_secret() -> None:
    assert ChannelSettings("x", "apprise", url=Secret("slack://TokenA/TokenB/TokenC")).host == "slack://"


# ---------------------------------------------------------------------------------------------------- what is said


def test_the_subject_is_the_headline_and_links_are_written_out() -> None:
    alert = model_alert()
    drawn = draw(alert, now=NOW)
    about = About(7, "alert", 1, NOW, False, (alert,))
    title, body = titled(Message(drawn.text, drawn.spans, about=about))
    assert title == alert.statement.title
    assert f"<{alert.statement.url}>" in body
    assert titled(draw_notice("Channel desk is down: no token\nmore"))[0].endswith("Channel desk is down: no token")


def test_a_file_of_a_digest_stands_below_its_text() -> None:
    assert titled(Message("short", file=File("all.txt", "the whole of it")))[1] == "short\n\nthe whole of it"


def test_a_subject_is_one_line_whatever_a_page_says() -> None:
    assert titled(Message("a\rBcc: x\nb"))[0] == "a Bcc: x"


async def test_what_was_sent_is_never_changed() -> None:
    assert isinstance(await refused(channel("json://x/"), Message("x", edits="apprise-1")), MessageRefused)


def test_every_part_of_an_address_is_taken_out_of_words() -> None:
    url = "mailtos://user:p%40ss-word@smtp.example.org/?to=desk@example.org"
    said = without(
        url, "login of user with p@ss-word at smtp.example.org\nfor desk@example.org, or p%40ss-word, refused"
    )
    assert said == "login of *** with *** at *** for ***@***, or ***, refused"


# ------------------------------------------------------------------------------------------------- with the package


@THEIR_WARNINGS
async def test_a_message_is_handed_over(installed: Any) -> None:
    async with Receiver(always="200 OK") as receiver:
        way = channel(receiver.url.replace("http://", "json://"))
        assert [(await way.send(Message(text))).message_id for text in ("one\nmore", "two")] == [
            "apprise-1",
            "apprise-2",
        ]
    assert [(put.json["title"], put.json["message"]) for put in receiver.taken] == [
        ("one", "one\nmore"),
        ("two", "two"),
    ]


@THEIR_WARNINGS
async def test_a_message_that_did_not_go_may_have_arrived_and_the_reason_tells_no_secret(installed: Any) -> None:
    log = StringIO()
    set_up(LoggingSettings(level="debug"), secrets=(), stream=log)
    try:
        async with Receiver(always="500 X") as receiver:
            error = await refused(channel(receiver.url.replace("http://", "json://") + "/hunter2"), Message("x"))
    finally:
        for handler in list(logging.getLogger().handlers):
            logging.getLogger().removeHandler(handler)
    assert "hunter2" not in log.getvalue()
    assert isinstance(error, TryLater) and not error.certain
    assert "500" in error.reason and "hunter2" not in error.reason and "hook" not in error.reason


@THEIR_WARNINGS
async def test_an_address_that_nobody_knows_closes_the_way(installed: Any) -> None:
    error = await refused(channel("nosuchservice://hunter2"), Message("x"))
    assert isinstance(error, ChannelDown) and "hunter2" not in error.reason


@THEIR_WARNINGS
async def test_a_look_says_whether_the_address_is_known_and_sends_nothing(installed: Any) -> None:
    async with Receiver() as receiver:
        settings = [ChannelSettings("mail", "apprise", url=Secret(receiver.url.replace("http://", "json://")))]
        said = await Channels(settings).look("mail")
    assert "json://***" in said and receiver.taken == []


# ------------------------------------------------------------------------------------------------------ its thread


async def test_what_hangs_is_left_after_its_time_and_nothing_else_is_tried_until_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = threading.Event()

    class Slow:
        """A package whose service hangs: apprise's own are bounded by its sockets, which no test can wait for."""

        class Apprise:
            def add(self, url: str) -> bool:
                return True

            def notify(self, **_: object) -> bool:
                return held.wait(30)

    monkeypatch.setitem(sys.modules, "apprise", Slow)
    way = channel("json://x/", timeout=0.05)
    error = await refused(way, Message("x"))
    assert isinstance(error, TryLater) and not error.certain
    again = await refused(way, Message("x"))
    assert isinstance(again, TryLater) and again.certain and "still under way" in again.reason
    held.set()
    for thread in threading.enumerate():
        if thread.name == "bayan-apprise":
            thread.join(20)
    assert (await way.send(Message("x"))).message_id == "apprise-1"
