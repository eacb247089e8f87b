"""The log: one record is one line, readable on a terminal and JSON elsewhere; secrets and control characters never reach it."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterable, Mapping
from typing import Any, TextIO
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from alerts.settings import LoggingSettings

_TOKEN = re.compile(r"(?<!\d)\d{6,}(?::|%3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_GONE = "***"
_SHORTEST_SECRET = 4
"""A shorter "secret" would blacken half of every line."""
_DEEPEST = 6
_FIRST = ("timestamp", "level", "logger", "event")
_QUIET = {
    "httpx": logging.WARNING,  # it logs every URL at INFO, and a bot's URL holds its token
    "httpcore": logging.WARNING,
    "urllib3": logging.WARNING,  # apprise asks through it, and its addresses hold tokens
    "requests_oauthlib": logging.WARNING,
    "telegram": logging.WARNING,
    "telegram.request": logging.CRITICAL,  # it logs a traceback for what it also raises
    "apscheduler": logging.WARNING,
    "alembic": logging.WARNING,  # a dozen lines on plugins at every first start
    "trafilatura": logging.CRITICAL,
    "htmldate": logging.CRITICAL,
}


class Redact(logging.Filter):
    """Takes bot tokens and the known `secrets` out of a record: its message, arguments, exception and extra values."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        known = {
            form for secret in secrets if len(secret) >= _SHORTEST_SECRET for form in (secret, quote(secret, safe=""))
        }
        longest_first = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, dict):
            record.msg = self.value(record.msg)
        else:
            record.msg, record.args = self.text(_message(record)), ()
        if record.exc_info:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip()
            record.exc_info = None
        if record.exc_text:
            record.exc_text = self.text(record.exc_text)
        if record.stack_info:
            record.stack_info = self.text(record.stack_info)
        return True

    def text(self, text: str) -> str:
        """`text` without secrets."""
        if self._known is not None:
            text = self._known.sub(_GONE, text)
        return _TOKEN.sub(_GONE, text)

    def value(self, value: Any, depth: int = 0) -> Any:
        """`value` without secrets: text, numbers, and lists and tables of them; anything else becomes its text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping) and depth < _DEEPEST:
            return {self.text(str(key)): self.value(inner, depth + 1) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset) and depth < _DEEPEST:
            return [self.value(inner, depth + 1) for inner in value]
        return self.text(value if isinstance(value, str) else str(value))


def set_up(settings: LoggingSettings, *, secrets: Iterable[str], stream: TextIO) -> None:
    """Direct every log of the process to `stream`, or to `settings.file` where one is named. Called once, at the start.

    `secrets` are known values that must never be seen; whatever looks like a bot token is taken out besides. The form is
    `settings.format`; "auto" is for people on a terminal and JSON lines elsewhere. Raises OSError where the file cannot be opened.
    """
    redact = Redact(secrets)
    handler = logging.FileHandler(settings.file, encoding="utf-8") if settings.file else logging.StreamHandler(stream)
    on_terminal = not settings.file and stream.isatty()
    handler.addFilter(redact)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_stamps(), _exception_of_record],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                lambda _logger, _name, event: _in_order(redact.value(event)),
                _renderer(settings.format, on_terminal),
            ],
        )
    )
    root = logging.getLogger()
    for other in list(root.handlers):
        root.removeHandler(other)
        other.close()
    root.addHandler(handler)
    root.setLevel(settings.level.upper())
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_stamps(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _stamps() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _in_order(event: EventDict) -> EventDict:
    return {key: event[key] for key in (*_FIRST, *(key for key in event if key not in _FIRST)) if key in event}


def _renderer(form: str, on_terminal: bool) -> Processor:
    """The last step: one line of text, without control characters but a terminal's colours."""
    if form == "json" or (form == "auto" and not on_terminal):
        as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
        # JSON has escapes of its own: what it leaves alone gets the same ones, so that a reader gets the very value back.
        return lambda logger, name, event: _CONTROL.sub(
            lambda found: f"\\u{ord(found[0]):04x}", str(as_json(logger, name, event))
        )
    if form == "logfmt":
        as_logfmt = structlog.processors.LogfmtRenderer()
        return lambda logger, name, event: as_logfmt(logger, name, _escaped(event))
    as_words = structlog.dev.ConsoleRenderer(colors=on_terminal)

    def one_line(logger: WrappedLogger, name: str, event: EventDict) -> str:
        if "exception" in event:
            event["trace"] = event.pop("exception")  # under its own name the renderer gives it lines of its own
        return as_words(logger, name, _escaped(event))

    return one_line


def _exception_of_record(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """`Redact` has made text of a record's exception; it goes where structlog's own would be."""
    record: logging.LogRecord = event["_record"]
    if record.exc_text:
        event["exception"] = record.exc_text
    return event


def _escaped(value: Any) -> Any:
    """`value` with each control character written out, so that one record stays one line and drives no terminal."""
    if isinstance(value, str):
        return _CONTROL.sub(_written, value)
    if isinstance(value, dict):
        return {_escaped(key): _escaped(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_escaped(inner) for inner in value]
    return value


def _written(found: re.Match[str]) -> str:
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(found[0]) or (
        f"\\x{ord(found[0]):02x}" if ord(found[0]) < 0x100 else f"\\u{ord(found[0]):04x}"
    )


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # wrong arguments for its format: a record is never lost for that
        return f"{record.msg} {record.args!r}"
