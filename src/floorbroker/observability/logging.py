"""One JSON object a line in the cloud, readable lines on a terminal; never a secret, never locals.

Lines of libraries and ours take the same way: through the standard library to one handler on the
root logger, which redacts and writes them.
"""

import logging
import sys
import threading
from types import TracebackType
from typing import Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from floorbroker.observability.context import add_correlation
from floorbroker.observability.redact import RedactingFilter, redact_fields

FLOORS: Final = {
    "discord": logging.INFO,  # DEBUG prints modal contents and interaction tokens
    "discord.client": logging.INFO,
    "discord.gateway": logging.INFO,
    "discord.http": logging.INFO,
    "discord.webhook": logging.INFO,
    "asyncio": logging.INFO,
    "pymongo": logging.INFO,  # DEBUG prints commands with their documents
    "aiohttp.access": logging.WARNING,  # paths hold OAuth codes
    # Vendors: DEBUG and INFO print headers, signed URLs, account numbers or bodies.
    "alpaca": logging.WARNING,
    "authlib": logging.WARNING,
    "binance": logging.WARNING,
    "etrade_python": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "ib_insync": logging.WARNING,
    "oauthlib": logging.WARNING,
    "peewee": logging.WARNING,
    "requests_oauthlib": logging.WARNING,
    "schwab": logging.WARNING,
    "urllib3": logging.WARNING,
    "websockets": logging.WARNING,
    "aiohttp.server": logging.CRITICAL,  # a traceback for every malformed request of a stranger
    "ib_insync.wrapper": logging.CRITICAL,  # prints contracts and refusals; the adapter has them
    "yfinance": logging.CRITICAL,  # prints symbols that people typed
    "saq": logging.CRITICAL,  # prints jobs with what they are about; ours are counted and timed
    "stamina": logging.CRITICAL,  # prints the arguments of what it retries; metrics count calls
}
"""The lowest level that each library may log at, whatever the operator asks for."""

OFF: Final = ("FTConsoleLog", "FTFileLog", "coinbase.RESTClient", "coinbase.WSClient")
"""Loggers that set their own level and handlers on import, so that only disabling them lasts."""

_CONTROLS: Final = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code != 9}
_CONTROLS_BUT_NEWLINE: Final = {code: text for code, text in _CONTROLS.items() if code != 10}
_MULTILINE: Final = frozenset({"exception", "stack"})


def configure_logging(level: str, json: bool) -> None:
    """Sends every line of the process to standard error; a second call replaces the first.

    Args:
        level: DEBUG, INFO, WARNING or ERROR.
        json: One JSON object a line; otherwise lines for a terminal.
    """
    shared: list[Processor] = [
        add_correlation,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = _Handler(_CurrentStderr())
    handler.addFilter(RedactingFilter())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,  # the plain kind: it shows no locals
                redact_fields,
                *_renderer(json),
            ],
        )
    )
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name, floor in FLOORS.items():
        logging.getLogger(name).setLevel(max(floor, root.level))
    for name in OFF:
        logging.getLogger(name).disabled = True


def log_uncaught_errors() -> None:
    """Sends what nobody caught, in this thread and in others, through the log and its redaction.

    For the entry point only: it replaces the interpreter's hooks for the whole process.
    """
    log = structlog.stdlib.get_logger("floorbroker")

    def uncaught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("uncaught_error", exc_info=(kind, error, trace))

    def uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            uncaught(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread


class _CurrentStderr:
    """Standard error as it is when a line is written: tests and daemons replace it."""

    def write(self, text: str) -> None:
        sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


class _Handler(logging.StreamHandler[_CurrentStderr]):
    """The one handler; its type is how a second call finds the first one's."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's own name
        """The library would print the record's arguments as they are."""
        self.stream.write(f'{{"event": "log_line_lost", "logger": "{record.name}"}}\n')


def _renderer(json: bool) -> tuple[Processor, ...]:
    if json:
        return (structlog.processors.JSONRenderer(),)
    # A second lock: the default prints every frame's locals where `rich` is installed.
    plain = structlog.dev.plain_traceback
    return (
        _without_controls,
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain),
    )


def _without_controls(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    """No text can move the cursor or forge a line on the operator's terminal."""
    for name, value in fields.items():
        if isinstance(value, str) and not value.isprintable():
            table = _CONTROLS_BUT_NEWLINE if name in _MULTILINE else _CONTROLS
            fields[name] = value.translate(table)
    return fields
