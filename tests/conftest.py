"""What every test may ask for: the shared folder (`shared`), and hypothesis without a stopwatch.

`.ci/run` lets a test that failed try once more and says so (docs/decisions/unsteady-tests.md); what bayan promises is exempt.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

CHECKOUT = Path(__file__).resolve().parent.parent
PROMISES = ("test_crash", "test_kill", "test_bot_kills", "test_canaries", "test_upgrade")
"""Modules whose tests never get a second try: one loss, one copy without a mark, one secret that got out is one too many."""
MOST_UNSTEADY = 3

# Machines that test are often busy, so a slow example is no failure. Where CI is set, the examples are the same each time.
settings.register_profile(
    "house",
    deadline=None,
    database=None,
    print_blob=True,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


# As structlog does by itself, but for tracebacks: with every local value in them, one may take minutes to draw.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S"),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The same order in every worker, also where a test is parametrized over a set: file, line, name."""
    items.sort(key=lambda item: (item.path, item.location[1] or 0, item.nodeid))
    for item in items:
        if item.path.name.startswith(PROMISES):
            item.add_marker(pytest.mark.flaky(reruns=0))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Each test that failed and then passed, with its failure: it is to be mended although this run passes."""
    for report in terminalreporter.stats.get("rerun", ()):
        terminalreporter.section(f"UNSTEADY: {report.nodeid}")
        report.toterminal(terminalreporter._tw)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """More than a few at once are no accident."""
    told = session.config.pluginmanager.get_plugin("terminalreporter")
    if told is not None and len(told.stats.get("rerun", ())) > MOST_UNSTEADY and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the corpus, the strict Bot API server and the hostile server: BAYAN_SHARED, else beside the checkout.

    Skips where there is none, unless BAYAN_REQUIRE_SHARED=1 insists on it.
    """
    folder = Path(os.environ.get("BAYAN_SHARED") or CHECKOUT.parent / "shared")
    if folder.is_dir():
        return folder.resolve()
    if os.environ.get("BAYAN_REQUIRE_SHARED") == "1":
        pytest.fail(f"BAYAN_REQUIRE_SHARED=1, but there is no folder {folder}")
    pytest.skip("needs the shared corpus: set BAYAN_SHARED")
