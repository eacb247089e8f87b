"""The bot's line to Telegram: hear what people ask, answer them, leave. Its errors are the four of `alerts/errors.py`.

Alerts go out through the outbox and their channel, never here: an answer that is lost is asked for again by who missed it.
A message of more than one part is cut before it comes here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    LinkPreviewOptions,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest

from alerts.bot.incoming import KINDS
from alerts.channels.telegram import Client, entities, keyboard
from alerts.errors import TryLater
from alerts.model import Key as Key  # those who answer name it from here
from alerts.model import Message

LONG_POLL = 50
"""Seconds that the server keeps a question open: its own limit (Client.h LONG_POLL_MAX_TIMEOUT)."""
PATIENCE = 20.0
_TRIES = 3
_SHORT = timedelta(seconds=60)
"""A longer wait than this is not waited for an answer: who asked asks again. What a group may get is counted by the minute."""

T = TypeVar("T")


Rows = Sequence[Sequence[Key]]


class Line:
    """One bot's side of its conversations."""

    def __init__(self, client: Client, said: Callable[[str], None] = lambda _: None) -> None:
        """`said` hears of every message to a chat: Telegram counts answers like alerts."""
        self._client, self._said = client, said
        self._bot: Bot = client.bot

    async def me(self) -> str:
        """The bot's user name."""
        return str((await self._client.judged(self._bot.get_me, PATIENCE)).username)

    async def hear(self, offset: int, *, seconds: int = LONG_POLL) -> tuple[Update, ...]:
        """What came after update `offset` - 1; what came before it is thereby known to be handled."""

        async def ask() -> tuple[Update, ...]:
            return await self._bot.get_updates(offset=offset, timeout=seconds, allowed_updates=KINDS, limit=100)

        return await self._client.judged(ask, seconds + PATIENCE)

    async def _judged(self, ask: Callable[[], Awaitable[T]], seconds: float = PATIENCE) -> T:
        """As `Client.judged`; where Telegram asks to wait a moment, it is waited and asked again: people wait for an answer."""
        for _ in range(_TRIES):
            try:
                return await self._client.judged(ask, seconds)
            except TryLater as error:
                if error.after is None or not error.certain or error.after > _SHORT:
                    raise
                await asyncio.sleep(error.after.total_seconds())
        return await self._client.judged(ask, seconds)

    async def say(
        self, chat: str, message: Message, rows: Rows = (), *, topic: int | None = None, answering: str = ""
    ) -> str:
        """Send an answer. Returns the message's id."""

        async def ask() -> str:
            self._said(chat)
            sent = await self._bot.send_message(
                chat_id=int(chat),
                text=message.text,
                entities=entities(message.text, message.spans) or None,
                disable_notification=message.silent,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                message_thread_id=topic,
                reply_markup=keyboard(rows),
                reply_parameters=_reply(answering),
            )
            return str(sent.message_id)

        return await self._judged(ask)

    async def put(self, chat: str, message_id: str, message: Message, rows: Rows = ()) -> None:
        """Put `message` in the place of an earlier answer."""

        async def ask() -> None:
            self._said(chat)
            try:
                await self._bot.edit_message_text(
                    chat_id=int(chat),
                    message_id=int(message_id),
                    text=message.text,
                    entities=entities(message.text, message.spans) or None,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                    reply_markup=keyboard(rows),
                )
            except BadRequest as error:
                if "message is not modified" not in str(error).lower():
                    raise

        await self._judged(ask)

    async def file(
        self, chat: str, name: str, content: bytes, *, said: str = "", topic: int | None = None, answering: str = ""
    ) -> str:
        """Send a document. Returns the message's id."""

        async def ask() -> str:
            self._said(chat)
            sent = await self._bot.send_document(
                chat_id=int(chat),
                document=content,
                filename=name,
                caption=said[:1_000] or None,
                message_thread_id=topic,
                reply_parameters=_reply(answering),
            )
            return str(sent.message_id)

        return await self._judged(ask, 3 * PATIENCE)

    async def nod(self, query: str, said: str = "", *, loud: bool = False) -> None:
        """Answer a press: the little clock on the button ends. A press that is too old to be answered is no error."""

        async def ask() -> None:
            try:
                await self._bot.answer_callback_query(query, text=said[:200] or None, show_alert=loud)
            except BadRequest as error:
                if "query is too old" not in str(error).lower():
                    raise

        await self._judged(ask)

    async def leave(self, chat: str) -> None:
        """Leave a group or channel."""

        async def ask() -> None:
            await self._bot.leave_chat(int(chat))

        await self._judged(ask)

    async def menu(self, commands: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """The menus of commands, as (name, description): for `default`, `private`, `groups`, `admins`, or one chat's id."""
        scopes = {
            "default": BotCommandScopeDefault(),
            "private": BotCommandScopeAllPrivateChats(),
            "groups": BotCommandScopeAllGroupChats(),
            "admins": BotCommandScopeAllChatAdministrators(),
        }

        async def ask() -> None:
            for where, listed in commands.items():
                scope = scopes.get(where) or BotCommandScopeChat(int(where))
                await self._bot.set_my_commands([BotCommand(name, said) for name, said in listed], scope=scope)

        await self._judged(ask)

    async def aclose(self) -> None:
        """Close its connections."""
        await self._client.aclose()


def _reply(to: str) -> ReplyParameters | None:
    return ReplyParameters(int(to), allow_sending_without_reply=True) if to.isdecimal() else None
