"""What changed between two texts, as the rooms that draw messages know it: `scraper/difference.py`, which does the work."""

from scraper.difference import Piece, difference, shortened

__all__ = ["Piece", "difference", "shortened"]
