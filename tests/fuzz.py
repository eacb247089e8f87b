"""Throws broken input at every door of bayan for a while, each door in a process that can be killed, and keeps what breaks one.

    python -m tests.fuzz --minutes 60 --seed 1                all targets in turn
    python -m tests.fuzz --minutes 5 --targets feed,match     only these
    python -m tests.fuzz --minutes 30 --guided                where atheris is installed: it looks for new paths of the program
    python -m tests.fuzz --case FOLDER/feed-1a2b3c.bin        one case again, with its traceback

A process that takes more than 5 s of processor time for one input hangs; one that wants more than 1.5 GB has run away. Both
are killed and the input kept. An exception's input is made small first. The exit code is 0 only where nothing was found.
The same seed throws the same inputs (but for `--guided`).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import mmap
import os
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
HANG = 5.0
MEMORY = 1_500 * 1024 * 1024
TURN = 20.0
"""Seconds that one target has before the next one's turn."""
HEAD = struct.Struct("<QQ")
"""Before the input in the shared page: how many inputs there were, and the length of this one."""
LONGEST = 1 << 18


@dataclass
class Score:
    """What is known of one target."""

    seconds: float = 0.0
    runs: int = 0
    found: dict[str, str] = field(default_factory=dict)
    """From what went wrong to the file of the input."""


# ------------------------------------------------------------------------------------------------ making input


def inputs(seeds: tuple[bytes, ...], words: tuple[str, ...], rng: random.Random) -> Iterator[bytes]:
    """The seeds, then broken ones without end."""
    yield from seeds
    pieces = [word.encode("utf-8", "surrogatepass") for word in words] or [b"\x00"]
    while True:
        data = bytearray(rng.choice(seeds))
        for _ in range(1 + int(rng.expovariate(0.4))):
            _break(data, pieces, seeds, rng)
        yield bytes(data[:LONGEST])


def _break(data: bytearray, pieces: list[bytes], seeds: tuple[bytes, ...], rng: random.Random) -> None:
    at = rng.randrange(len(data) + 1)
    end = min(len(data), at + int(rng.expovariate(1 / 12)) + 1)
    match rng.randrange(11):
        case 0:
            del data[at:end]
        case 1 | 2 | 3:
            data[at:at] = rng.choice(pieces)
        case 4:
            data[at:end] = rng.choice(pieces)
        case 5:
            times = 1 << rng.randrange(12)
            data[at:at] = bytes(data[at:end] or rng.choice(pieces)) * min(times, 60_000 // max(1, end - at))
        case 6 if data:
            data[min(at, len(data) - 1)] ^= 1 << rng.randrange(8)
        case 7:
            data[at:at] = chr(rng.choice((rng.randrange(0xD800), rng.randrange(0xE000, 0x110000)))).encode()
        case 8:
            other = rng.choice(seeds)
            start = rng.randrange(len(other) + 1)
            data[at:end] = other[start : start + 200]
        case 9:
            data[at:end] = rng.choice(
                (b"0", b"-1", b"99999999999999999999", b"1e999", b"\xff", b"\x00", b"\n", b"\r\n", b"", b'"', b"<")
            )
        case _:
            del data[at:]


def smaller(data: bytes, breaks: Callable[[bytes], bool]) -> bytes:
    """`data` with all that can be left out while it still breaks; a few seconds at most."""
    until, size = time.monotonic() + 8, max(1, len(data) // 2)
    while size and time.monotonic() < until:
        at = 0
        while at < len(data) and time.monotonic() < until:
            shorter = data[:at] + data[at + size :]
            if breaks(shorter):
                data = shorter
            else:
                at += size
        size //= 2
    return data


# ------------------------------------------------------------------------------------------------ the child


def child(name: str, seed: int, page: Path, *, guided: bool) -> None:
    """Feed one target until killed. What breaks it goes to stdout, one JSON line each."""
    from tests.fuzz_targets import targets

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    target = targets()[name]
    known: set[str] = set()
    count = 0
    with page.open("r+b") as file:
        shared = mmap.mmap(file.fileno(), HEAD.size + LONGEST)

    def one(data: bytes) -> None:
        nonlocal count
        count += 1
        data = data[:LONGEST]
        shared[HEAD.size : HEAD.size + len(data)] = data
        shared[: HEAD.size] = HEAD.pack(count, len(data))
        said = wrong(target.aim, data)
        if said and said not in known:
            known.add(said)

            def breaks(shorter: bytes) -> bool:
                nonlocal count
                count += 1  # or whoever watches takes the work of making it smaller for one input that hangs
                shared[: HEAD.size] = HEAD.pack(count, len(data))
                return wrong(target.aim, shorter) == said

            kept = smaller(data, breaks)
            sys.stdout.write(json.dumps({"wrong": said, "input": kept.hex()}) + "\n")
            sys.stdout.flush()

    if guided:
        import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

        atheris.Setup(
            [
                name,
                f"-seed={seed or 1}",
                "-max_len=65536",
                "-verbosity=0",
                "-rss_limit_mb=0",
                str(_corpus(page, target.seeds)),
            ],
            one,
        )
        atheris.Fuzz()
    for data in inputs(target.seeds, target.words, random.Random(f"{seed} {name}")):
        one(data)


def _corpus(page: Path, seeds: tuple[bytes, ...]) -> Path:
    folder = page.with_suffix(".corpus")
    folder.mkdir(exist_ok=True)
    for number, seed in enumerate(seeds):
        (folder / str(number)).write_bytes(seed)
    return folder


def wrong(aim: Callable[[bytes], None], data: bytes) -> str:
    """What happens that must not, as its kind and place in our code; "" where all is well."""
    try:
        aim(data)
    except Exception as error:  # to see every one of them is what this is for
        ours = [
            f"{Path(frame.filename).name}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename.startswith(str(CHECKOUT)) and ".venv" not in frame.filename
        ]
        return f"{type(error).__name__} at {' < '.join(ours[:-3:-1])}"
    return ""


# ------------------------------------------------------------------------------------------------ the parent


def turn(name: str, seconds: float, seed: int, cases: Path, score: Score, *, guided: bool) -> None:
    """Run one target for so long, in as many processes as it kills."""
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        page, said = Path(folder) / "page", Path(folder) / "said"
        while time.monotonic() < until:
            page.write_bytes(bytes(HEAD.size + LONGEST))
            command = [sys.executable, "-m", "tests.fuzz", "--child", name, "--seed", str(seed), "--page", str(page)]
            began = time.monotonic()
            with said.open("wb") as out, (Path(folder) / "errors").open("wb") as errors:
                process = subprocess.Popen(
                    [*command, *(["--guided"] if guided else [])],
                    cwd=CHECKOUT,
                    stdout=out,
                    stderr=errors,
                    start_new_session=True,
                    env={**os.environ, "TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1"},
                )
                ended = _watch(process, page, until)
            count, length = HEAD.unpack(page.read_bytes()[: HEAD.size])
            score.runs += count
            score.seconds += time.monotonic() - began
            for line in said.read_text("utf-8", "replace").splitlines():
                with contextlib.suppress(ValueError):  # what a library prints
                    found = json.loads(line)
                    keep(name, found["wrong"], bytes.fromhex(found["input"]), cases, score)
            if ended and count:
                keep(name, ended, page.read_bytes()[HEAD.size : HEAD.size + length], cases, score)
            elif ended:
                last = (Path(folder) / "errors").read_text("utf-8", "replace").strip().splitlines()[-1:]
                score.found[f"does not start: {' '.join(last)}"[:300]] = "-"
                return
            seed += 1


def _watch(process: subprocess.Popen[bytes], page: Path, until: float) -> str:
    """Wait until the time is up, the process has died ("died of signal 11") or stands still ("hangs")."""
    last, since = -1, 0.0
    try:
        while time.monotonic() < until:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(0.25)
                return f"died of signal {-code}" if code < 0 else f"ended with {code}"
            with page.open("rb") as file:
                count, _ = HEAD.unpack(file.read(HEAD.size))
            used = _processor(process.pid)
            if count != last:
                last, since = count, used
            elif count and used - since > HANG:
                return "hangs"
        return ""
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _processor(pid: int) -> float:
    """Seconds of processor time of a process (Linux: /proc/PID/stat)."""
    try:
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def keep(name: str, said: str, data: bytes, cases: Path, score: Score) -> None:
    """Write the input beside what it does, once for each thing that goes wrong."""
    if said in score.found:
        return
    cases.mkdir(parents=True, exist_ok=True)
    file = cases / f"{name}-{hashlib.sha256(data).hexdigest()[:8]}.bin"
    file.write_bytes(data)
    file.with_suffix(".txt").write_text(f"{name}: {said}\n")
    score.found[said] = file.name
    print(f"{name}: {said}  ({len(data)} bytes in {file})", flush=True)


def replay(file: Path) -> int:
    from tests.fuzz_targets import targets

    name = max((one for one in targets() if file.name.startswith(f"{one}-")), key=len)
    targets()[name].aim(file.read_bytes())
    return 0


def draw(scores: dict[str, Score], cases: Path) -> str:
    lines = ["| target | minutes | inputs | found |", "|---|---:|---:|---:|"]
    lines += [f"| {name} | {one.seconds / 60:.1f} | {one.runs:,} | {len(one.found)} |" for name, one in scores.items()]
    minutes, runs = sum(one.seconds for one in scores.values()) / 60, sum(one.runs for one in scores.values())
    lines.append(f"| all | {minutes:.1f} | {runs:,} | {sum(len(one.found) for one in scores.values())} |")
    lines += [f"- {name}: {said} ({file})" for name, one in scores.items() for said, file in one.found.items()]
    text = "\n".join(lines) + "\n"
    cases.mkdir(parents=True, exist_ok=True)
    (cases / "table.md").write_text(text)
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--targets", type=lambda text: text.split(","), default=None)
    parser.add_argument("--guided", action="store_true", help="with atheris, where it is installed")
    parser.add_argument(
        "--cases", type=Path, default=CHECKOUT / "build" / "fuzz", help="where findings and the table go"
    )
    parser.add_argument("--case", type=Path, help="one kept case again")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--page", type=Path, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.case:
        return replay(told.case)
    if told.child:
        child(told.child, told.seed, told.page, guided=told.guided)
        return 0
    from tests.fuzz_targets import targets

    names = told.targets or list(targets())
    scores = {name: Score() for name in names}
    until = time.monotonic() + told.minutes * 60
    seed = told.seed
    while (left := until - time.monotonic()) > 1:
        for number, name in enumerate(names):
            left = until - time.monotonic()
            if left > 1:
                turn(
                    name,
                    min(TURN, max(2.0, left / (len(names) - number))),
                    seed,
                    told.cases,
                    scores[name],
                    guided=told.guided,
                )
        seed += 1000
        draw(scores, told.cases)
    print(draw(scores, told.cases))
    return 1 if any(one.found for one in scores.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
