"""Keys that the configuration will have and this version does not act on: each is one clear problem, never silence.

The one list: whoever builds a key moves its row from here to `keys.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from scraper.document import Findings, Part

ANY: Final = "*"
"""In a row: every id, or every element of a list."""

NOT_BUILT: Final[dict[str, tuple[object, ...]]] = {
    "storage.password": (),
    "channels.*.pictures": ("none",),
    "service.web": (False,),
}
"""Key to the values that may stand all the same, because they say what this version does anyway."""

MESSAGE: Final = "not built yet in this version"
REMEDY: Final = "remove it"


def later_keys(table: str) -> tuple[str, ...]:
    """The unbuilt keys of a table: `later_keys("sources.*")`."""
    return tuple(key.rpartition(".")[2] for key in NOT_BUILT if key.rpartition(".")[0] == table)


def without_unbuilt(part: Part, findings: Findings) -> Part:
    """The document below `part` (its top) without what is not built, each noted as a problem.

    A value that may stand is taken out too, and nothing is said.
    """
    kept = Part(part.document, part.path, _copied(part.raw))
    for key, harmless in NOT_BUILT.items():
        for above, found in tuple(_found(kept, tuple(key.split(".")))):
            if not any(found.raw == value and type(found.raw) is type(value) for value in harmless):
                findings.problem(found, MESSAGE, REMEDY)
            del above.raw[found.path[-1]]
    return kept


def _found(part: Part, way: tuple[str, ...]) -> Iterator[tuple[Part, Part]]:
    """The parts that stand at `way` below `part`, each with the table it stands in."""
    here, *below = way
    if here == ANY and isinstance(part.raw, dict | list):
        for key in part.raw if isinstance(part.raw, dict) else range(len(part.raw)):
            yield from _found(part.at(key), tuple(below))
    elif isinstance(part.raw, dict) and here in part.raw:
        if below:
            yield from _found(part.at(here), tuple(below))
        else:
            yield part, part.at(here)


def _copied(raw: Any) -> Any:
    """Tables and lists anew, so that rows can be taken out; `read_document` has bounded their depth."""
    if isinstance(raw, dict):
        return {key: _copied(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_copied(value) for value in raw]
    return raw
