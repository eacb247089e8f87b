"""An answer on its way to who asked: where the chat, the topic or the message is not what it was, it goes to what is there now.

a group that became another one -> there · a topic that is gone -> the chat itself · a message that is gone -> a new one ·
words that Telegram will not take -> without their form, and not longer than it takes
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from alerts.bot.commands import Answer
from alerts.bot.incoming import Pressed
from alerts.bot.line import Line
from alerts.errors import DeliveryError, MessageRefused, RecipientGone
from alerts.model import Message
from alerts.shown import cut, units

log = structlog.get_logger(__name__)

LONGEST = 4_096
_SHORTENED = 4_000


async def answer(line: Line, chat: str, given: Answer, *, topic: int | None = None, answering: str = "") -> None:
    """Send an answer, and the file that goes with it. Raises the errors of deliveries where it cannot be said at all."""
    try:
        await _say(line, chat, given, topic, answering)
    except RecipientGone as error:
        if error.moved_to is None and topic is None:
            raise
        log.info("an answer goes to what is there now", chat=chat, moved_to=error.moved_to, reason=error.reason)
        await _say(line, error.moved_to or chat, given, None, "" if error.moved_to else answering)


async def answer_press(line: Line, pressed: Pressed, given: Answer) -> None:
    """The answer to a press: in the place of the message that the button stands under where it says so and that is there."""
    if given.message is not None and given.in_place:
        try:
            await line.put(pressed.chat, pressed.message, fitting(given.message), given.rows)
            given = replace(given, message=None)
        except (MessageRefused, RecipientGone) as error:
            log.info("an answer could not take the place of its message", chat=pressed.chat, reason=error.reason)
    if given.message is not None or given.document is not None:
        await answer(line, pressed.chat, given, topic=pressed.topic, answering=pressed.message)


async def nod(line: Line, pressed: Pressed, said: str = "", *, loud: bool = False) -> None:
    """End the clock on a button. What was pressed for is done all the same: that this fails is only noted."""
    try:
        await line.nod(pressed.query, said, loud=loud)
    except DeliveryError as error:
        log.info("a press could not be nodded to", reason=error.reason)


def fitting(message: Message) -> Message:
    """`message`, or as much of it as one message holds."""
    if units(message.text) <= LONGEST:
        return message
    text = cut(message.text, _SHORTENED)
    return replace(message, text=text, spans=tuple(one for one in message.spans if one.end < len(text)))


async def _say(line: Line, chat: str, given: Answer, topic: int | None, answering: str) -> None:
    if given.message is not None:
        message = fitting(given.message)
        try:
            await line.say(chat, message, given.rows, topic=topic, answering=answering)
        except MessageRefused as error:
            if not message.spans:
                raise
            log.warning("an answer is said without its form", reason=error.reason)
            await line.say(chat, replace(message, spans=()), given.rows, topic=topic, answering=answering)
    if given.document is not None:
        document = given.document
        await line.file(chat, document.name, document.content, topic=topic, answering=answering)
