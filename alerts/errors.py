"""What can go wrong with a delivery: one error for each thing that the caller can do about it.

    DeliveryError
      TryLater               after, certain or unconfirmed                 same message, later
      MessageRefused         this text will never pass                     send it plain, or failed
      RecipientGone          blocked, deleted, or moved to a new id        follow or stop, tell operator
      ChannelDown            the token is revoked, the server is away      hold everything, alarm

`DeliveryError` is a `BayanError` (`scraper/errors.py` draws the rest of the family).
"""

from __future__ import annotations

from datetime import timedelta

from scraper.errors import BayanError, one_line


class DeliveryError(BayanError):
    """One message did not (surely) arrive. `reason` is one line for the operator and never holds a secret."""

    def __init__(self, reason: str) -> None:
        self.reason = one_line(reason)
        super().__init__(self.reason)


class TryLater(DeliveryError):
    """The same message can pass later.

    `certain` is true where the message surely did not arrive (refused connection, 429); false where nobody can know
    (the answer was lost): the next attempt is then marked. `after` is the wait that the other side asked for, and
    `whole_channel` says that it asked every sender of this chat to wait (429), not only this message.
    """

    def __init__(
        self, reason: str, *, certain: bool, after: timedelta | None = None, whole_channel: bool = False
    ) -> None:
        super().__init__(reason)
        self.certain = certain
        self.after = after
        self.whole_channel = whole_channel


class MessageRefused(DeliveryError):
    """This text will never pass as it is. `markup` is true where the entities, not the words, were refused: send it plain."""

    def __init__(self, reason: str, *, markup: bool = False) -> None:
        super().__init__(reason)
        self.markup = markup


class RecipientGone(DeliveryError):
    """The chat blocked us, is deleted, or has moved. `moved_to` is its new address, where it has one.

    `topic_only` is true where the chat is there and only the forum topic is closed or missing: fall back to the chat.
    """

    def __init__(self, reason: str, *, moved_to: str | None = None, topic_only: bool = False) -> None:
        super().__init__(reason)
        self.moved_to = moved_to
        self.topic_only = topic_only


class ChannelDown(DeliveryError):
    """The way itself is closed for every chat (revoked token, wrong server): hold everything, alarm, try slowly."""
