"""Keeps the collector of cycles away from compiled watchlists: it finds nothing in them, and its look stops every thread.

Ten thousand actors are millions of objects, which one look goes through for seconds. There are no cycles in them, so that
a watchlist that another has replaced is gone with the last who used it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar
from weakref import WeakMethod

_MANY = 1_000
"""Actors of a large watchlist."""
K = TypeVar("K")
V = TypeVar("V")


@contextmanager
def uncollected(count: int) -> Iterator[None]:
    """Nothing is collected inside; where so many actors were compiled, what lives then is never looked at again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            if count >= _MANY:
                gc.freeze()
            gc.enable()


class Method(Generic[K, V]):
    """A method of an object that holds on to us, without holding on to it: no cycle."""

    __slots__ = ("_method",)

    def __init__(self, method: Callable[[K], V]) -> None:
        self._method = WeakMethod(method)

    def __call__(self, key: K) -> V:
        method = self._method()
        if method is None:
            raise ReferenceError("what knows the answer is gone")
        return method(key)
