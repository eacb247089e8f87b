"""The house rules, held by machine: the street is one-way, each foreign package has its room, and importing does nothing.

The rules stand first, as data, so that this file reads like a page of the manual (`docs/house.md` tells them in prose).
Paths are those of the checkout, with `/`; a rule's `scraper/net/*` means every file below that folder.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parent.parent

# ------------------------------------------------------------------------------------------------------------ the rules

WIRING = (
    "alerts/service.py",
    "alerts/steps.py",
    "alerts/once.py",
    "alerts/alive.py",
    "alerts/probing.py",
    "alerts/cli/*",
)
"""Where the program is put together: the only rooms of `alerts` that may call what `scraper` does, and ask the clock."""

VALUES_OF_SCRAPER = (
    "model", "text", "letters", "errors", "settings", "secret", "db", "schema", "store", "sources", "difference", "holds", "beginnings",
    "absences", "rereads", "condition", "search",
    "stories", "likeness", "retention", "calendars", "evidence",
)  # fmt: skip
"""What every room of `alerts` may import from `scraper`."""

ROOMS_OF_CONFIGURATION = (
    "alerts/channel_keys.py", "alerts/config.py", "alerts/effective.py", "alerts/hour_keys.py", "alerts/keys.py",
    "alerts/sections.py", "alerts/unbuilt.py", "alerts/vital_keys.py",
    "alerts/watchlists.py", "alerts/wiring.py",
)  # fmt: skip
READING_CONFIGURATION = (
    "blocks",
    "config",
    "document",
    "keys",
    "lines",
    "measures",
    "references",
    "validate",
    "values",
)
"""One file, read by two rooms: these rooms of `alerts` share the reading of it with `scraper`."""

ALSO_FROM_SCRAPER: dict[str, tuple[str, ...]] = {
    "alerts/config.py": ("net.guard", "net.target"),
    "alerts/channel_keys.py": ("net.guard", "net.target"),
    "alerts/channels/__init__.py": ("net.post",),
    "alerts/channels/webhook.py": ("net.post", "net.answer"),
    "alerts/troubles.py": ("condition", "habits", "gap"),
    "alerts/upkeep.py": ("archive", "copies", "setback"),
}
"""Single exceptions: `guard` and `target` touch no network, and an address in the file is judged by the same rules; `post` is
the guarded way out for a channel; `condition`, `habits` and `gap` are pure."""

FILES_OF_SQL_IN_SCRAPER = (
    "stories", "store", "sources", "shelf", "marks", "holds", "absences", "rereads", "retention", "evidence",
)  # fmt: skip
"""Here `alerts` only reads: what inserts, updates or deletes is not for it."""

WRITERS_FOR_ALERTS = ("judged", "record", "beat", "forget")
"""What writes there and `alerts` may call: it takes out what was judged, says which story that belongs to, gives a sign of life, and
takes out what is past its time."""

ROOMS_OF = {
    "telegram": ("alerts/channels/telegram.py", "alerts/bot/*"),
    "httpx": ("scraper/net/*", "alerts/channels/telegram.py"),
    "aiohttp": ("scraper/net/*",),
    "sqlalchemy": (
        "scraper/db.py", "scraper/schema.py", "scraper/store.py", "scraper/sources.py", "scraper/shelf.py", "scraper/marks.py",
        "scraper/holds.py", "scraper/beginnings.py", "scraper/absences.py", "scraper/rereads.py", "scraper/retention.py",
        "scraper/evidence.py",
        "alerts/retention.py", "scraper/setback.py", "alerts/setback.py",
        "scraper/copies.py", "scraper/upgrade.py", "scraper/migrations/*",
        "scraper/stories.py", "alerts/rung.py", "alerts/schema.py", "alerts/outbox.py", "alerts/verdicts.py",
        "alerts/bot/schema.py", "alerts/bot/chats.py", "alerts/bot/enrolled.py", "alerts/bot/watches.py",
        "alerts/bot/buttons.py", "alerts/bot/deeds.py", "alerts/bot/judgements.py", "alerts/mutes.py",
        "alerts/bundles.py", "alerts/fallback.py",
    ),
    "alembic": ("scraper/upgrade.py", "scraper/migrations/*"),
    "sqlite3": ("scraper/copies.py",),
    "selectolax": ("scraper/parsers/*", "scraper/values.py"),
    "lxml": ("scraper/parsers/*",),
    "feedparser": ("scraper/parsers/*",),
    "trafilatura": ("scraper/parsers/*",),
    "htmldate": ("scraper/parsers/*", "scraper/dates.py"),
    "dateparser": ("scraper/parsers/*", "scraper/dates.py"),
    "protego": ("scraper/net/robots.py",),
    "apscheduler": ("alerts/service.py",),
    "pydantic": (
        "scraper/blocks.py", "scraper/config.py", "scraper/keys.py", "scraper/validate.py", "scraper/values.py",
        *ROOMS_OF_CONFIGURATION,
    ),
    "ahocorasick_rs": ("alerts/watch/*",),
    "re2": ("alerts/watch/terms.py", "scraper/patterns.py"),
    "typer": ("alerts/cli/*",),
    "numpy": ("scraper/folding.py", "alerts/watch/*", "scraper/likeness.py"),
    "rich": ("alerts/cli/*", "alerts/channels/console.py"),
}  # fmt: skip
"""Which files may import a foreign package: so that replacing it is the change of one room."""

RELEASED_TOGETHER = {"pydantic_core": "pydantic"}
"""Packages that may be imported though the project does not ask for them: they are one work with another that it does."""

WALL_CLOCKS = (
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "time.time", "time.time_ns", "time.localtime", "time.ctime",
    "sqlalchemy.func.now", "sqlalchemy.func.current_timestamp",
)  # fmt: skip
"""Names that ask what time it is. `time.monotonic` is no wall clock and is free."""

NAMES_THAT_SAY_NOTHING = ("utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "tools", "core")

MOST_LINES = 450

OLDEST_PYTHON = (3, 11)

NOT_FOR_HELP = ("sqlalchemy", "telegram", "trafilatura", "httpx", "lxml", "feedparser", "dateparser", "alembic")
"""Too heavy to be loaded before a command needs them: `bayan --help` answers at once."""

IMPORTED_BY_OTHERS = ("scraper/migrations/env.py", "scraper/migrations/versions/*")
"""Scripts that Alembic runs inside a migration; nobody imports them."""

PLACES_WHERE_RULES_ARE_WRITTEN = ("github.com", "gitlab.com", "python.org", "wikipedia.org", "docker.com")
"""Sites of the corpus that a comment may name all the same, because a specification or an issue stands there."""

NEVER_IN_A_FILE = {
    "a path of one machine": r"(?:^|[^A-Za-z0-9_.~-])/(?:work|farm|root|home/[a-z]+)/(?!bayan)",
    "the address of a package registry": r"index-url[ =]|source = \{ registry|https?://[^ \"]+\.(?:whl|tgz)\b"
    r"|https?://[^ \"]+(?<!/rdf)/simple(?:/|\b)|pypi\.org|pythonhosted",
    "a mark without an issue number": r"\b(?:TODO|FIXME|XXX)\b(?! ?\(?#\d)",
}

# ------------------------------------------------------------------------------------------------- reading the files once


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the product: its path in the checkout, its dotted name, its text and its tree."""

    path: str
    name: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]


def modules() -> Iterator[Module]:
    for room in ("scraper", "alerts"):
        for file in sorted((CHECKOUT / room).rglob("*.py")):
            path = file.relative_to(CHECKOUT)
            name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
            text = file.read_text("utf-8")
            try:
                tree = ast.parse(text, path.as_posix(), feature_version=OLDEST_PYTHON)
            except SyntaxError as error:
                UNREADABLE.append(f"{path}:{error.lineno}: {error.msg}")
            else:
                yield Module(path.as_posix(), name, text, tree)


UNREADABLE: list[str] = []
HOUSE = tuple(modules())
NAMES = frozenset(module.name for module in HOUSE)


def imports(module: Module) -> Iterator[tuple[int, str, str]]:
    """Of everything that a file imports, wherever in the file: the line, the module, and the module or name taken from it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, alias.name
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                package = module.name if module.path.endswith("/__init__.py") else module.name.rpartition(".")[0]
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                origin = ".".join([*parents, *filter(None, [node.module])])
            for alias in node.names:
                full = f"{origin}.{alias.name}"
                yield node.lineno, full if full in NAMES else origin, full


def lies_in(path: str, places: Iterable[str]) -> bool:
    return any(fnmatchcase(path, place) for place in places)


def dotted_names(module: Module) -> Iterator[tuple[int, str]]:
    """Line and full name of every attribute that is used, with imported names written out: `dt.now` under its real name."""
    known: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            parts: list[str] = []
            inner: ast.expr = node
            while isinstance(inner, ast.Attribute):
                parts.append(inner.attr)
                inner = inner.value
            if isinstance(inner, ast.Name) and inner.id in known:
                yield node.lineno, ".".join([known[inner.id], *reversed(parts)])


def tracked() -> list[Path]:
    """The files that a commit would hold; where git is missing, every file outside the folders that it ignores."""
    try:
        listed = subprocess.run(
            ["git", "-C", CHECKOUT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True,
            check=True,
        ).stdout.decode()
        return [CHECKOUT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        skip = re.compile(
            r"(^|/)(\.git|\.venv[^/]*|__pycache__|\.[a-z]+_cache|\.hypothesis|[^/]*\.egg-info|build|dist)(/|$)"
        )
        return [file for file in CHECKOUT.rglob("*") if not skip.search(file.relative_to(CHECKOUT).as_posix())]


def told(broken: Iterable[str]) -> str:
    return "\n" + "\n".join(sorted(set(broken)))


# ---------------------------------------------------------------------------------------------------- the street is one-way


def test_scraper_never_imports_alerts() -> None:
    broken = [
        f"{module.path}:{line} imports {name}"
        for module in HOUSE
        if module.room == "scraper"
        for line, name, _ in imports(module)
        if name.partition(".")[0] == "alerts"
    ]
    assert not broken, told(broken)


def test_alerts_takes_values_from_scraper_and_leaves_the_doing_to_service_and_cli() -> None:
    broken = []
    for module in HOUSE:
        if module.room != "alerts" or lies_in(module.path, WIRING):
            continue
        shared = READING_CONFIGURATION if module.path in ROOMS_OF_CONFIGURATION else ()
        names = (*VALUES_OF_SCRAPER, *shared, *ALSO_FROM_SCRAPER.get(module.path, ()))
        allowed = {f"scraper.{name}" for name in names}
        broken += [
            f"{module.path}:{line} imports {name}"
            for line, name, _ in imports(module)
            if name.partition(".")[0] == "scraper" and name not in allowed
        ]
    assert not broken, told(broken)


def test_alerts_only_reads_what_scraper_stored() -> None:
    rooms = [module for module in HOUSE if module.name in {f"scraper.{name}" for name in FILES_OF_SQL_IN_SCRAPER}]
    writers = {
        f"{room.name}.{function.name}"
        for room in rooms
        for function in room.tree.body
        if isinstance(function, ast.FunctionDef) and _writes(function)
    }
    allowed = {f"{room.name}.{name}" for room in rooms for name in WRITERS_FOR_ALERTS}
    assert len(writers) > len(WRITERS_FOR_ALERTS), "the SQL has moved, and this rule has lost sight of it"
    broken = [
        f"{module.path}:{line} uses {name}"
        for module in HOUSE
        if module.room == "alerts" and not lies_in(module.path, WIRING)
        for line, name in dotted_names(module)
        if name in writers - allowed
    ]
    assert not broken, told(broken)


def _writes(function: ast.FunctionDef) -> bool:
    return any(isinstance(n, ast.Name) and n.id in ("insert", "update", "delete") for n in ast.walk(function))


def test_no_two_files_import_each_other() -> None:
    edges = {module.name: {name for _, name, _ in imports(module) if name in NAMES} - {module.name} for module in HOUSE}
    done: set[str] = set()
    circles: list[str] = []

    def walk(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            circles.append(" -> ".join([*above[above.index(name) :], name]))
        elif name not in done:
            for below in sorted(edges[name]):
                walk(below, (*above, name))
            done.add(name)

    for name in sorted(edges):
        walk(name, ())
    assert not circles, told(circles)


@pytest.mark.parametrize("package", sorted(ROOMS_OF))
def test_each_foreign_package_stays_in_its_room(package: str) -> None:
    broken = [
        f"{module.path}:{line} imports {name}"
        for module in HOUSE
        if not lies_in(module.path, ROOMS_OF[package])
        for line, name, _ in imports(module)
        if name.partition(".")[0] == package
    ]
    assert not broken, told(broken)


def test_every_foreign_package_is_one_that_the_project_asks_for() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    asked_for = {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}
    brought_by = packages_distributions()
    broken = [
        f"{module.path}:{line} imports {name}: {' or '.join(brought_by.get(name.partition('.')[0], ['nothing that is installed']))}"
        for module in HOUSE
        for line, name, _ in imports(module)
        if name.partition(".")[0] not in {"scraper", "alerts", *sys.stdlib_module_names}
        and RELEASED_TOGETHER.get(name.partition(".")[0]) not in asked_for
        and not asked_for & {canonicalize_name(found) for found in brought_by.get(name.partition(".")[0], [])}
    ]
    assert not broken, told(broken)


def test_only_service_and_cli_ask_what_time_it_is() -> None:
    broken = [
        f"{module.path}:{line} uses {name}"
        for module in HOUSE
        if not lies_in(module.path, WIRING)
        for line, name in dotted_names(module)
        if name in WALL_CLOCKS
    ]
    assert not broken, told(broken)


# ------------------------------------------------------------------------------------------------------ files speak plainly


def test_every_file_is_written_for_the_oldest_python() -> None:
    assert not UNREADABLE, told(UNREADABLE)


def test_every_file_opens_by_saying_what_it_is_for() -> None:
    broken = []
    for module in HOUSE:
        first = (ast.get_docstring(module.tree) or "").partition("\n")[0]
        if len(first.split()) < 4 or not first.endswith((".", ":", ",", ";")):
            broken.append(f"{module.path}: {first!r}")
    assert not broken, told(broken)


def test_no_file_has_a_name_that_says_nothing() -> None:
    broken = [module.path for module in HOUSE if set(module.name.split(".")) & set(NAMES_THAT_SAY_NOTHING)]
    assert not broken, told(broken)


def test_no_file_grows_into_a_town() -> None:
    broken = [f"{module.path}: {lines} lines" for module in HOUSE if (lines := module.text.count("\n")) > MOST_LINES]
    assert not broken, told(broken)


@pytest.mark.parametrize("what", sorted(NEVER_IN_A_FILE))
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(NEVER_IN_A_FILE[what], re.MULTILINE)
    broken = []
    for file in tracked():
        name = file.relative_to(CHECKOUT).as_posix()
        if not file.is_file() or name.startswith("tests/recorded/") or file == Path(__file__).resolve():
            continue
        text = file.read_bytes().decode("utf-8", "replace")
        broken += [
            f"{name}:{text.count(chr(10), 0, hit.start()) + 1}: {hit[0].strip()}" for hit in pattern.finditer(text)
        ]
    assert not broken, told(broken)


@pytest.mark.shared
def test_no_site_of_the_corpus_is_named_in_the_program(shared: Path) -> None:
    sites = {
        file.name.split(".gold")[0].split(".tar")[0] for file in (shared / "corpus" / "polls" / "frontpages").iterdir()
    }
    for manifest in (shared / "corpus").rglob("manifest.jsonl"):
        with manifest.open(encoding="utf-8") as rows:
            sites |= {str(json.loads(row).get("site", "")) for row in rows}
    sites = {site.lower() for site in sites if "." in site} - set(PLACES_WHERE_RULES_ARE_WRITTEN)
    assert len(sites) > 500, "the corpus names its sites elsewhere now, and this rule has lost sight of them"
    host = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
    broken = []
    for module in HOUSE:
        for number, line in enumerate(module.text.splitlines(), 1):
            for found in host.findall(line.lower()):
                ends = {".".join(found.split(".")[start:]) for start in range(found.count("."))}
                broken += [f"{module.path}:{number} names {site}" for site in ends & sites]
    assert not broken, told(broken)


# -------------------------------------------------------------------------------------------------- importing does nothing

IMPORT_AND_WATCH = """
import importlib, json, logging, os, signal, sys, threading
sys.dont_write_bytecode = True
foreign, ours = json.loads(sys.argv[1])
for name in foreign:
    importlib.import_module(name)

seen = []
def watch(event, args):
    if event == "open" and (any(c in str(args[1] or "") for c in "wax+") or (args[2] or 0) & (os.O_WRONLY | os.O_RDWR)):
        seen.append(f"opens {args[0]} for writing")
    elif event.startswith(("socket.", "subprocess.", "sqlite3.connect", "os.system", "os.exec", "os.posix_spawn", "os.fork",
                           "os.mkdir", "os.remove", "os.rename", "os.putenv", "os.unsetenv", "os.chdir", "shutil.", "tempfile.")):
        seen.append(f"does {event} {args!r:.200}")

def state():
    return (dict(os.environ), list(logging.root.handlers), logging.root.level, threading.active_count(),
            {s: signal.getsignal(s) for s in signal.valid_signals()}, os.getcwd(), list(sys.path), sys.excepthook)

sys.addaudithook(watch)
for name in ours:
    before, seen[:] = state(), []
    importlib.import_module(name)
    for what in seen:
        print(f"{name} {what}")
    if state() != before:
        print(f"{name} changes the environment, logging, a signal handler, a thread or the search path")
"""


def test_importing_any_module_does_nothing_else(tmp_path: Path) -> None:
    importable = [module for module in HOUSE if not lies_in(module.path, (*IMPORTED_BY_OTHERS, "*/__main__.py"))]
    taken = {name for module in importable for _, name, _ in imports(module)}
    foreign = sorted(name for name in taken if name.partition(".")[0] not in ("scraper", "alerts"))
    argument = json.dumps([foreign, [module.name for module in importable]])
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(CHECKOUT), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_AND_WATCH, argument],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stdout, "\n" + done.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif("alerts.cli" not in NAMES, reason="the command line is not built yet")
def test_help_does_not_wait_for_what_only_a_command_needs() -> None:
    code = "import sys, alerts.cli; print('\\n'.join({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(done.stdout.split()) & set(NOT_FOR_HELP)
