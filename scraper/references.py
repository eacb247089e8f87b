"""Finds the secrets that a configuration refers to: in the environment, a file, systemd's credentials, or (warned) the file itself."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path as FilePath

from scraper.document import Part
from scraper.secret import Secret
from scraper.validate import Checker
from scraper.values import REFERENCE_FORMS, Reference

MAX_BYTES = 64 * 1024


def find_secret(reference: Reference, part: Part, checker: Checker, environ: Mapping[str, str]) -> Secret | None:
    """The secret that `reference`, standing at `part`, means; None after a problem was noted. Its value is in no message.

    One line end at the end of a file is not part of the secret. A relative path starts at the configuration's folder.
    """
    match reference.kind:
        case "env":
            value = environ.get(reference.value, "")
            if not value:
                checker.findings.problem(part, f"the environment variable {reference.value} is not set, or empty")
        case "file":
            value = _file(
                part.document.folder / at_home(reference.value, environ),
                part,
                checker,
                shared_is_worth_a_word=True,
            )
        case "credential":
            folder = environ.get("CREDENTIALS_DIRECTORY", "")
            if not folder:
                hint = f"it comes from LoadCredential={reference.value}:FILE in the systemd unit"
                checker.findings.problem(part, "$CREDENTIALS_DIRECTORY is not set, so there are no credentials", hint)
                return None
            value = _file(FilePath(folder) / reference.value, part, checker, shared_is_worth_a_word=False)
        case "plain":
            value = reference.value
            if not value:
                checker.findings.problem(part, "is empty", f"write {REFERENCE_FORMS}")
            else:
                seen = " and everybody on this machine can read the file" if _is_shared(part) else ""
                checker.findings.warn(part, f"the secret stands in the file itself{seen}", f"better {REFERENCE_FORMS}")
    if not value:
        return None
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in value):
        checker.findings.problem(part, "the secret holds control characters or more than one line")
        return None
    return Secret(value)


def find_headers(
    headers: Mapping[str, Reference], part: Part, checker: Checker, environ: Mapping[str, str]
) -> dict[str, str]:
    """The values of `headers`, standing at `part`. A plain one is warned of where its name tells of a secret."""
    found: dict[str, str] = {}
    for name, reference in headers.items():
        secret_like = reference.kind != "plain" or re.search(r"auth|cookie|key|token|secret", name, re.IGNORECASE)
        here = part.at(name)
        value = reference.value
        if secret_like or not value.isprintable():
            secret = find_secret(reference, here, checker, environ)
            value = secret.reveal() if secret else ""
        if not value.isascii():
            checker.findings.problem(here, "must be plain ASCII")
        found[name] = value
    return found


def at_home(path: str, environ: Mapping[str, str]) -> FilePath:
    """`path`, with `~/` at its start read as the home folder that `environ` names."""
    home = environ.get("HOME", "")
    return FilePath(home + path[1:]) if home and (path == "~" or path.startswith("~/")) else FilePath(path)


def _file(path: FilePath, part: Part, checker: Checker, *, shared_is_worth_a_word: bool) -> str:
    """What the file at `path` holds; "" after a problem was noted."""
    try:
        opened = os.open(
            path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
        )  # a pipe that nobody fills must not hold us up
        try:
            found = os.fstat(opened)
            if not stat.S_ISREG(found.st_mode):
                checker.findings.problem(part, f"{path} is not a file")
                return ""
            raw = os.read(opened, MAX_BYTES + 1)
        finally:
            os.close(opened)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name is no file name"
        checker.findings.problem(part, f"{path} cannot be read: {reason}")
        return ""
    if len(raw) > MAX_BYTES:
        checker.findings.problem(part, f"{path} is larger than 64 KiB: that is no secret")
        return ""
    try:
        value = raw.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        checker.findings.problem(part, f"{path} is not UTF-8 text")
        return ""
    if not value:
        checker.findings.problem(part, f"{path} is empty")
    if shared_is_worth_a_word and found.st_mode & stat.S_IROTH:
        checker.findings.warn(part, f"everybody on this machine can read {path}", f"chmod o-r {path}")
    return value


def _is_shared(part: Part) -> bool:
    try:
        return bool(FilePath(part.document.file).stat().st_mode & stat.S_IROTH)
    except OSError:
        return False
