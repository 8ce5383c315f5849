"""Redaction of logs and tracebacks, which may quote addresses and secrets."""

import logging
import sys
import traceback
from types import TracebackType
from typing import Any

from loaders.core.redact import redact

# they log addresses with their queries; filters are not inherited, so each logger is listed
WEB_LOGGERS = (
    *("urllib3.connection", "urllib3.connectionpool", "urllib3.poolmanager", "urllib3.response", "urllib3.util.retry"),
    *("requests", "requests.sessions", "datahugger", "dulwich"),
)


def redact_web_logs() -> None:
    """Redact all log records of the HTTP libraries, in any program that imports this package."""
    for name in WEB_LOGGERS:
        logger = logging.getLogger(name)
        if _redact_record not in logger.filters:
            logger.addFilter(_redact_record)


def redact_process() -> None:
    """Redact every log record of this process: for the command line."""
    logging.setLogRecordFactory(_redacted_record)


def redact_traceback() -> None:
    """Redact the traceback of an exception that ends the process."""
    sys.excepthook = _print_exception


def _redact_record(record: logging.LogRecord) -> bool:
    record.msg, record.args = redact(record.getMessage()), ()
    if record.exc_info and record.exc_info[1] and not record.exc_text:
        record.exc_text = redact("".join(traceback.format_exception(record.exc_info[1])).rstrip())
    return True


def _redacted_record(*arguments: Any, **options: Any) -> logging.LogRecord:
    record = logging.LogRecord(*arguments, **options)
    _redact_record(record)
    return record


def _print_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace))))
