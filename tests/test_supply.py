"""What is installed is what the locks say: every dependency pinned and hashed, both locks in step, every licence known."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "tests/requirements.lock")
EXTRA = "deploy/requirements-channels.lock"
"""What the extra `channels` needs besides; nothing of the program asks for it."""
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
FREE = re.compile(
    r"apache|mit\b|bsd|isc|mpl|psf|python software|unlicense|lgpl|public domain|0bsd|cc0|unicode", re.IGNORECASE
)
"""Licences under which bayan may be used with the package: all of them leave the program its own."""


def pins(lock: str) -> dict[str, tuple[str, str, list[str]]]:
    """Of each package: its version, its marker, its hashes."""
    found = {}
    for entry in (CHECKOUT / lock).read_text("utf-8").replace("\\\n", " ").splitlines():
        if entry and not entry.startswith("#"):
            read = re.match(r"([A-Za-z0-9_.-]+)==([^\s;]+)\s*(?:;([^-]*(?:-(?!-hash)[^-]*)*))?", entry)
            assert read, entry
            found[_even(read[1])] = (
                read[2],
                (read[3] or "").strip(),
                re.findall(r"--hash=sha256:([0-9a-f]{64})\b", entry),
            )
    return found


def _even(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _named(wanted: list[str]) -> dict[str, str]:
    """Of each requirement: its name, and the lowest version that it takes."""
    found = {}
    for one in wanted:
        name = re.match(r"[A-Za-z0-9_.-]+", one)
        least = re.search(r">=([0-9.]+)", one)
        assert name
        found[_even(name[0])] = least[1] if least else "0"
    return found


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_by_hash(lock: str) -> None:
    found = pins(lock)
    assert len(found) > 20
    assert [name for name, (_, _, hashes) in found.items() if not hashes] == []
    text = (CHECKOUT / lock).read_text("utf-8")
    assert not re.search(r"^-|--(?:extra-)?index-url|--find-links|https?://", text, re.MULTILINE)


def test_every_dependency_stands_in_the_lock_in_a_version_that_it_takes() -> None:
    for lock, wanted in (
        (LOCKS[0], [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]),
        (LOCKS[1], PROJECT["dependency-groups"]["test"]),
    ):
        found = {**pins(LOCKS[0]), **pins(lock)}
        for name, least in _named(wanted).items():
            assert name in found, f"{name} is missing in {lock}: .ci/lock makes it again"
            assert _numbers(found[name][0]) >= _numbers(least), name


def test_the_extra_is_pinned_by_hash_and_agrees_with_what_bayan_runs_with() -> None:
    run, extra = pins(LOCKS[0]), pins(EXTRA)
    assert [name for name, (_, _, hashes) in extra.items() if not hashes] == []
    assert {name: (run[name][0], one[0]) for name, one in extra.items() if name in run and run[name][0] != one[0]} == {}
    for name, least in _named(PROJECT["project"]["optional-dependencies"]["channels"]).items():
        assert _numbers(extra[name][0]) >= _numbers(least), f"{name}: .ci/lock makes it again"
    assert "apprise" in extra and "apprise" not in run


def test_the_two_locks_agree() -> None:
    run, test = pins(LOCKS[0]), pins(LOCKS[1])
    assert {name: (run[name][0], one[0]) for name, one in test.items() if name in run and run[name][0] != one[0]} == {}


def test_every_licence_is_known_and_listed() -> None:
    """docs/licences.md names each package that bayan runs with; what is not installed here is for another platform."""
    listed = dict(
        re.findall(
            r"^\| (?!package|---)([a-z0-9-]+) \| ([^|]+) \|$",
            (CHECKOUT / "docs" / "licences.md").read_text("utf-8"),
            re.MULTILINE,
        )
    )
    assert sorted(listed) == sorted({*pins(LOCKS[0]), *pins(EXTRA)})
    assert [name for name, licence in listed.items() if not FREE.search(licence)] == []
    for name, licence in listed.items():
        try:
            assert _licence(name) == licence, name
        except PackageNotFoundError:
            continue


def _licence(name: str) -> str:
    said = metadata(name)
    kinds = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier", []) if one.startswith("License ::")]
    return " ".join(
        (
            said["License-Expression"] or " and ".join(kinds) or (said["License"] or "").strip().split("\n")[0][:60]
        ).split()
    )


def test_an_audit_without_its_service_says_so(tmp_path: Path) -> None:
    """Where nobody answers it ends with 75 and one line, and never with "nothing found"."""
    (tmp_path / "curl").write_text("#!/bin/sh\nexit 7\n")
    (tmp_path / "curl").chmod(0o755)
    ran = subprocess.run(
        [CHECKOUT / ".ci" / "audit"], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True
    )
    assert ran.returncode == 75 and ran.stderr.count("\n") == 1 and "nothing was checked" in ran.stderr


def test_every_test_that_security_md_names_is_there() -> None:
    text = (CHECKOUT / "SECURITY.md").read_text("utf-8")
    named = re.findall(r"(test_\w+\.py)(?:::(test_\w+))?", text)
    assert len(named) > 15 and text.count("\n") < 150
    for file, test in named:
        source = (CHECKOUT / "tests" / file).read_text("utf-8")
        assert not test or f"def {test}(" in source, f"{file}::{test}"
    for script in re.findall(r"python -m (tests\.\w+)", text):
        assert (CHECKOUT / f"{script.replace('.', '/')}.py").is_file(), script
