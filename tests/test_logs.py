"""The log: one record is one line, and no secret or control character reaches it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog

from alerts.logs import Redact, set_up
from alerts.settings import LoggingSettings

TOKEN = "123456789:AAaaBBbbCCccDDddEEeeFFffGGgg-HHhh_II"
SHORT = "100000001:TEST-TOKEN"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def the_logging_of_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers.clear()
    names = ("httpx", "httpcore", "telegram", "telegram.request", "apscheduler", "trafilatura", "htmldate")
    levels = {name: logging.getLogger(name).level for name in names}
    worded = structlog.get_config()
    yield
    logging.captureWarnings(capture=False)
    structlog.configure(**worded)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def logged(form: Any = "json", stream: StringIO | None = None, **settings: Any) -> StringIO:
    stream = stream or StringIO()
    set_up(LoggingSettings(format=form, **settings), secrets=[SHORT, "p@ss/word"], stream=stream)
    return stream


@pytest.mark.parametrize("form", ["json", "console", "logfmt"])
def test_one_record_is_one_line_whatever_is_in_it(form: str) -> None:
    stream = logged(form)
    try:
        raise ValueError("first\nsecond \x1b[2J")
    except ValueError:
        logging.getLogger("library").exception("failed\r\n%s", "forged\u2028line")
        structlog.get_logger("ours").exception(
            "failed", title="Khazali\r\n2026-01-01 ERROR fake", raw="\x1b]0;x\x07\x9b"
        )
    lines = stream.getvalue().split("\n")
    assert len(lines) == 3 and lines[2] == ""
    assert not any(0 < ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char in "\u2028\u2029" for char in "".join(lines))


@pytest.mark.parametrize("form", ["json", "console", "logfmt"])
def test_secrets_are_in_no_part_of_a_record(form: str) -> None:
    stream = logged(form)
    url = f"https://api.example/bot{TOKEN}/sendMessage"
    log, library = structlog.get_logger("ours"), logging.getLogger("library")
    log.info(f"asked {url}", token=SHORT, nested={"list": [url, (SHORT,)], SHORT: 1}, proxy="http://u:p%40ss%2Fword@h")
    library.warning("asked %s with %r", url, {"password": "p@ss/word"})
    try:
        try:
            raise OSError(f"no route to {url}")
        except OSError as error:
            raise ValueError(SHORT) from error
    except ValueError as error:
        log.exception("bad", error=error)
        library.exception("bad")
        library.error("bad", exc_info=error, stack_info=True)
    shown = stream.getvalue()
    assert shown.count("\n") == 5
    for secret in (TOKEN, SHORT, "p@ss/word", "p%40ss%2Fword"):
        assert secret not in shown
    assert "***" in shown and "no route to" in shown


def test_json_lines_give_the_very_value_back() -> None:
    stream = logged("auto")
    structlog.get_logger("ours").info("seen", title="قيس\n\x9b\u202e", count=3, ratio=0.5, none=None)
    record = json.loads(stream.getvalue())
    assert {key: record[key] for key in ("level", "logger", "event", "title", "count", "ratio", "none")} == {
        "level": "info", "logger": "ours", "event": "seen", "title": "قيس\n\x9b\u202e", "count": 3, "ratio": 0.5, "none": None,
    }  # fmt: skip
    assert record["timestamp"].endswith("Z")


def test_auto_is_for_people_on_a_terminal() -> None:
    stream = logged("auto", Terminal())
    structlog.get_logger("ours").warning("look here")
    assert "look here" in stream.getvalue() and not stream.getvalue().startswith("{")


def test_a_record_with_wrong_arguments_is_not_lost() -> None:
    stream = logged()
    logging.getLogger("library").error("took %d s", "many")
    assert "took %d s" in json.loads(stream.getvalue())["event"]


def test_libraries_that_log_addresses_stay_quiet() -> None:
    stream = logged(level="debug")
    logging.getLogger("httpx").info("HTTP Request: POST https://api.example/botTOKEN/sendMessage")
    logging.getLogger("httpcore.http11").debug("send_request_headers")
    logging.getLogger("telegram.request").error("Can not load invalid JSON data")
    structlog.get_logger("ours").debug("this one is ours")
    assert [json.loads(line)["logger"] for line in stream.getvalue().splitlines()] == ["ours"]


@pytest.mark.parametrize(
    "name", ["telegram.Bot", "telegram.ext", "httpx", "httpcore.connection", "apscheduler.scheduler"]
)
def test_what_a_library_logs_at_debug_passes_the_same_filter_even_where_somebody_wakes_it(name: str) -> None:
    stream = logged(level="debug")
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)  # as a debugger would, against our word
    try:
        logger.debug("POST https://api.example/bot%s/getUpdates", TOKEN, extra={"token": TOKEN})
        logger.debug("short %s, password p%%40ss%%2Fword", SHORT)
    finally:
        logger.setLevel(logging.NOTSET)
    assert len(stream.getvalue().splitlines()) == 2
    for secret in (TOKEN, SHORT, "p%40ss%2Fword"):
        assert secret not in stream.getvalue()


def test_the_level_is_kept() -> None:
    stream = logged(level="warning")
    structlog.get_logger("ours").info("not this")
    structlog.get_logger("ours").warning("this")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["this"]


def test_a_named_file_is_written_instead(tmp_path: Path) -> None:
    stream = logged(file=str(tmp_path / "bayan.log"))
    structlog.get_logger("ours").info("hello")
    assert stream.getvalue() == ""
    assert json.loads((tmp_path / "bayan.log").read_text())["event"] == "hello"
    logging.getLogger().handlers[0].close()


def test_setting_up_twice_leaves_one_handler() -> None:
    logged()
    stream = logged()
    structlog.get_logger("ours").info("once")
    assert stream.getvalue().count("\n") == 1


def test_a_short_word_is_no_secret_to_black_out() -> None:
    assert Redact(["ab", ""]).text("about") == "about"


def test_a_date_with_a_time_is_no_token() -> None:
    assert Redact().text("20260620:1200 done, id 123456:7") == "20260620:1200 done, id 123456:7"
