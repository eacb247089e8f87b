"""run.py on a fresh machine, for real: a tiny checkout with its own wheels, real venv, real pip, no index and no internet."""

from __future__ import annotations

import ast
import base64
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

CHECKOUT = Path(__file__).resolve().parent.parent
BASE_PYTHON = Path(sys.base_prefix) / "bin" / "python{}.{}".format(*sys.version_info)
HAS_PIP = subprocess.run([BASE_PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0
HAS_ENSUREPIP = importlib.util.find_spec("ensurepip") is not None

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "bayan"
version = "1"
"""

# A build backend that needs nothing installed. Where GATE names two pipes it says that it was reached, and waits.
BACKEND = """
import os, pathlib, sys
sys.path.insert(0, os.path.dirname(__file__))
from tiny_wheel import wheel

def build_editable(folder, config_settings=None, metadata_directory=None):
    if "GATE" in os.environ:
        pathlib.Path(os.environ["GATE"] + "-reached").write_text("x")
        pathlib.Path(os.environ["GATE"] + "-open").read_text()
    here = os.path.dirname(os.path.abspath(__file__))
    return wheel(pathlib.Path(folder), "bayan", "1", {"bayan.pth": here + "\\n"}, "[console_scripts]\\nbayan = tiny:main\\n").name
"""

PROGRAM = """
import sys, tinydep
def main():
    print("bayan", tinydep.VERSION, *sys.argv[1:])
    sys.exit(int(sys.argv[-1]) if sys.argv[-1].isdigit() else 0)
"""

# Makes a Python look poorer than it is, for the process that says so: it stands for machines that we do not have here.
POORER = """
import os, sys
hidden = os.environ.get("HIDDEN_MODULES", "").split()
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name in hidden:
            raise ModuleNotFoundError(name)
if hidden and sys.prefix == sys.base_prefix:
    import importlib.util
    found = importlib.util.find_spec
    importlib.util.find_spec = lambda name, package=None: None if name in hidden else found(name, package)
if sys.executable in os.environ.get("OLD_PYTHONS", "").split():
    sys.version_info = (3, 9, 2, "final", 0)
"""


def wheel(folder: Path, name: str, version: str, files: dict[str, str], entry_points: str = "") -> Path:
    """A real wheel with these files. Written with the standard library alone: the tiny checkout's backend uses it too."""
    info = f"{name}-{version}.dist-info"
    held = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if entry_points:
        held[f"{info}/entry_points.txt"] = entry_points
    record = ""
    for path, text in held.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    held[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    file = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in held.items():
            archive.writestr(path, text)
    return file


@dataclass(slots=True)
class Tiny:
    """A checkout with run.py and next to nothing to install. Its Python hides ensurepip, where pip will do: that is quick."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str, python: Path = BASE_PYTHON, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [python, self.root / "run.py", *arguments],
            env=self.environment | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, python: Path = BASE_PYTHON, **more: str) -> tuple[int, str, str]:
        process = self.start(*arguments, python=python, **more)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def lock(self, version: str = "1", digest: str = "") -> None:
        """Make requirements.lock ask for this version of the one dependency."""
        made = wheel(self.root / "wheels", "tinydep", version, {"tinydep.py": f"VERSION = {version!r}\n"})
        digest = digest or hashlib.sha256(made.read_bytes()).hexdigest()
        (self.root / "requirements.lock").write_text(f"# ours\ntinydep=={version} \\\n    --hash=sha256:{digest}\n")


def tiny_checkout(root: Path) -> Tiny:
    root.mkdir()
    (root / "wheels").mkdir()
    (root / "tests").mkdir()
    (root / "poorer").mkdir()
    shutil.copy(CHECKOUT / "run.py", root)
    source = Path(__file__).read_text("utf-8")
    function = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == "wheel")
    needs = "from __future__ import annotations\nimport base64, hashlib, zipfile\nfrom pathlib import Path\n"
    (root / "tiny_wheel.py").write_text(f"{needs}{ast.get_source_segment(source, function)}\n")
    (root / "backend.py").write_text(BACKEND)
    (root / "tiny.py").write_text(PROGRAM)
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "poorer" / "sitecustomize.py").write_text(POORER)
    tool = wheel(root / "wheels", "pytest", "1", {"pytest.py": "import sys\nprint('pytest', *sys.argv[1:])\n"})
    digest = hashlib.sha256(tool.read_bytes()).hexdigest()
    (root / "tests" / "requirements.lock").write_text(f"pytest==1 --hash=sha256:{digest}\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "VIRTUAL_ENV"))}
    pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(root / "wheels")}
    poorer = {"PYTHONPATH": str(root / "poorer"), "HIDDEN_MODULES": "ensurepip" if HAS_PIP else ""}
    tiny = Tiny(root, kept | pip | poorer | {"HOME": str(root)})
    tiny.lock()
    return tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return tiny_checkout(tmp_path / "tiny")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """A tiny checkout whose first start lies behind it."""
    tiny = tiny_checkout(tmp_path_factory.mktemp("ready") / "tiny")
    status, _, said = tiny.run("test")
    assert status == 0, said
    return tiny


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Path]:
    """Two pipes at which an installation stops, in the middle, until the test opens it."""
    path = tmp_path / "gate"
    for end in ("reached", "open"):
        os.mkfifo(f"{path}-{end}")
    yield path


def reached(gate: Path) -> None:
    Path(f"{gate}-reached").read_text()


def open_up(gate: Path) -> None:
    Path(f"{gate}-open").write_text("x")


# --------------------------------------------------------------------------------------------------- a machine like others


@pytest.mark.skipif(not HAS_ENSUREPIP, reason="this Python has no ensurepip (Debian without python3-venv)")
def test_the_first_start_installs_and_hands_over_with_arguments_and_exit_code(tiny: Tiny) -> None:
    status, out, said = tiny.run("status", "--json", "7", HIDDEN_MODULES="")
    assert (status, out) == (7, "bayan 1 status --json 7\n"), said
    assert "making .venv" in said
    assert "installing what bayan needs" in said
    assert list((tiny.root / ".venv").glob("lib/*/site-packages/pip"))


def test_a_later_start_installs_nothing_and_says_nothing(ready: Tiny) -> None:
    before = (ready.root / ".venv" / "bayan.stamp").stat().st_mtime_ns
    assert ready.run("demo", PIP_FIND_LINKS="/nowhere") == (0, "bayan 1 demo\n", "")
    assert (ready.root / ".venv" / "bayan.stamp").stat().st_mtime_ns == before


def test_test_runs_the_whole_suite_in_parallel_and_one_file_as_it_is_asked_for(ready: Tiny) -> None:
    assert ready.run("test")[1] == "pytest --numprocesses=auto --maxprocesses=4\n"
    assert ready.run("test", "-k", "one", "tests/test_x.py")[1] == "pytest -k one tests/test_x.py\n"


def test_without_arguments_it_explains_itself_and_makes_nothing(tiny: Tiny) -> None:
    status, out, said = tiny.run()
    assert (status, said) == (0, "")
    assert "python3 run.py demo" in out
    assert not (tiny.root / ".venv").exists()


def test_a_changed_lock_is_installed_at_the_next_start(tiny: Tiny) -> None:
    tiny.run("demo")
    tiny.lock("2")
    status, out, said = tiny.run("demo")
    assert (status, out) == (0, "bayan 2 demo\n"), said
    assert "making .venv" not in said


def test_a_checkout_that_was_moved_gets_a_new_venv(tiny: Tiny) -> None:
    tiny.run("demo")
    moved = Tiny(tiny.root.rename(tiny.root.with_name("moved")), tiny.environment)
    status, out, said = moved.run(
        "demo", PIP_FIND_LINKS=str(moved.root / "wheels"), PYTHONPATH=str(moved.root / "poorer")
    )
    assert (status, out) == (0, "bayan 1 demo\n"), said
    assert "from another place" in said


def test_the_python_of_venv_itself_can_start_it_too(ready: Tiny) -> None:
    assert ready.run("demo", python=ready.root / ".venv" / "bin" / "python") == (0, "bayan 1 demo\n", "")


# ------------------------------------------------------------------------------------------------------------- trouble


def test_a_start_killed_while_installing_is_noticed_and_made_anew(tiny: Tiny, gate: Path) -> None:
    first = tiny.start("demo", GATE=str(gate))
    reached(gate)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    status, out, said = tiny.run("demo")
    assert (status, out) == (0, "bayan 1 demo\n"), said
    assert "half-made" in said


def test_two_starts_at_once_install_once(tiny: Tiny, gate: Path) -> None:
    first = tiny.start("one", GATE=str(gate))
    reached(gate)
    second = tiny.start("two")
    assert second.stderr is not None
    assert "waiting" in second.stderr.readline()
    open_up(gate)
    assert first.communicate()[0] == "bayan 1 one\n"
    out, said = second.communicate()
    assert (out, said) == ("bayan 1 two\n", "")


def test_a_pip_that_outlives_its_killed_start_is_waited_for(tiny: Tiny, gate: Path) -> None:
    first = tiny.start("one", GATE=str(gate))
    reached(gate)
    first.kill()
    second = tiny.start("two")
    assert second.stderr is not None
    assert "waiting" in second.stderr.readline()
    open_up(gate)
    out, said = second.communicate()
    first.communicate()
    assert out == "bayan 1 two\n", said


def test_a_package_with_another_hash_is_refused_in_plain_words(tiny: Tiny) -> None:
    tiny.lock(digest="0" * 64)
    status, out, said = tiny.run("demo")
    assert (status, out) == (69, "")
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in said
    assert "Traceback" not in said
    tiny.lock()
    assert tiny.run("demo")[:2] == (0, "bayan 1 demo\n")


def test_a_missing_lock_is_named(tiny: Tiny) -> None:
    (tiny.root / "requirements.lock").unlink()
    status, _, said = tiny.run("demo")
    assert status == 69
    assert "requirements.lock: No such file" in said


# ------------------------------------------------------------------------------------------------------- poorer machines


@pytest.mark.skipif(not HAS_PIP, reason="the Python under this one has no pip of its own")
def test_without_ensurepip_the_pip_of_the_starting_python_is_used(tiny: Tiny) -> None:
    status, out, said = tiny.run("demo")
    assert (status, out) == (0, "bayan 1 demo\n"), said
    assert "no ensurepip" in said
    assert not list((tiny.root / ".venv").glob("lib/*/site-packages/pip"))


def test_without_ensurepip_and_pip_it_says_what_to_install(tiny: Tiny) -> None:
    status, _, said = tiny.run("demo", HIDDEN_MODULES="ensurepip pip")
    assert status == 69
    assert "apt install python3-venv" in said
    assert not (tiny.root / ".venv").exists()


def test_an_old_python_finds_a_newer_one_and_passes_on_what_was_asked(ready: Tiny, tmp_path: Path) -> None:
    for name in ("python3.9", "python3.12"):
        (tmp_path / name).symlink_to(BASE_PYTHON)
    old = tmp_path / "python3.9"
    answer = ready.run("demo", python=old, OLD_PYTHONS=str(old), PATH=str(tmp_path))
    assert answer == (0, "bayan 1 demo\n", "")


def test_an_old_python_alone_says_which_one_is_needed(tiny: Tiny) -> None:
    pythons = " ".join(str(found) for place in ("/usr/local/bin", "/usr/bin") for found in Path(place).glob("python3*"))
    status, _, said = tiny.run("demo", OLD_PYTHONS=f"{BASE_PYTHON} {pythons}", PATH="/nowhere")
    assert status == 69
    assert "bayan needs Python 3.11 or newer" in said
    assert not (tiny.root / ".venv").exists()


def test_run_py_can_be_parsed_by_python_3_8() -> None:
    ast.parse((CHECKOUT / "run.py").read_text("utf-8"), feature_version=(3, 8))


# ------------------------------------------------------------------------------------------------------------- the locks


def pins(lock: Path) -> dict[str, Version]:
    return {
        canonicalize_name(name): Version(version)
        for name, version in re.findall(r"^([\w.-]+)==([^ ;\\\n]+)", lock.read_text("utf-8"), re.MULTILINE)
    }


@pytest.mark.parametrize("name", ["requirements.lock", "tests/requirements.lock"])
def test_every_package_of_a_lock_is_pinned_and_hashed_and_no_index_is_named(name: str) -> None:
    text = (CHECKOUT / name).read_text("utf-8")
    entries = re.split(r"\n(?=[\w])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.!+]+( ; [^\\]+?)?( \\\n    --hash=sha256:[0-9a-f]{64})+$", entry), entry[:80]
    assert "://" not in text


def test_every_dependency_of_the_project_stands_in_the_lock() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    locked, test_tools = pins(CHECKOUT / "requirements.lock"), pins(CHECKOUT / "tests" / "requirements.lock")
    for text in [*project["project"]["dependencies"], *project["build-system"]["requires"]]:
        wanted = Requirement(text)
        assert locked[canonicalize_name(wanted.name)] in wanted.specifier, f"{text}: run .ci/lock"
    for text in project["dependency-groups"]["test"]:
        wanted = Requirement(text)
        assert test_tools[canonicalize_name(wanted.name)] in wanted.specifier, f"{text}: run .ci/lock"


def test_the_two_locks_agree() -> None:
    locked, test_tools = pins(CHECKOUT / "requirements.lock"), pins(CHECKOUT / "tests" / "requirements.lock")
    assert {name: version for name, version in test_tools.items() if locked.get(name, version) != version} == {}
