"""How fast messages may follow each other: pure, and kept for each chat and each bot.

Telegram publishes no exact numbers (`docs/decisions` names what is known): about one message a second to a chat, 20 a
minute to a group, 30 a second for a bot. Channels that share a chat or a bot share its pace; what the bot answers there counts
too, and alerts leave it some room.
"""

from __future__ import annotations

from collections import deque

MINUTE = 60.0
CHAT_GAP = 1.0
BOT_PER_SECOND = 25
ANSWERS = 5
"""Of the messages that a chat may get in a minute, so many are left for answers where people ask the bot."""


class Pace:
    """Remembers when messages went out, and says when the next may. Times are seconds of a clock that never goes back."""

    def __init__(self, per_minute: int) -> None:
        """`per_minute` to one chat. A rate above 60 (a Bot API server of one's own) shortens the gap of a second, too."""
        self._per_minute = max(per_minute, 1)
        self._gap = min(CHAT_GAP, MINUTE / self._per_minute)
        self._chats: dict[tuple[str, str], deque[float]] = {}
        self._bots: dict[str, deque[float]] = {}

    def next_at(self, key: tuple[str, str], now: float, *, spare: int = 0) -> float:
        """The earliest moment for the next message to this (bot, chat): `now` or later. `spare` turns of a minute are left free."""
        bot, _ = key
        most = max(self._per_minute - spare, 1)
        earliest = now
        chat_times = self._chats.get(key)
        if chat_times:
            earliest = max(earliest, chat_times[-1] + self._gap)
            if len(chat_times) >= most:
                earliest = max(earliest, chat_times[-most] + MINUTE)
        bot_times = self._bots.get(bot)
        if bot_times and len(bot_times) >= BOT_PER_SECOND:
            earliest = max(earliest, bot_times[-BOT_PER_SECOND] + 1.0)
        return earliest

    def note(self, key: tuple[str, str], at: float) -> None:
        """A message goes out. Counted when it is sent, not when it arrived: the other side counts it either way."""
        bot, _ = key
        self._chats.setdefault(key, deque(maxlen=self._per_minute)).append(at)
        self._bots.setdefault(bot, deque(maxlen=BOT_PER_SECOND)).append(at)

    def take_back(self, key: tuple[str, str]) -> None:
        """The turn that was noted last was not used: nothing was due after all."""
        bot, _ = key
        for times in (self._chats.get(key), self._bots.get(bot)):
            if times:
                times.pop()
