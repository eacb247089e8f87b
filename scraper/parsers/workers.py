"""Parses pages in processes that can be killed, so that no page can hold up, crash or enter the service.

    await pool.listed(page, source)  ->  a free slot  ->  its worker (raised if need be)  ->  question .. answer  ->  Listed
                                     ->  the line of the heavy  ->  a free slot  ->  a worker of its own  ->  ...

A worker that takes more time or memory than it may, or dies, is killed and its page is "too_complex"; the slot is free again
whatever happened, also when the waiting coroutine is cancelled. Time is what the worker's processor took: on a machine with other
work a page is not dearer. See `nursery.py` for how workers come to be and end, and `job.py` for what is said to them.

Most pages take milliseconds. So each is first given a small part of its time; one that needs more gets all of it in the line of
the heavy, which go one after the other and give way to other processes. What one page costs is not paid by all sources.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from scraper.errors import ParseError
from scraper.model import Article, Listed, Offers, Page, Source
from scraper.parsers import job

MIB = 1024 * 1024
_START_SECONDS = 60.0
"""For the imports of the nursery on a slow and busy machine."""
_PATIENCE = 20
"""How many times as long as its processor time a parse may take: on a busy machine a worker has the processor now and then.

Nothing in a parser waits, so this ends only what the kernel holds up; `scraper/net/load.py` stands still for longer than that."""
_LIGHT = 1 / 6
"""The part of its time that a page is given at first; what takes longer is heavy."""
_NICE = 2
"""By how much the worker of a heavy page steps back (nice(2)): a third less of a busy processor than the service has."""
_LARGE = 2 * MIB
"""Bytes of a page from which on it is taken for heavy unseen."""
_INLINE = 64 * 1024
"""Answers up to this many bytes are read at once (2 ms); longer ones in a thread."""
_PIECE = 256 * 1024
"""Bytes of a page that are handed to a worker at a time."""
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from scraper.parsers.nursery import main; "
    "main(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))"
)
_KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")

T = TypeVar("T")


@dataclass(slots=True)
class _Worker:
    """One process and the line to it. Not a value: it lives and dies."""

    number: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    jobs: int = 0


class _Nursery:
    """The nursery process and the line on which it takes orders."""

    def __init__(self, memory: int, seconds: float) -> None:
        self.control, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-c",
                    _BOOT,
                    json.dumps(sys.path),
                    str(theirs.fileno()),
                    str(memory),
                    str(seconds),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # Secrets may be in the environment, and the parsers need nothing of it.
                env={"LANG": "C.UTF-8", **{k: os.environ[k] for k in _KEPT_ENVIRONMENT if k in os.environ}},
                start_new_session=True,  # a Ctrl-C at the terminal is for the service alone
            )

    def order(self, letter: bytes, number: bytes, *fds: int) -> None:
        """Send an order; an OSError says that the nursery is gone."""
        socket.send_fds(self.control, [letter + number], list(fds))

    @property
    def is_gone(self) -> bool:
        return self.process.poll() is not None

    def end(self) -> None:
        """End the nursery and with it every worker. It blocks until they are gone."""
        self.control.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class ParsePool:
    """At most `workers` parses at a time, each at most `seconds` of processor time and `memory` bytes large (beyond the parsers' own).

    Pages that are large, or of sources whose last page was heavy, are heavy unseen. They are parsed one fewer at a time, so that
    a worker is left to the others; and the worker that parsed one is replaced, because it keeps the memory that it once needed.

    Nothing is started before the first page. A worker is replaced after `jobs` pages, so that what leaks stays small. Use it
    in one event loop and close it there.
    """

    def __init__(self, workers: int = 2, *, seconds: float = 3.0, memory: int = 128 * MIB, jobs: int = 500) -> None:
        self._seconds, self._memory, self._jobs = seconds, memory, jobs
        self._light = seconds * _LIGHT
        self._slots = asyncio.Semaphore(workers)
        self._heavy: set[str] = set()
        self._heavy_slots = asyncio.Semaphore(max(1, workers - 1))
        self._idle: list[_Worker] = []
        self._nursery: _Nursery | None = None
        self._raised = 0
        self._closed = False

    @property
    def started(self) -> int:
        """How many workers were started so far; more than its slots where some ended: old, killed or dead of a page."""
        return self._raised

    async def listed(self, page: Page, source: Source) -> Listed:
        """What `PARSERS[source.kind]` finds in `page`. Raises ParseError, and nothing else, for whatever the page holds."""
        return await self._ask("listed", page, source, job.read_listed)

    async def article(self, page: Page, source: Source) -> Article:
        """What the article parser finds in `page`, by the rules of `source`. Raises ParseError."""
        return await self._ask("article", page, source, job.read_article)

    async def offers(self, page: Page, source: Source) -> Offers:
        """What `page` says that its site offers. Raises ParseError."""
        return await self._ask("offers", page, source, job.read_offers)

    async def aclose(self) -> None:
        """Kill all workers and wait for their end. A parse under way is told that the pool is closed."""
        self._closed = True
        for worker in self._idle:
            worker.writer.close()
        self._idle.clear()
        if self._nursery is not None:
            nursery, self._nursery = self._nursery, None
            await asyncio.to_thread(nursery.end)

    async def _ask(self, verb: job.Verb, page: Page, source: Source, read: Callable[[bytes], T]) -> T:
        answer = None
        if len(page.body) < _LARGE and source.id not in self._heavy:
            async with self._slots:
                answer = await self._parsed(verb, page, source, heavy=False)
        if answer is None:
            async with self._heavy_slots, self._slots:
                answer = await self._parsed(verb, page, source, heavy=True)
        if answer is None:
            raise self._lost()
        if len(answer) <= _INLINE:
            return read(answer)
        return await asyncio.to_thread(read, answer)

    async def _parsed(self, verb: job.Verb, page: Page, source: Source, *, heavy: bool) -> bytes | None:
        """What a worker answers; None where it died, of what the page took or of anything else. Raises ParseError."""
        seconds = self._seconds if heavy else self._light
        worker = await self._free_worker()
        kept = False
        try:
            async with asyncio.timeout(seconds * _PATIENCE):
                asked = job.question(verb, page, source, seconds=seconds, nice=_NICE if heavy else 0)
                took, answer = await _exchange(worker, asked, page.body)
            self._note(source, took)
            worker.jobs += 1
            kept = worker.jobs < self._jobs and not self._closed and not heavy
            return answer
        except TimeoutError as error:
            self._note(source, seconds)
            raise ParseError("too_complex", f"not parsed within {seconds * _PATIENCE:g} s") from error
        except (OSError, asyncio.IncompleteReadError) as error:
            if self._closed:
                raise self._lost() from error
            self._note(source, seconds)
            return None
        finally:
            if kept:
                self._idle.append(worker)
            else:
                self._end(worker)

    def _note(self, source: Source, took: float) -> None:
        """Whether the next page of `source` is taken for heavy unseen, after one that took so many seconds."""
        if took > self._light / 2:
            self._heavy.add(source.id)
        else:
            self._heavy.discard(source.id)

    def _lost(self) -> ParseError:
        if self._closed:
            return ParseError("parse_error", "the parsers were stopped")
        return ParseError(
            "too_complex", f"the parser died of this page, or was not done within {self._seconds:g} s of its own time"
        )

    async def _free_worker(self) -> _Worker:
        while self._idle:
            worker = self._idle.pop()
            if not worker.reader.at_eof():
                return worker
            self._end(worker)
        if self._closed:
            raise self._lost()
        try:
            return await self._raise_worker()
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise ParseError("parse_error", f"no parse worker could be started: {type(error).__name__}") from error

    async def _raise_worker(self) -> _Worker:
        """A new worker that has said that it is ready."""
        if self._nursery is None or self._nursery.is_gone:
            if self._nursery is not None:
                self._nursery.end()
            self._nursery = _Nursery(self._memory, self._seconds)
        self._raised += 1
        number = self._raised.to_bytes(job.LENGTH // 2, "big")
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._nursery.order(b"S", number, theirs.fileno())
            reader, writer = await asyncio.open_unix_connection(sock=ours)
        except BaseException:
            ours.close()
            raise
        worker = _Worker(number, reader, writer)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await _frame(reader)
        except BaseException:
            self._end(worker)
            raise
        return worker

    def _end(self, worker: _Worker) -> None:
        """Have a worker killed and buried. Never waits, never fails."""
        worker.writer.transport.abort()
        if self._nursery is not None:
            with suppress(OSError):  # the nursery is gone, and its workers with it
                self._nursery.order(b"K", worker.number)


async def _exchange(worker: _Worker, asked: bytes, body: bytes) -> tuple[float, bytes]:
    worker.writer.write(asked)
    with memoryview(body) as whole:
        for at in range(0, len(body), _PIECE):  # all at once it would be copied, and stand in memory twice
            worker.writer.write(whole[at : at + _PIECE])
            await worker.writer.drain()
    return await _frame(worker.reader)


async def _frame(reader: asyncio.StreamReader) -> tuple[float, bytes]:
    """The seconds of processor time that an answer took, and the answer."""
    head = await reader.readexactly(job.LENGTH + job.TOOK)
    size, took = int.from_bytes(head[: job.LENGTH], "big"), int.from_bytes(head[job.LENGTH :], "big")
    if size > job.MAX_ANSWER:
        raise ConnectionAbortedError("an answer over the limit")
    return took / 1000, await reader.readexactly(size)
