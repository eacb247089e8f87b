"""What the bot does with one event: who may, which command, what is answered.

    event -> role of its sender -> command or button -> answer

Strangers are met with silence, and change nothing; only a private /start gets one neutral line, so that somebody with a
mistyped code knows that there is somebody. A command that fails says so to who asked, and to the log.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from alerts.bot import (
    answering,
    buttons,
    chats,
    governing,
    hushing,
    leaving,
    listing,
    looking,
    minding,
    relevance,
    reviewing,
    tending,
    undoing,
)
from alerts.bot.access import Book, Role, may, role_of, speaks_for_nobody
from alerts.bot.commands import Answer, Command, Here, House, Press, allowed, plain
from alerts.bot.incoming import Asked, Event, Joined, Left, Moved, Pressed
from alerts.bot.line import Line
from alerts.bot.talk import LANGUAGES, say
from alerts.errors import DeliveryError
from alerts.model import Message
from alerts.settings import Configuration
from scraper.db import Connection
from scraper.errors import StoreError

log = structlog.get_logger(__name__)

PATIENCE = 20.0
"""Seconds for a command; a slow one has `LONG_PATIENCE`."""
LONG_PATIENCE = 90.0
_NEUTRAL_EVERY = timedelta(hours=1)
_STRANGERS = 1_000

COMMANDS: tuple[Command, ...] = (
    *looking.COMMANDS,
    *reviewing.COMMANDS,
    *hushing.COMMANDS,
    *tending.COMMANDS,
    *listing.COMMANDS,
    *minding.COMMANDS,
    *governing.COMMANDS,
)
PRESSES: Mapping[str, Press] = {
    press.action: press
    for press in (
        *looking.PRESSES,
        *reviewing.PRESSES,
        *hushing.PRESSES,
        *tending.PRESSES,
        *relevance.PRESSES,
        *governing.PRESSES,
        *undoing.PRESSES,
        *minding.PRESSES,
    )
}


class Reception:
    """Receives events, one after the other for each chat; holds only which strangers were told that the bot is private."""

    def __init__(self, house: House, line: Line) -> None:
        self.house = house
        self._line = line
        self._told: OrderedDict[str, datetime] = OrderedDict()

    async def receive(self, event: Event) -> None:
        """Act on one event. Nothing is raised: what fails is told to who asked, and logged."""
        try:
            match event:
                case Asked():
                    await self._asked(event)
                case Pressed():
                    await self._pressed(event)
                case Joined():
                    await self._joined(event)
                case Left():
                    await self._left(event)
                case Moved():
                    await self._moved(event)
        except StoreError as error:
            log.error("the bot could not use the store", reason=str(error))
            await self._sorry(event, "store_busy")
        except DeliveryError as error:
            log.warning("an answer of the bot did not get through", reason=str(error))
        except Exception:  # a bug that one message meets must not end the bot for all others
            log.exception("internal error", work="bot")
            await self._sorry(event, "went_wrong")

    async def overrun(self, chat: str, count: int) -> None:
        """Tell a chat that is enrolled, or an admin's own, that so many commands were left out. Nothing is raised."""
        config = self.house.config()
        try:
            known = await self.house.db.read(lambda conn: chats.find(conn, chat))
            if chat not in configured(config) and (known is None or known.enrolled_at is None):
                return
            language = _language(known, config, "")
            await self._line.say(chat, Message(say(language, "overrun", count=count)))
        except (DeliveryError, StoreError) as error:
            log.warning("nor could that be said", reason=str(error))

    # ------------------------------------------------------------------------------------------ commands

    async def _asked(self, asked: Asked) -> None:
        here, role = await self._here(asked)
        if asked.command == "start" and asked.kind == "private" and not speaks_for_nobody(asked.sender):
            await self._start(asked, here, role)
            return
        if role is None:
            return
        await self.house.db.write(
            lambda conn: chats.seen(conn, asked.sender.person, asked.sender.name, asked.language, here.now)
        )
        if asked.command in ("help", "start"):
            await self._say(asked, _help(here, role))
            return
        command = next((one for one in COMMANDS if one.name == asked.command), None)
        if command is None:
            await self._say(asked, plain(here.say("unknown", command=asked.command)))
        elif not may(role, command.needs):
            await self._say(asked, plain(here.say("not_yours", role=here.say(command.needs))))
        else:
            seconds = LONG_PATIENCE if command.slow else PATIENCE
            try:
                async with asyncio.timeout(seconds):
                    answer = await command.run(asked, here)
            except TimeoutError:
                answer = plain(here.say("too_slow", seconds=int(seconds)))
            await self._say(asked, answer)
            if command.name == "language":
                await self.show_menus(asked.chat)

    async def show_menus(self, only: str = "") -> None:
        """Set the menus of commands, or that of one chat that chose a language."""
        config = self.house.config()
        admins = [str(person) for person in config.bot.admins] if config.bot else []
        spoken = {chat.id: chat.language for chat in await self.house.db.read(chats.enrolled) if chat.language}
        if only:  # it may have gone back to having none of its own
            spoken.setdefault(only, config.language)
        for where, listed in menus(COMMANDS, admins, config.language, spoken).items():
            if only in ("", where):
                try:
                    await self._line.menu({where: listed})
                except DeliveryError as error:  # an admin who never wrote to the bot has no chat with it yet
                    log.info("a menu of commands could not be set", where=where, reason=str(error))

    async def _start(self, asked: Asked, here: Here, role: Role | None) -> None:
        """A code is used up; without one, who belongs here is helped, and who does not is told once in an hour."""
        person, code = asked.sender.person, asked.words.split(" ")[0][:64]

        def use(conn: Connection) -> chats.Enrolment | None:
            found = chats.use_code(conn, code, person, here.now)
            if found is not None:
                chats.seen(conn, person, asked.sender.name, asked.language, here.now)
                chats.joined(conn, asked.chat, asked.kind, asked.title, here.now)
            return found

        if code:
            found = await self.house.db.write(use)
            if found is not None:
                log.info("enrolled", person=person, role=found.role, by=found.made_by)
                await self._say(asked, plain(here.say("welcome", role=here.say(found.role))))
                return
        if role is not None:
            await self._say(asked, plain(here.say("code_wrong")) if code else _help(here, role))
        elif self._first_in_a_while(person, here.now):
            await self._say(asked, plain(here.say("private")))

    def _first_in_a_while(self, person: str, now: datetime) -> bool:
        before = self._told.get(person)
        if before is not None and now - before < _NEUTRAL_EVERY:
            return False
        self._told[person] = now
        self._told.move_to_end(person)
        while len(self._told) > _STRANGERS:
            self._told.popitem(last=False)
        return True

    async def _say(self, asked: Asked, answer: Answer) -> None:
        await answering.answer(self._line, asked.chat, answer, topic=asked.topic, answering=asked.message)

    # ------------------------------------------------------------------------------------------- buttons

    async def _pressed(self, pressed: Pressed) -> None:
        here, role = await self._here(pressed)
        found = await self.house.db.read(
            lambda conn: buttons.look(conn, pressed.data, pressed.chat, pressed.sender.person, here.now)
        )
        press = None if found is None else PRESSES.get(found.action)
        if role is None:
            await self._line.nod(pressed.query)  # the clock on the button ends, and nothing is told
            return
        if found is None or press is None:
            await answering.nod(self._line, pressed, here.say("old_button"))
            return
        needs: Role = found.payload.get(
            "needs", press.needs
        )  # before it is used up: a refused press takes nothing from who may
        if not may(role, needs):
            await self._line.nod(pressed.query, here.say("not_yours", role=here.say(needs)), loud=True)
            return
        if press.once:
            found = await self.house.db.write(
                lambda conn: buttons.take(conn, pressed.data, pressed.chat, pressed.sender.person, here.now)
            )
            if found is None:
                await answering.nod(self._line, pressed, here.say("old_button"))
                return
        elif press.each:
            found = await self.house.db.write(
                lambda conn: buttons.take_part(conn, pressed.data, pressed.chat, pressed.sender.person, here.now)
            )
            if found is None:
                await answering.nod(self._line, pressed, here.say("noted_before"))
                return
        try:
            async with asyncio.timeout(LONG_PATIENCE):
                answer = await press.run(pressed, found.payload, here)
        except TimeoutError:
            answer = Answer(nod=here.say("too_slow", seconds=int(LONG_PATIENCE)))
        await answering.nod(self._line, pressed, answer.nod)
        if press.action == "undo":
            await self._after_undoing(pressed.chat, here.language)
        await answering.answer_press(self._line, pressed, answer)

    async def _after_undoing(self, chat: str, before: str) -> None:
        """Where the language of a chat was undone, its menu speaks the one that is in force now."""
        known = await self.house.db.read(lambda conn: chats.find(conn, chat))
        if known is not None and (known.language or self.house.config().language) != before:
            await self.show_menus(chat)

    # --------------------------------------------------------------------------------------- membership

    async def _joined(self, joined: Joined) -> None:
        now, config = self.house.clock(), self.house.config()

        def write(conn: Connection) -> None:
            chats.joined(conn, joined.chat, joined.kind, joined.title, now)
            leaving.resume(conn, config, joined.chat)

        await self.house.db.write(write)
        log.info("the bot was added to a chat", chat=joined.chat, by=joined.sender.person)

    async def _left(self, left: Left) -> None:
        now, config = self.house.clock(), self.house.config()
        was = await self.house.db.read(lambda conn: chats.find(conn, left.chat))
        resting = await self.house.db.write(lambda conn: leaving.suspend(conn, config, left.chat, now))
        log.warning("the bot is in a chat no more", chat=left.chat, by=left.sender.person, channels=resting)
        if was is not None and was.enrolled_at is not None:
            await self.house.adopt()
        if resting:
            name = was.title if was is not None and was.title else left.chat
            for admin in leaving.to_tell(config, left.chat):
                with suppress(DeliveryError):  # the others are told, and the log has it
                    await self._line.say(admin, Message(say(config.language, "chat_lost", chat=name)))

    async def _moved(self, moved: Moved) -> None:
        now = self.house.clock()
        await self.house.db.write(lambda conn: chats.moved(conn, moved.old, moved.new, now))
        log.info("a group became a supergroup", old=moved.old, new=moved.new)
        await self.house.adopt()

    # ----------------------------------------------------------------------------------------- together

    async def _here(self, asked: Asked | Pressed) -> tuple[Here, Role | None]:
        """Where something is asked, and the role of who asks: looked up anew each time."""
        config = self.house.config()

        def read(conn: Connection) -> tuple[dict[tuple[str, str], Role], chats.Chat | None]:
            return chats.roles(conn), chats.find(conn, asked.chat)

        given, chat = await self.house.db.read(read)
        book = Book(configured(config), given)
        role = role_of(asked.sender, asked.chat, book)
        here = Here(
            house=self.house,
            now=self.house.clock(),
            chat=asked.chat,
            person=asked.sender.person,
            role=role or "viewer",
            language=_language(chat, config, asked.language),
            timezone=(chat.timezone if chat is not None else "") or config.timezone,
            channel=channel_of(asked.chat, getattr(asked, "topic", None), chat, config),
            book=book,
        )
        return here, role

    async def _sorry(self, event: Event, key: str) -> None:
        language = self.house.config().language
        try:
            if isinstance(event, Asked):
                here, role = await self._here(event)
                if role is not None:
                    await self._say(event, plain(here.say(key)))
            elif isinstance(event, Pressed):
                await self._line.nod(event.query, say(language, key), loud=True)
        except (DeliveryError, StoreError) as error:
            log.warning("nor could that be said", reason=str(error))


def configured(config: Configuration) -> dict[str, Role]:
    """The roles that the configuration gives, by person; the highest where it names one twice."""
    bot = config.bot
    given: dict[str, Role] = {}
    if bot is not None:
        for role, people in (("viewer", bot.viewers), ("editor", bot.editors), ("admin", bot.admins)):
            given |= {str(person): role for person in people}  # type: ignore[misc]  # the loop's tuple widens the literals
    return given


def channel_of(chat: str, topic: int | None, known: chats.Chat | None, config: Configuration) -> str:
    """The id of the channel that this chat (and topic) is: the configured one, else the one that enrolling makes."""
    here = [one for one in config.channels if one.kind == "telegram" and one.chat == chat]
    exact = next((one.id for one in here if one.topic == topic), None)
    if exact is not None:
        return exact
    return here[0].id if here else known.channel if known is not None else f"chat:{chat}"


def _language(chat: chats.Chat | None, config: Configuration, persons: str) -> str:
    """The chat's own choice, else the person's where the bot knows it and nothing else was chosen, else the configuration's."""
    if chat is not None and chat.language:
        return chat.language
    code = persons.partition("-")[0].lower()
    return code if config.language == "en" and code in LANGUAGES else config.language


def _help(here: Here, role: Role) -> Answer:
    lines = [f"{here.aside(f'/{one.name}')}  {here.say(f'cmd_{one.name}')}" for one in allowed(COMMANDS, role)]
    return here.titled(here.say("help_title", role=here.say(role)), [*lines, here.say("help_more")])


def menus(
    commands: Sequence[Command], admins: Sequence[str], language: str, spoken: Mapping[str, str]
) -> dict[str, list[tuple[str, str]]]:
    """The menus by scope: everybody sees what viewers may, an admin's private chat all of it.

    `spoken` are the chats that chose a language of their own: each has a menu in it.
    """

    def listed(role: Role, tongue: str = language) -> list[tuple[str, str]]:
        return [("help", say(tongue, "cmd_help"))] + [
            (one.name, say(tongue, f"cmd_{one.name}")) for one in allowed(commands, role)
        ]

    own = {chat: listed("editor" if chat.startswith("-") else "viewer", tongue) for chat, tongue in spoken.items()} | {
        admin: listed("admin", spoken.get(admin, language)) for admin in admins
    }
    return {"private": listed("viewer"), "groups": listed("editor"), **own}
