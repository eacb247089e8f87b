"""The console: a message as Telegram would show it, on a terminal and where there is none."""

from __future__ import annotations

import os
import pty
import re
from datetime import timedelta
from io import StringIO, TextIOWrapper
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels import Channels
from alerts.channels.console import ConsoleChannel, draw
from alerts.errors import ChannelDown
from alerts.message import draw as draw_alert
from alerts.model import Message, Span
from alerts.settings import ChannelSettings
from tests.alert_values import NOW, model_alert

STYLES = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def a_usual_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def model() -> Message:
    return draw_alert(model_alert(may_repeat=True, delayed=timedelta(minutes=43)), now=NOW)


async def test_without_a_terminal_the_lines_are_plain_and_the_hits_marked() -> None:
    stream = StringIO()
    await ConsoleChannel(stream).send(model())
    lines = stream.getvalue().split("\n")
    assert lines[0] == "🔴 Qais al-Khazali, secretary-general, Asa'ib Ahl al-Haqq"
    assert lines[1].startswith("Iraqi Militia Leader ▸Qais Al-Khazali◂ Condemns ▸Threats◂ To Khamenei")
    assert lines[2] == "  <https://news.example.org/reports/khazali>"
    assert any(line.startswith("▎ On June 20, 2025, ▸Qais Al-Khazali◂, the secretary-general") for line in lines)
    assert "may repeat" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


async def test_on_a_terminal_it_is_a_bubble_with_styles_and_the_link_s_address() -> None:
    stream = Terminal()
    await ConsoleChannel(stream).send(model())
    shown = stream.getvalue()
    assert shown.startswith("╭")
    assert "\x1b[1mQais al-Khazali\x1b[0m" in shown
    assert re.search(r"\x1b\[1;4;33mQais Al-Khazali\x1b\[0m", shown)
    assert "https://news.example.org/reports/khazali" in STYLES.sub("", shown)
    assert "│ ▎ On June 20, 2025" in STYLES.sub("", shown)


async def test_no_color_leaves_underlines_and_takes_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    await ConsoleChannel(stream).send(model())
    assert set(STYLES.findall(stream.getvalue())) <= {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;4m"}
    assert "\x1b[1;4mQais Al-Khazali\x1b[0m" in stream.getvalue()


async def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    stream = Terminal()
    await ConsoleChannel(stream).send(model())
    assert "\x1b" not in stream.getvalue()
    assert "▸Qais Al-Khazali◂" in stream.getvalue()


async def test_a_real_terminal_is_written_to() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        await ConsoleChannel(terminal).send(Message("hello"))
        shown = os.read(ours, 4096).decode()
    os.close(ours)
    assert "hello" in shown and "╭" in shown


async def test_receipts_are_numbered() -> None:
    channel = ConsoleChannel(StringIO())
    assert [(await channel.send(Message("x"))).message_id for _ in range(2)] == ["console-1", "console-2"]


@pytest.mark.parametrize("stream", [StringIO, Terminal])
@given(
    text=st.text(
        st.one_of(st.characters(), st.sampled_from("\x1b\x07\x9b\r\n\u202e\u2028[2J]0;")), min_size=1, max_size=80
    )
)
def test_no_control_character_of_a_message_reaches_the_terminal(stream: type[StringIO], text: str) -> None:
    spans = (Span(0, len(text), "quote"), Span(0, 1, "underline"), Span(0, 1, "link", url="https://x.example/\x1b[2J"))
    shown = STYLES.sub("", draw(Message(text, spans), stream()))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]", shown)


async def test_markup_of_the_console_library_is_shown_as_it_stands() -> None:
    stream = Terminal()
    await ConsoleChannel(stream).send(Message("[bold red]x[/] :smile: [link=https://x]y[/link]"))
    assert "[bold red]x[/] :smile: [link=https://x]y[/link]" in stream.getvalue()


async def test_a_broken_pipe_closes_the_channel() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w", encoding="utf-8")
    with pytest.raises(ChannelDown):
        await ConsoleChannel(stream).send(Message("x"))
    with pytest.raises(BrokenPipeError):
        stream.close()


async def test_a_closed_stream_closes_the_channel() -> None:
    stream = StringIO()
    stream.close()
    with pytest.raises(ChannelDown):
        await ConsoleChannel(stream).send(Message("x"))


async def test_an_encoding_that_lacks_a_letter_does_not_lose_the_message(tmp_path: Path) -> None:
    with TextIOWrapper((tmp_path / "out").open("wb"), encoding="ascii") as stream:
        await ConsoleChannel(stream).send(Message("قيس speaks"))
    assert (tmp_path / "out").read_text() == "??? speaks\n"


async def test_a_console_channel_is_opened_on_the_given_stream() -> None:
    stream = StringIO()
    channels = Channels([ChannelSettings("screen", "console")], console=stream)
    await channels.reach("screen").send(Message("hello"))
    await channels.aclose()
    assert stream.getvalue() == "hello\n"
