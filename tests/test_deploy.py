"""What runs bayan on hosts and in containers holds what the manual promises: image, compose, units, cron, Kubernetes."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from alerts.cli.exits import CONFIG, LOCKED, PARTIAL
from alerts.health import BEAT, BEAT_MARGIN
from alerts.settings import ServiceSettings
from tests.test_docs import fences, problem

CHECKOUT = Path(__file__).resolve().parent.parent
DEPLOY = CHECKOUT / "deploy"
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text("utf-8")
OPERATING = (CHECKOUT / "docs" / "operating.md").read_text("utf-8")
GRACE = ServiceSettings().shutdown_grace.total_seconds()
HARDENING = "# It reads its own folder, speaks to the network, and does nothing else."


@pytest.fixture(scope="module")
def root() -> Any:
    """The command line, to ask whether what is run exists."""
    import typer

    from alerts.cli import app

    return typer.main.get_command(app)


# ------------------------------------------------------------------------------------------------------------- the image


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions: name and the rest, continued lines joined."""
    lines = "\n".join(line for line in DOCKERFILE.splitlines() if not line.startswith("#")).replace("\\\n", " ")
    found = [re.match(r"([A-Z]+)\s+(.*)", line) for line in lines.splitlines() if line.strip()]
    assert all(found)
    return [(one[1], one[2].strip()) for one in found if one]


def given(name: str) -> list[str]:
    return [rest for word, rest in instructions() if word == name]


def test_both_stages_stand_on_one_tagged_base() -> None:
    bases = {rest.split()[0] for rest in given("FROM")}
    assert len(given("FROM")) == 2
    assert bases == {"python:3.11-slim-bookworm"}


def test_no_instruction_of_the_image_passes_through_a_shell() -> None:
    for name in ("RUN", "CMD", "ENTRYPOINT"):
        for rest in given(name):
            assert all(isinstance(word, str) for word in json.loads(rest)), f"{name} {rest}"
    (check,) = given("HEALTHCHECK")
    assert json.loads(check.partition(" CMD ")[2]) == ["/opt/bayan/bin/bayan", "health"]
    (interval,) = re.findall(r"--interval=(\d+)s", check)
    assert 2 * int(interval) >= int(interval) + (2 * BEAT + BEAT_MARGIN).total_seconds(), "noticed within two intervals"
    assert not given("SHELL") and not given("ADD") and not given("ARG")


def test_the_image_holds_what_the_lock_says_by_hash_and_names_no_index() -> None:
    installs = [json.loads(rest) for rest in given("RUN") if '"install"' in rest]
    locked, own = installs
    assert {"--require-hashes", "--no-deps", "--only-binary=:all:", "requirements.lock"} <= set(locked)
    assert {"--no-deps", "--no-build-isolation", "."} <= set(own)
    assert "://" not in DOCKERFILE and "index" not in " ".join(locked + own)


def test_the_image_runs_as_a_numbered_user_that_owns_its_data_and_nothing_else() -> None:
    (user,) = given("USER")
    number, _, group = user.partition(":")
    assert number == group == "10001"
    after = [name for name, _ in instructions()][[name for name, _ in instructions()].index("USER") :]
    assert "RUN" not in after and "COPY" not in after
    assert json.loads(given("VOLUME")[0]) == ["/data"]
    assert given("STOPSIGNAL") == ["SIGTERM"]
    assert json.loads(given("ENTRYPOINT")[0]) == ["/opt/bayan/bin/bayan"]


def test_the_image_gets_every_file_that_it_copies_and_no_other(root: Any) -> None:
    rules = [line for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert rules[0] == "*", "what is not named stays out: secrets, stores, history"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {source for rest in given("COPY") if not rest.startswith("--from") for source in shlex.split(rest)[:-1]}
    assert copied == let_in
    assert all((CHECKOUT / one).exists() for one in copied)
    assert problem(" ".join(json.loads(given("CMD")[0])), root) == ""


HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")


@pytest.mark.skipif(HADOLINT is None, reason="hadolint has no wheel for this machine")
def test_hadolint_has_nothing_to_say() -> None:
    said = subprocess.run([str(HADOLINT), str(CHECKOUT / "Dockerfile")], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout


# --------------------------------------------------------------------------------------------------------------- compose


def test_compose_runs_the_image_locked_down_and_keeps_its_data() -> None:
    compose = yaml.safe_load((CHECKOUT / "compose.yaml").read_text("utf-8"))
    (service,) = compose["services"].values()
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert not service.keys() & {"privileged", "cap_add", "user", "entrypoint", "network_mode", "environment", "ports"}
    assert seconds(service["stop_grace_period"]) >= GRACE + 10
    volume, config = service["volumes"]
    assert volume.partition(":")[0] in compose["volumes"] and volume.endswith(":/data")
    assert config == "./config.toml:/etc/bayan/config.toml:ro"
    assert "BAYAN_CONFIG=/etc/bayan/config.toml" in given("ENV")[0]
    assert "BAYAN_DATA_DIR=/data" in given("ENV")[0]


def test_compose_takes_the_token_from_a_file_that_git_and_the_image_never_see() -> None:
    compose = yaml.safe_load((CHECKOUT / "compose.yaml").read_text("utf-8"))
    (service,) = compose["services"].values()
    (name,) = service["secrets"]
    file = compose["secrets"][name]["file"].removeprefix("./")
    assert f"/{file}" in (CHECKOUT / ".gitignore").read_text().splitlines()
    assert f'token = {{ file = "/run/secrets/{name}" }}' in OPERATING


def seconds(text: str) -> int:
    """A duration of compose or systemd."""
    found = re.fullmatch(r"(\d+)(s|min)", text)
    assert found, text
    return int(found[1]) * {"s": 1, "min": 60}[found[2]]


# --------------------------------------------------------------------------------------------------------------- systemd


def unit(name: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=True, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys have capitals
    parser.read_string((DEPLOY / name).read_text("utf-8"))
    return parser


@pytest.mark.parametrize("name", ["bayan.service", "bayan-once.service"])
def test_a_unit_runs_a_command_that_exists(name: str, root: Any) -> None:
    program, *arguments = shlex.split(unit(name)["Service"]["ExecStart"])
    assert program == "/opt/bayan/.venv/bin/bayan"
    assert program in OPERATING
    assert problem(shlex.join(arguments), root) == ""


@pytest.mark.parametrize("name", ["bayan.service", "bayan-once.service"])
def test_a_unit_owns_nothing_but_its_state_and_is_stopped_gently(name: str) -> None:
    service = unit(name)["Service"]
    assert service["DynamicUser"] == "yes" and service["StateDirectory"] == "bayan"
    assert service["ProtectSystem"] == "strict" and service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert service["KillMode"] == "mixed"
    assert seconds(service["TimeoutStopSec"]) >= GRACE + 10
    credential, _, path = service["LoadCredential"].partition(":")
    assert f'token = {{ credential = "{credential}" }}' in OPERATING and path in OPERATING


def test_the_two_units_are_locked_down_alike() -> None:
    parts = [(DEPLOY / name).read_text("utf-8") for name in ("bayan.service", "bayan-once.service")]
    rules = [part.partition(HARDENING)[2].partition("\n[")[0].strip() for part in parts]
    assert rules[0] == rules[1] != ""


def test_exit_codes_mean_to_systemd_what_they_mean_to_bayan() -> None:
    assert unit("bayan.service")["Service"]["RestartPreventExitStatus"] == str(CONFIG)
    assert unit("bayan.service")["Service"]["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert unit("bayan-once.service")["Service"]["SuccessExitStatus"] == f"{PARTIAL} {LOCKED}"


def test_the_timer_starts_the_run_and_makes_up_for_a_night_switched_off() -> None:
    timer = unit("bayan-once.timer")["Timer"]
    assert timer["OnCalendar"] == "*:0/5"
    assert timer["Persistent"] == "yes"
    assert "Unit" not in timer, "the unit of the same name is meant"
    assert "Install" not in unit("bayan-once.service"), "only the timer is enabled"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_has_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    units = []
    for name in ("bayan.service", "bayan-once.service", "bayan-once.timer"):
        text = (DEPLOY / name).read_text("utf-8").replace("/opt/bayan/.venv/bin/bayan", shutil.which("true") or "")
        (tmp_path / name).write_text(text, "utf-8")
        units.append(str(tmp_path / name))
    said = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, cwd=tmp_path)
    assert (said.returncode, said.stderr) == (0, "")


# ------------------------------------------------------------------------------------------------------------------ cron


def test_the_line_for_cron_has_times_a_user_and_a_command_that_exists(root: Any) -> None:
    text = (DEPLOY / "bayan.cron").read_text("utf-8")
    assert text.endswith("\n"), "cron ignores a last line that does not end"
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    settings = dict(line.split("=", 1) for line in lines[:-1])
    assert settings["BAYAN_CONFIG"] == "/etc/bayan/config.toml"
    *times, user, program, rest = lines[-1].split(None, 7)[:8]
    assert times == ["*/5", "*", "*", "*", "*"]
    assert user == "bayan" and f"adduser --system --group --home {settings['BAYAN_DATA_DIR']} {user}" in OPERATING
    assert program == "/opt/bayan/.venv/bin/bayan"
    assert "%" not in rest, "cron makes a line end of it"
    assert problem(rest, root) == ""


# ------------------------------------------------------------------------------------------------------------ kubernetes


def manifests() -> dict[str, Any]:
    page = (CHECKOUT / "docs" / "kubernetes.md").read_text("utf-8")
    blocks = [block for language, block in fences(page) if language == "yaml"]
    return {one["kind"]: one for block in blocks for one in yaml.safe_load_all(block)}


def pods() -> list[Any]:
    every = manifests()
    return [
        every["Deployment"]["spec"]["template"]["spec"],
        every["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"],
    ]


@pytest.mark.parametrize("pod", pods(), ids=["Deployment", "CronJob"])
def test_a_pod_is_locked_down_and_mounts_what_the_image_needs(pod: Any) -> None:
    (container,) = pod["containers"]
    assert pod["securityContext"] == {
        "runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001, "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }  # fmt: skip
    assert container["securityContext"] == {
        "readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert pod["automountServiceAccountToken"] is False
    assert pod["terminationGracePeriodSeconds"] >= GRACE + 10
    mounted = {one["mountPath"]: one["name"] for one in container["volumeMounts"]}
    assert {"/data", "/etc/bayan", "/tmp"} < set(mounted)
    assert set(mounted.values()) == {one["name"] for one in pod["volumes"]}


def test_two_pods_never_share_the_store() -> None:
    every = manifests()
    assert every["Deployment"]["spec"]["replicas"] == 1
    assert every["Deployment"]["spec"]["strategy"]["type"] == "Recreate"
    assert every["CronJob"]["spec"]["concurrencyPolicy"] == "Forbid"
    assert every["PersistentVolumeClaim"]["spec"]["accessModes"] == ["ReadWriteOnce"]


def test_the_probes_ask_the_listener_that_the_page_switches_on() -> None:
    (container,) = manifests()["Deployment"]["spec"]["template"]["spec"]["containers"]
    alive = {"path": "/healthz", "port": 8787}
    assert container["livenessProbe"]["httpGet"] == container["startupProbe"]["httpGet"] == alive
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": 8787}
    assert 'listen = "0.0.0.0:8787"' in (CHECKOUT / "docs" / "kubernetes.md").read_text("utf-8")
    assert "command" not in container, "the image's own entry point"


def test_the_cron_job_runs_a_command_that_exists_and_ends_before_the_next(root: Any) -> None:
    job = manifests()["CronJob"]["spec"]
    (container,) = job["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert problem(shlex.join(container["args"]), root) == ""
    assert job["schedule"] == "*/15 * * * *" and job["jobTemplate"]["spec"]["activeDeadlineSeconds"] < 15 * 60


# ------------------------------------------------------------------------------------------------------------ the scripts


@pytest.mark.parametrize(
    "script", ["deploy/debian-root", "deploy/verify-image", "deploy/lent.sh", ".ci/check", ".ci/run", ".ci/lock"]
)
def test_a_script_can_be_parsed(script: str) -> None:
    said = subprocess.run(["bash", "-n", str(CHECKOUT / script)], capture_output=True, text=True)
    assert (said.returncode, said.stderr) == (0, "")
