"""Telegram, through python-telegram-bot: the only file that knows that it exists.

    message -> text and entities -> sendMessage -> receipt, or one of the four errors

What an answer means is decided by who gave it. A JSON answer in the form of the Bot API is Telegram's own word: 400, 401, 403,
404 and 429 say that the message is not there. Everything else (no answer, a proxy's page, half an answer, 5xx) leaves open
whether it arrived, unless the connection was never made: the Bot API has no idempotency key (tdlib/telegram-bot-api issue
482). The token is part of every URL, so it is taken out of answers that echo one before any text is made of them.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from itertools import accumulate
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity, ReplyParameters
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from alerts.errors import ChannelDown, DeliveryError, MessageRefused, RecipientGone, TryLater
from alerts.model import File, Key, Message, Receipt, Span, Style
from scraper.secret import Secret

T = TypeVar("T")

OFFICIAL = "https://api.telegram.org"
TOTAL_TIMEOUT = 60.0
"""Seconds for one call, everything included; each step has its own, shorter limit."""
LOOK_TIMEOUT = 9.0
"""Seconds for a look at a chat, which nobody wants to wait for."""
ANSWER_TIMEOUT = 20.0
"""Seconds to wait for an answer: long, because an answer that is given up for lost makes a repeat."""
_CONNECT, _WRITE, _POOL = 5.0, 20.0, 10.0
_CONNECTIONS = 16
_LARGEST_ANSWER = 1_000_000
_LONGEST_WAIT = timedelta(hours=24)
_EXPANDABLE_FROM = 700
"""UTF-16 units of a quotation that is folded together until a reader opens it."""
_GENERAL_TOPIC = 1
_ENTITIES = 100

_KINDS: dict[Style, str] = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "code": "code",
    "quote": "blockquote",
    "link": "text_link",
    "time": "date_time",
    "strike": "strikethrough",
}
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Only these say surely that nothing was sent; measured against every other way in which a call can fail."""
_NOT_A_SERVER = (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError)
_UNREADABLE = (AttributeError, KeyError, IndexError, TypeError, ValueError, ArithmeticError, RecursionError)
"""What python-telegram-bot lets through where an answer is JSON, but not in the form of the Bot API."""

# Words of Bot API 10.0 (tdlib/telegram-bot-api Client.cpp, tdlib/td) and, in capitals, of Telegram's own server; compared
# without regard to case, since python-telegram-bot writes them in its own (error.py).
_NO_TOPIC = re.compile(r"message thread not found|topic[_ ](closed|deleted|id_invalid)|topic is closed")
_NO_CHAT = re.compile(
    r"chat not found|chat_id is empty|user not found|peer_id_invalid|group chat was (upgraded|deactivated|deleted)"
    r"|(need|not enough|have no) .*rights?|administrator rights|chat_(write_forbidden|restricted|admin_required|send_\w+_forbidden)"
    r"|user_(is_blocked|is_bot|banned_in_channel|deactivated)|input_user_deactivated|channel_(private|invalid)|chat_id_invalid"
    r"|bot (was|is|can't)|user is deactivated"
)
_RETRY = re.compile(r"retry after (\d{1,9})")


class Client:
    """One bot's connection to one Bot API server. Nothing is opened before the first message."""

    __slots__ = ("_bot", "_request")

    def __init__(self, token: Secret, api_base: str = "", *, answer_timeout: float = ANSWER_TIMEOUT) -> None:
        """`api_base` is the server without `/bot...`; "" is Telegram's own. It is the operator's and may be private."""
        secret = token.reveal()
        wire = httpx.AsyncHTTPTransport(
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS), trust_env=False
        )
        self._request = _Request(
            connection_pool_size=_CONNECTIONS,
            connect_timeout=_CONNECT,
            read_timeout=answer_timeout,
            write_timeout=_WRITE,
            pool_timeout=_POOL,
            httpx_kwargs={
                "transport": _Wire(wire, secret),
                "follow_redirects": False,
                "trust_env": False,
                "headers": {"Accept-Encoding": "identity"},
            },
        )
        base = (api_base or OFFICIAL).rstrip("/")
        self._bot = Bot(secret, f"{base}/bot", f"{base}/file/bot", self._request, self._request)

    @property
    def bot(self) -> Bot:
        """The bot itself, for its conversations (`alerts/bot/line.py`), which call it through `judged`, too."""
        return self._bot

    async def send(self, chat: str, message: Message, *, topic: int | None, silent: bool) -> Receipt:
        """sendMessage, or editMessageText where `message.edits` names one, once. Raises one of the four errors of
        `alerts/errors.py`.
        """

        async def ask() -> Receipt:
            if message.edits:
                return await self._edit(chat, message)
            if message.file is not None:
                return await self._file(chat, message, message.file, topic, silent)
            sent = await self._bot.send_message(
                chat_id=_chat_id(chat),
                text=message.text,
                entities=entities(message.text, message.spans) or None,
                disable_notification=silent,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                message_thread_id=None if topic == _GENERAL_TOPIC else topic,
                reply_markup=keyboard(message.keys),
                reply_parameters=_reply(message.reply_to),
            )
            return Receipt(str(sent.message_id))

        to_topic = topic is not None and topic != _GENERAL_TOPIC
        return await self.judged(ask, TOTAL_TIMEOUT, topic=to_topic, styled=bool(message.spans))

    async def _file(self, chat: str, message: Message, file: File, topic: int | None, silent: bool) -> Receipt:
        """sendDocument: one call, so that message and file arrive together or not at all."""
        sent = await self._bot.send_document(
            chat_id=_chat_id(chat),
            document=file.text.encode("utf-8", "replace"),
            filename=file.name,
            caption=message.text,
            caption_entities=entities(message.text, message.spans) or None,
            disable_notification=silent,
            message_thread_id=None if topic == _GENERAL_TOPIC else topic,
            reply_parameters=_reply(message.reply_to),
        )
        return Receipt(str(sent.message_id))

    async def _edit(self, chat: str, message: Message) -> Receipt:
        """editMessageText. A message that says this already is no error: an edit may be made twice."""
        try:
            await self._bot.edit_message_text(
                chat_id=_chat_id(chat),
                message_id=int(message.edits),
                text=message.text,
                entities=entities(message.text, message.spans) or None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=keyboard(message.keys),
            )
        except BadRequest as error:
            if "message is not modified" not in str(error).lower():
                raise
        return Receipt(message.edits)

    async def look(self, chat: str, *, topic: int | None = None, seconds: float = LOOK_TIMEOUT) -> str:
        """Whether the bot may write to the chat, without writing there: getMe, getChat, getChatMember.

        Returns the bot's and the chat's names, in a line for a person. Raises one of the four errors of `alerts/errors.py`;
        `RecipientGone` also where the chat is there and the bot has no right to write in it.
        """

        async def ask() -> str:
            bot = await self._bot.get_me()
            there = await self._bot.get_chat(_chat_id(chat))
            name = there.title or there.first_name or chat
            if there.type != "private":
                member = await self._bot.get_chat_member(there.id, bot.id)
                if member.status in ("left", "kicked"):
                    raise RecipientGone(f"@{bot.username} is not in the chat “{name}”: add it there")
                posts = getattr(member, "can_post_messages", None)
                if there.type == "channel" and member.status != "creator" and not posts:
                    raise RecipientGone(
                        f"@{bot.username} may not post in the channel “{name}”: make it an administrator"
                    )
                if member.status == "restricted" and not getattr(member, "can_send_messages", False):
                    raise RecipientGone(
                        f"@{bot.username} is restricted in “{name}”: give it the right to send messages"
                    )
            if topic is not None and not there.is_forum:
                raise RecipientGone(f"the chat “{name}” has no topics, so there is no topic {topic}: take `topic` out")
            unseen = f"; topic {topic} is tried by a message only: bayan channels test" if topic is not None else ""
            return f"@{bot.username} may write to “{name}” ({there.type}){unseen}"

        return await self.judged(ask, seconds, topic=False, styled=False)

    async def judged(
        self, ask: Callable[[], Awaitable[T]], seconds: float, *, topic: bool = False, styled: bool = False
    ) -> T:
        """What `ask` gives within `seconds`. Raises one of the four errors of `alerts/errors.py`, and nothing else."""
        verdict: DeliveryError
        try:
            async with asyncio.timeout(seconds):
                return await ask()
        except TelegramError as error:
            cause: BaseException = error
            verdict = judge(error, topic=topic, styled=styled)
        except TimeoutError as error:
            cause, verdict = error, TryLater(f"no answer within {seconds:.0f} s", certain=False)
        except _UNREADABLE as error:
            cause = error
            verdict = TryLater(f"an answer that is none of the Bot API: {type(error).__name__}", certain=False)
        raise verdict from cause

    async def aclose(self) -> None:
        """Close its connections."""
        await self._request.shutdown()

    def __repr__(self) -> str:
        return "Client(***)"


class TelegramChannel:
    """A chat (and forum topic) reached by one bot."""

    __slots__ = ("_chat", "_client", "_silent", "_topic")

    def __init__(self, client: Client, chat: str, *, topic: int | None = None, silent: bool = False) -> None:
        self._client = client
        self._chat = chat
        self._topic = topic
        self._silent = silent

    async def send(self, message: Message) -> Receipt:
        """Put one message there; the receipt is its message id. Raises one of the four errors of `alerts/errors.py`."""
        silent = self._silent or message.silent
        return await self._client.send(self._chat, message, topic=self._topic, silent=silent)

    def __repr__(self) -> str:
        return f"TelegramChannel(chat={self._chat!r}, topic={self._topic!r})"


def keyboard(rows: Sequence[Sequence[Key]]) -> InlineKeyboardMarkup | None:
    """Buttons for the Bot API. Raises `MessageRefused` where one has neither or both of its two ways."""
    if not rows:
        return None
    for key in (key for row in rows for key in row):
        if bool(key.data) == bool(key.url) or len(key.data.encode()) > 64:
            raise MessageRefused(f"the button {key.label!r} is none")
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(key.label, callback_data=key.data or None, url=key.url or None) for key in row]
            for row in rows
        ]
    )


def _reply(to: str) -> ReplyParameters | None:
    """A message that is gone meanwhile does not keep its answer back; nothing is quoted of it (openclaw issue 74581)."""
    return ReplyParameters(int(to), allow_sending_without_reply=True) if to.isdecimal() else None


def _chat_id(chat: str) -> int | str:
    return int(chat) if re.fullmatch(r"-?\d{1,20}", chat) else chat


def entities(text: str, spans: Sequence[Span]) -> list[MessageEntity]:
    """`spans` (code points) as the entities of the Bot API (UTF-16 units), in order; at most 100 of them."""
    at = [0, *accumulate(2 if ord(char) > 0xFFFF else 1 for char in text)]
    found = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        start, length = at[span.start], at[span.end] - at[span.start]
        folded = span.style == "quote" and length >= _EXPANDABLE_FROM
        found.append(
            MessageEntity(
                "expandable_blockquote" if folded else _KINDS[span.style],
                start,
                length,
                url=span.url or None,
                unix_time=span.at if span.style == "time" else None,
                date_time_format=span.format or None,
            )
        )
    return found[:_ENTITIES]


def judge(error: TelegramError, *, topic: bool, styled: bool) -> DeliveryError:
    """What `error` means for the message. `topic`: it went to a forum topic; `styled`: it had entities.

    The order matters: in python-telegram-bot BadRequest and TimedOut are NetworkErrors, 401 and 404 both InvalidToken.
    """
    words = str(error).lower()
    if isinstance(error.__cause__, TelegramError):
        return TryLater(f"an answer that is none of the Bot API: {_first(error)}", certain=False)
    if isinstance(error, _Flood):
        return _wait(error.seconds)
    if isinstance(error, ChatMigrated):
        return RecipientGone("the group became a supergroup", moved_to=str(error.new_chat_id))
    if isinstance(error, Forbidden):
        return RecipientGone(str(error))
    if isinstance(error, InvalidToken) or "logged out" in words:
        return ChannelDown(f"the bot's token or server is refused: {error}")
    if isinstance(error, BadRequest):
        return _refused(str(error), words, topic, styled)
    if isinstance(error, Conflict):
        return TryLater(str(error), certain=True)
    if isinstance(error.__cause__, _NOT_A_SERVER):
        return ChannelDown(f"the Bot API server's address cannot be used: {_first(error)}")
    if isinstance(error.__cause__, _UNSENT):
        return TryLater(f"not sent: {_first(error)}", certain=True)
    if isinstance(error, TimedOut):
        return TryLater(f"sent, but no answer: {type(error.__cause__).__name__}", certain=False)
    if isinstance(error, NetworkError):
        return TryLater(f"sent, but no clear answer: {_first(error)}", certain=False)
    return TryLater(f"an answer that cannot be read: {_first(error)}", certain=False)


def _refused(reason: str, words: str, topic: bool, styled: bool) -> DeliveryError:
    """A 400: about the topic, the chat, the entities, or the words. What is not known gets one try without entities."""
    if _NO_TOPIC.search(words):
        return RecipientGone(reason, topic_only=topic)
    if _NO_CHAT.search(words):
        return RecipientGone(reason)
    if re.search(r"message to edit not found|message can't be edited|message_id_invalid", words):
        return MessageRefused(reason)
    if re.search(r"text is too long|message is too long|text is empty|must be non-empty|encoded in utf-8", words):
        return MessageRefused(reason)
    return MessageRefused(reason, markup=styled)


def _wait(seconds: float) -> TryLater:
    """429: this chat waits exactly as long as it was told, at least a second and at most a day."""
    after = min(
        max(timedelta(seconds=min(seconds, _LONGEST_WAIT.total_seconds())), timedelta(seconds=1)), _LONGEST_WAIT
    )
    words = f"too many requests: retry after {after.total_seconds():.0f} s"
    return TryLater(words, certain=True, after=after, whole_channel=True)


def _first(error: TelegramError) -> str:
    """The first words of what went wrong, without the page that a proxy sent."""
    cause = type(error.__cause__).__name__ if isinstance(error.__cause__, httpx.HTTPError) else ""
    return cause or str(error).partition(". Parsing the server response")[0][:120]


class _Flood(TelegramError):
    """429 in the form of the Bot API: wait `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many requests: retry after {seconds} s")
        self.seconds = seconds


class _Request(HTTPXRequest):
    """Reads a 429 by itself: python-telegram-bot 22 warns whenever it makes its own `RetryAfter`, whose unit will change."""

    __slots__ = ()

    async def do_request(self, *args: Any, **named: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **named)
        if code == httpx.codes.TOO_MANY_REQUESTS and (seconds := _asked(payload)) is not None:
            raise _Flood(seconds)
        return code, payload


def _asked(payload: bytes) -> float | None:
    """The wait that an answer of the Bot API asks for, in seconds; None where it is no such answer."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or "description" not in answer:
        return None
    parameters = answer.get("parameters")
    asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if isinstance(asked, int):
        return float(min(asked, 10**9))
    told = _RETRY.search(str(answer["description"]).lower())
    return float(told[1]) if told else 1.0


class _Wire(httpx.AsyncBaseTransport):
    """The transport of a client: bounds each answer, and takes the token out of one that echoes the URL (proxies do)."""

    def __init__(self, inner: httpx.AsyncBaseTransport, secret: str) -> None:
        self._inner = inner
        self._echoes = [form.encode() for form in {secret, quote(secret, safe=""), secret.replace(":", "&#58;")}]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        body = bytearray()
        try:
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise httpx.RemoteProtocolError("a packed answer, which was not asked for")
            assert isinstance(answer.stream, httpx.AsyncByteStream)
            async for chunk in answer.stream:
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    raise httpx.RemoteProtocolError("an answer without end")
        finally:
            await answer.aclose()
        content = bytes(body)
        for echo in self._echoes:
            content = content.replace(echo, b"***")
        return httpx.Response(answer.status_code, content=content, extensions=answer.extensions)

    async def aclose(self) -> None:
        await self._inner.aclose()
