"""An update of the Bot API becomes one of five things that the bot acts on, or nothing: pure.

    update -> Asked (a command) | Pressed (a button) | Joined | Left | Moved | None

Everything else that people write is none of the bot's business and is not even looked at. Who sent it is told with all that
speaks against trusting it: written for a group, forwarded, edited, by another bot (Bot API, "Message", "ChatMemberUpdated").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update, User

from alerts.bot.access import Sender

KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
"""The updates that are asked for."""

LONGEST = 4_096
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{5,32}))?(?:\s+|$)")
_MARKS = re.compile("[\u200e\u200f\u2060\u2066-\u2069]")
"""Marks of direction, and what keeps a name or a tag from being a link: they come along when an answer of ours is copied."""
_THERE = ("member", "administrator", "creator", "restricted")


@dataclass(frozen=True, slots=True)
class Asked:
    """A command. `words` is all that stands after it; `answers` the id of the message that it replies to, "" for none."""

    chat: str
    kind: str
    title: str
    topic: int | None
    sender: Sender
    language: str
    command: str
    words: str
    message: str
    answers: str = ""
    answered: str = ""
    """The person whose message it replies to, "" for none and for another bot's or our own."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button under a message of ours."""

    query: str
    chat: str
    sender: Sender
    language: str
    message: str
    data: str
    topic: int | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """The bot was added to a chat, or let in again."""

    chat: str
    kind: str
    title: str
    sender: Sender


@dataclass(frozen=True, slots=True)
class Left:
    """The bot was removed, or blocked."""

    chat: str
    sender: Sender


@dataclass(frozen=True, slots=True)
class Moved:
    """A group became a supergroup, and has another id from now on."""

    old: str
    new: str


Event = Asked | Pressed | Joined | Left | Moved


def read(update: Update, me: str) -> Event | None:
    """What `update` asks of the bot whose user name is `me`."""
    if update.callback_query is not None:
        return _pressed(update.callback_query)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return None
    if message.migrate_to_chat_id:
        return Moved(str(message.chat.id), str(message.migrate_to_chat_id))
    if message.migrate_from_chat_id:
        return Moved(str(message.migrate_from_chat_id), str(message.chat.id))
    return _asked(message, me, edited=update.edited_message is not None)


def _asked(message: Message, me: str, *, edited: bool) -> Asked | None:
    text = _MARKS.sub("", message.text or "")[:LONGEST]
    found = _COMMAND.match(text)
    if found is None or (found[2] and found[2].lower() != me.lower()):
        return None
    chat = message.chat
    answers = message.reply_to_message
    # In a forum every message "answers" the one that opened its topic.
    opened = answers is not None and answers.forum_topic_created is not None
    return Asked(
        chat=str(chat.id),
        kind=str(chat.type),
        title=chat.title or chat.full_name or "",
        topic=message.message_thread_id if message.is_topic_message else None,
        sender=_sender(message.from_user, message, edited=edited),
        language=(message.from_user.language_code or "") if message.from_user else "",
        command=found[1].lower(),
        words=text[found.end() :].strip(),
        message=str(message.message_id),
        answers="" if answers is None or opened else str(answers.message_id),
        answered="" if answers is None or opened else _person(answers),
    )


def _pressed(query: CallbackQuery) -> Pressed | None:
    message = query.message
    if message is None or not query.data:
        return None
    return Pressed(
        query=query.id,
        chat=str(message.chat.id),
        sender=_sender(query.from_user, None),
        language=query.from_user.language_code or "",
        message=str(message.message_id),
        data=query.data,
        topic=message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None,
    )


def _person(message: Message) -> str:
    user = message.from_user
    return "" if user is None or user.is_bot or message.sender_chat is not None else str(user.id)


def figures(text: str) -> str:
    """`text` with the digits of every script as 0 to 9: who writes Arabic or Persian types ٢٣:٠٠ and ۲۳:۰۰."""
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def _membership(change: ChatMemberUpdated) -> Joined | Left | None:
    before, after = str(change.old_chat_member.status), str(change.new_chat_member.status)
    sender = _sender(change.from_user, None)
    if after not in _THERE:
        return Left(str(change.chat.id), sender)
    if before in _THERE:
        return None
    title = change.chat.title or change.chat.full_name or ""
    return Joined(str(change.chat.id), str(change.chat.type), title, sender)


def _sender(user: User | None, message: Message | None, *, edited: bool = False) -> Sender:
    if user is None:
        return Sender("")
    return Sender(
        person=str(user.id),
        name=user.full_name,
        is_bot=user.is_bot,
        anonymous=message is not None and message.sender_chat is not None,
        forwarded=message is not None and message.forward_origin is not None,
        edited=edited,
        via_bot=message is not None and message.via_bot is not None,
    )
