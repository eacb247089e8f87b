"""The documents keep their word: the first commands are the first commands, every command exists, every link leads somewhere."""

from __future__ import annotations

import importlib.util
import itertools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
DOCUMENTS = tuple(
    sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md"), *(CHECKOUT / "deploy").rglob("*.md")])
)
HISTORY = ("CHANGELOG.md",)
"""Documents that may speak of commands that are no more."""


def fences(text: str) -> list[tuple[str, str]]:
    """The fenced blocks of a document, in order: what stands after the fence, and what is in it."""
    return re.findall(r"^```([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> Iterator[str]:
    """Every command line for bayan in a document, without its first word: lines of fenced blocks, and code in a sentence."""
    for language, block in fences(text):
        if language in ("sh", "bash", "console"):
            for line in block.replace("\\\n", " ").splitlines():
                yield from asked_of_bayan(line)
    for code in re.findall(r"`([^`\n]+)`", unfenced(text)):
        yield from asked_of_bayan(code)


def asked_of_bayan(line: str) -> Iterator[str]:
    """What one line of a shell asks bayan to do: by itself, through run.py, in a pipe, in a container. Redirections are left out."""
    for part in re.split(r"\s(?:\||&&)\s|\$\(|\)\"", line):
        try:
            words = shlex.split(part.removeprefix("$ "), comments=True)
        except ValueError:  # half a quotation: no command that could be typed
            continue
        words = list(itertools.takewhile(lambda word: not re.match(r"[0-9]?[<>]", word), words))
        while words and (words[0] == "sudo" or re.match(r"[A-Z_]+=", words[0])):
            words.pop(0)
        if words[:2] in (["docker", "run"], ["docker", "compose"]) and "bayan" in words:
            runs = words[:2] == ["docker", "run"] or "run" in words or "exec" in words
            after = words[words.index("bayan") + 1 :] if runs else []
            words = after if "exec" in words else ["bayan", *after]
        elif words[:1] == ["kubectl"] and "--" in words:
            words = words[words.index("--") + 1 :]
        if words[:2] == ["python3", "run.py"]:
            words.pop(0)
        if len(words) > 1 and (words[0] in ("bayan", "run.py") or words[0].endswith("/bin/bayan")):
            yield shlex.join(words[1:])


def unfenced(text: str) -> str:
    """A document without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def problem(command: str, root: Any) -> str:
    """What is wrong with one command line, "" where it could be typed as it stands."""
    words = shlex.split(command)
    if words[:1] == ["test"]:  # run.py's own word: pytest
        return ""
    here, path = root, "bayan"
    while words and hasattr(here, "commands"):
        word = words.pop(0)
        if word.startswith("-"):
            words.insert(0, word)
            break
        if word not in here.commands:
            return f"{path} has no command {word!r}"
        here, path = here.commands[word], f"{path} {word}"
    options = {
        name: option
        for option in here.params
        for name in (*option.opts, *option.secondary_opts)
        if name.startswith("-")
    }
    wanted = 0
    while words:
        word = words.pop(0)
        name, _, given = word.partition("=")
        if name in ("--help", "-h"):
            return ""
        if not name.startswith("-") or name == "-":
            wanted += 1
        elif name not in options:
            return f"{path} has no option {name}"
        elif not options[name].is_flag and not given and not words:
            return f"{path}: {name} needs a value"
        elif not options[name].is_flag and not given:
            words.pop(0)
    if hasattr(here, "commands") and path != "bayan":
        return f"{path} needs one of {', '.join(here.commands)}"
    arguments = [one for one in here.params if one.param_type_name == "argument"]
    if wanted < sum(one.required for one in arguments):
        return f"{path} needs {arguments[wanted].name}"
    if wanted > len(arguments) and all(one.nargs == 1 for one in arguments):
        return f"{path} takes only {len(arguments)} words"
    return ""


@pytest.fixture(scope="module")
def root() -> Any:
    """The command line as it is built."""
    if importlib.util.find_spec("alerts.cli") is None:
        pytest.skip("the command line is not built yet")
    import typer

    from alerts.cli import app

    return typer.main.get_command(app)


def test_the_first_two_commands_of_the_readme_are_demo_and_test() -> None:
    found = [block.strip() for _, block in fences((CHECKOUT / "README.md").read_text("utf-8"))]
    assert found[:2] == ["python3 run.py demo", "python3 run.py test"]


@pytest.mark.parametrize(
    "document", [d for d in DOCUMENTS if d.name not in HISTORY], ids=lambda d: d.relative_to(CHECKOUT).as_posix()
)
def test_every_command_in_the_documents_can_be_typed(document: Path, root: Any) -> None:
    wrong = [f"{line}: {said}" for line in commands(document.read_text("utf-8")) if (said := problem(line, root))]
    assert not wrong, "\n".join(wrong)


def test_every_command_is_in_the_documents(root: Any) -> None:
    told = {line for document in DOCUMENTS for line in commands(document.read_text("utf-8"))}
    missing = []
    for name, command in root.commands.items():
        for verb in getattr(command, "commands", {"": None}):
            full = f"{name} {verb}".strip()
            if not any(f"{line} ".startswith(f"{full} ") for line in told):
                missing.append(f"bayan {full}")
    assert not missing, f"no document shows: {', '.join(missing)}"


def test_the_check_of_commands_sees_what_is_wrong(root: Any) -> None:
    assert "no command" in problem("watch", root)
    assert "no option" in problem("version --jsn", root)
    assert problem("version --json", root) == ""


def test_a_command_is_found_wherever_it_is_typed() -> None:
    found = [
        *commands("""
```sh
sudo -u x chgrp bayan /etc/passwd
BAYAN_CONFIG=x /opt/bayan/.venv/bin/bayan status --json | jq . > file
echo "a b" | bayan match - --title "c d"
docker build --tag bayan .
docker run --rm --read-only bayan demo
docker compose exec bayan bayan status
docker compose run --rm bayan demo --stay
kubectl --namespace bayan exec deployment/bayan -- bayan health
$EDITOR "$(bayan config path)"
```
and `bayan version --json`, not `bayan`.""")
    ]
    assert found == [
        "status --json", "match - --title 'c d'", "demo", "status", "demo --stay", "health", "config path",
        "version --json",
    ]  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.relative_to(CHECKOUT).as_posix())
def test_every_link_within_the_checkout_leads_somewhere(document: Path) -> None:
    text = unfenced(document.read_text("utf-8"))
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists():
            wrong.append(f"{target}: no such file")
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text("utf-8")):
            wrong.append(f"{target}: no such heading")
    assert not wrong, "\n".join(wrong)


def anchors(text: str) -> set[str]:
    """The names under which a document's headings can be linked to."""
    headings = re.findall(r"^#+ +(.+?)\s*$", unfenced(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_of_the_manual_is_reached_from_its_index() -> None:
    index = (CHECKOUT / "docs" / "README.md").read_text("utf-8")
    linked = {
        (CHECKOUT / "docs" / target.partition("#")[0]).resolve() for target in re.findall(r"\]\(([^)\s]+)\)", index)
    }
    pages = {page for page in (CHECKOUT / "docs").rglob("*.md") if page.name != "README.md"}
    folders = {page for page in pages if page.parent in linked}
    assert sorted(page.relative_to(CHECKOUT).as_posix() for page in pages - linked - folders) == []


def test_the_configuration_of_the_readme_is_right(tmp_path: Path) -> None:
    if importlib.util.find_spec("alerts.config") is None:
        pytest.skip("the configuration is not built yet")
    from alerts.config import load

    blocks = [block for language, block in fences((CHECKOUT / "README.md").read_text("utf-8")) if language == "toml"]
    assert blocks
    for block in blocks:
        file = tmp_path / "config.toml"
        file.write_text(block, "utf-8")
        found = load(file, {"BAYAN_TELEGRAM_TOKEN": f"123456789:{'a' * 35}", "HOME": str(tmp_path)})
        assert found.sources
        assert not found.warnings


def test_the_map_of_the_house_shows_every_room() -> None:
    page = (CHECKOUT / "docs" / "house.md").read_text("utf-8")
    shown = set(re.findall(r"`(?:scraper/|alerts/)?(\w+)(?:\.py|/)?`", page))
    rooms = {
        path.stem
        for room in ("scraper", "alerts")
        for path in (CHECKOUT / room).iterdir()
        if path.suffix in (".py", "")
    }
    assert sorted(room for room in rooms - shown if not room.startswith("_")) == [], (
        "docs/house.md does not say what these are for"
    )
