"""The console: a message drawn in a terminal as Telegram would show it, and as plain lines where there is no terminal.

On a terminal: a bubble with bold names, underlined hits, a bar before the quotation, and each link's address below the text that
carries it. Elsewhere (a file, a pipe, TERM=dumb): the same lines, hits between ▸ and ◂, what is struck out between [- and -].
NO_COLOR leaves bold and underline.
"""

from __future__ import annotations

import io
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TextIO

from rich.box import ROUNDED
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from alerts.errors import ChannelDown
from alerts.model import Message, Receipt, Span

_LOOK = {
    "bold": "bold",
    "italic": "italic",
    "underline": "bold underline yellow",
    "code": "cyan",
    "link": "blue",
    "time": "bold",
    "strike": "strike red",
}
_WIDEST = 100
_REMEMBERED = 500
"""Messages whose edits are shown by their new lines alone."""
_BAR = "▎ "


class ConsoleChannel:
    """Writes each message to one stream; the receipts number them."""

    __slots__ = ("_count", "_shown", "_stream")

    def __init__(self, stream: TextIO | None = None) -> None:
        """None is standard output, as it is when the message is sent."""
        self._stream = stream
        self._count = 0
        self._shown: dict[str, frozenset[str]] = {}

    async def send(self, message: Message) -> Receipt:
        """Write one message whole. Raises `ChannelDown` where nobody reads any more (a broken pipe, a full disk, a closed stream)."""
        stream = self._stream or sys.stdout
        try:
            text = self._put(message, stream) + "\n"
            encoding = stream.encoding or "utf-8"
            stream.write(text.encode(encoding, "replace").decode(encoding))
            stream.flush()
        except (OSError, ValueError) as error:
            raise ChannelDown(
                f"nothing can be written to the console: {getattr(error, 'strerror', None) or type(error).__name__}"
            ) from error
        if message.edits:
            return Receipt(message.edits)
        self._count += 1
        receipt = f"console-{self._count}"
        self._shown[receipt] = frozenset(message.text.split("\n"))
        if len(self._shown) > _REMEMBERED:
            del self._shown[next(iter(self._shown))]
        return Receipt(receipt)

    def _put(self, message: Message, stream: TextIO) -> str:
        """A terminal cannot go back: of an edit stand there the lines that are new, and what answers a message names it."""
        if message.reply_to:
            return f"(in reply to {_seen(message.reply_to)})\n{draw(message, stream)}"
        before = self._shown.get(message.edits)
        if before is None:
            return (f"({_seen(message.edits)} now reads)\n" if message.edits else "") + draw(message, stream)
        lines = message.text.split("\n")
        self._shown[message.edits] = frozenset(lines)
        return "\n".join(
            [f"({_seen(message.edits)} now reads)", *(_seen(line) for line in lines if line not in before)]
        )


def draw(message: Message, stream: TextIO) -> str:
    """`message` as it is written to `stream`: a bubble with styles on a terminal, plain lines elsewhere. No other control
    characters than newline and, on a terminal, the styles' own."""
    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=stream.isatty(), soft_wrap=False)
    if not stream.isatty() or console.is_dumb_terminal:
        return "\n".join(_plain_lines(message))
    width = min(Console(file=stream).width, _WIDEST)
    console = Console(file=buffer, force_terminal=True, width=width, highlight=False, markup=False, emoji=False)
    console.print(Panel(Text("\n").join(_bubble_lines(message, width - 4, console)), box=ROUNDED, width=width))
    return buffer.getvalue().rstrip("\n")


def _plain_lines(message: Message) -> Iterator[str]:
    for line, start, spans in _lines(message):
        marks = sorted(
            [(span.start, 1, "▸") for span in spans if span.style == "underline"]
            + [(span.end, 0, "◂") for span in spans if span.style == "underline"]
            + [(span.start, 1, "[-") for span in spans if span.style == "strike"]
            + [(span.end, 0, "-]") for span in spans if span.style == "strike"]
        )
        out, done = "", start
        for place, _, mark in marks:
            out += line[done - start : place - start] + mark
            done = place
        quoted = _BAR if any(span.style == "quote" for span in spans) else ""
        yield quoted + out + line[done - start :]
        for span in spans:
            if span.style == "link":
                yield f"  <{_seen(span.url)}>"


def _bubble_lines(message: Message, width: int, console: Console) -> Iterator[Text]:
    for line, start, spans in _lines(message):
        text = Text(line)
        for span in spans:
            if span.style in _LOOK:
                text.stylize(_LOOK[span.style], span.start - start, span.end - start)
        if any(span.style == "quote" for span in spans):
            for wrapped in text.wrap(console, width - len(_BAR)):
                yield Text.assemble((_BAR, "green"), wrapped)
        else:
            yield text
        for span in spans:
            if span.style == "link":
                yield Text(f"  {_seen(span.url)}", style="dim", overflow="fold")


def _lines(message: Message) -> Iterator[tuple[str, int, Sequence[Span]]]:
    """Each line fit for a terminal, where it starts in the message, and the parts of spans that lie on it."""
    start = 0
    for line in message.text.split("\n"):
        end = start + len(line)
        on_it = [
            replace(span, start=max(span.start, start), end=min(span.end, end))
            for span in message.spans
            if span.start < end and start < span.end
        ]
        yield _seen(line), start, on_it
        start = end + 1


def _seen(text: str) -> str:
    """`text` with a visible mark in place of whatever could drive a terminal or reorder its line."""
    return "".join(
        "\ufffd" if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or "\u202a" <= char <= "\u202e" else char
        for char in text
    )
