"""Headlines of a watched person for tests, each about something else, so that none is a near copy of another."""

from __future__ import annotations

from random import Random

_WORDS = """
harbour bridge schools parliament drought elections oil prisoners border university hospital budget railway water
neighbours courts farmers airport embassy museum teachers electricity army salaries medicine fishermen dam census mosque
market passports constitution housing wheat pilgrims journalists satellite customs quarry veterans theatre bakery desert
orchard tribunal lottery ferry library vaccine archive
"""
WORDS = tuple(_WORDS.split())


def headline(number: int) -> str:
    """The headline of that number: always the same, and unlike all others."""
    said = " ".join(Random(number).sample(WORDS, 6))
    return f"Qais al-Khazali on matter {number}: {said}"
