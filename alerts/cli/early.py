"""Whether another bayan works in the data folder, found out before anything heavy is loaded. Standard library, and the lock.

The configuration is looked at for one key only, and nothing is judged: wherever there is any doubt, the command itself finds out,
as it would without this file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

LARGEST = 64 * 1024
"""Bytes of a configuration that are read for this: what is larger takes longer to read than it saves."""
_ASKED = {"--config": "config", "-c": "config", "--data-dir": "data_dir"}
_NOT_AT_WORK = frozenset({"--help", "-h", "--dry-run"})


def other_at_work(words: Sequence[str], environ: Mapping[str, str]) -> str:
    """For `bayan run`: who else works in its data folder, as a sentence; else "", and the folder's lock is taken where it is known.

    Where the folder or its lock is not there yet, they are made, and taken away again (`undo_early`) by whoever finds the
    configuration wrong.
    """
    if not words or words[0] != "run" or not _NOT_AT_WORK.isdisjoint(words):
        return ""
    from alerts.lock import AlreadyRunning, take_early

    try:
        folder = _data_dir(words[1:], environ)
        if folder is not None:
            take_early(folder)
    except AlreadyRunning as other:
        return str(other)
    except (OSError, ValueError):  # whatever is wrong, the command says it with its place
        return ""
    return ""


def _data_dir(words: Sequence[str], environ: Mapping[str, str]) -> Path | None:
    """Where the data lies, as `alerts/config.py` and `scraper/config.py` find it; None where that is not plain to see."""
    asked: dict[str, str] = {}
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        name, equals, value = word.partition("=")
        if name in _ASKED:
            asked[_ASKED[name]] = value if equals else following
    home = environ.get("HOME", "")
    if asked.get("data_dir"):
        return Path(asked["data_dir"]).absolute()
    if environ.get("BAYAN_DATA_DIR"):
        return _at_home(environ["BAYAN_DATA_DIR"], home).absolute()
    config = _config(asked.get("config", ""), environ)
    if config is None or not config.is_file() or config.stat().st_size > LARGEST:  # a pipe would be waited for
        return None
    import tomllib

    storage = tomllib.loads(config.read_text("utf-8")).get("storage", {})
    named = storage.get("data_dir", "") if isinstance(storage, dict) else None
    if not isinstance(named, str):
        return None
    if named:
        return (config.parent / _at_home(named, home)).absolute()
    if state := environ.get("STATE_DIRECTORY", "").partition(":")[0]:
        return Path(state)
    data = environ.get("XDG_DATA_HOME", "")
    return Path(data) / "bayan" if data.startswith("/") else Path(home or "/") / ".local" / "share" / "bayan"


def _config(asked: str, environ: Mapping[str, str]) -> Path | None:
    if asked or environ.get("BAYAN_CONFIG"):
        return Path(asked or environ["BAYAN_CONFIG"])
    places = [Path("config.toml")]
    home = environ.get("XDG_CONFIG_HOME", "")
    if not home.startswith("/") and environ.get("HOME"):
        home = str(Path(environ["HOME"]) / ".config")
    places += [Path(home) / "bayan" / "config.toml"] if home else []
    return next((place for place in (*places, Path("/etc/bayan/config.toml")) if place.is_file()), None)


def _at_home(path: str, home: str) -> Path:
    return Path(home + path[1:]) if home and (path == "~" or path.startswith("~/")) else Path(path)
