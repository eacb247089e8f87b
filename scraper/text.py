"""Text from outside, made safe at the door, and the folding machine that makes spellings comparable.

`clean` is what every parser calls on every string it lets in.
"""

from __future__ import annotations

import re

_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str, limit: int = 1_000_000) -> str:
    """`text` as it may enter the house: line ends are newlines, control characters and lone surrogates are gone.

    At most `limit` code points are kept. Bidi controls, zero-width characters and look-alikes stay: they are evidence,
    and the folding machine and the message know how to treat them. White space at both ends is dropped.
    """
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text[:limit]).replace("\t", " ")).strip()


def clean_line(text: str, limit: int = 4_000) -> str:
    """`clean`, with every run of white space made one space: for titles, names and addresses shown to people."""
    return " ".join(clean(text, limit * 4).split())[:limit]
