"""The service's log on standard error: lines for people, or one JSON object a line for programs."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from scheduler.harmless import paragraphs

if TYPE_CHECKING:
    from types import TracebackType

logger = logging.getLogger(__name__)

_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_FIELDS = {"levelname": "level", "name": "logger", "message": "message"}
_LEFT_OUT = (*RESERVED_ATTRS, "color_message")  # the last is uvicorn's: the message again, in colours


def set_up(form: str) -> None:
    """Write all logs as `text` or `json`, warnings and the error that ends the process too.

    JSON has `time` (ISO 8601, UTC), `level`, `logger`, `message`, of an error `exc_info` with its traceback, and what
    was given as `extra`. Libraries follow as long as they set up nothing themselves: uvicorn takes `log_config=None`.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_json() if form == "json" else _Lines(_TEXT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for library in ("apscheduler", "uvicorn"):
        logging.getLogger(library).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_end


class _Lines(logging.Formatter):
    """Lines for people; what they tell of sites was written by others."""

    def format(self, record: logging.LogRecord) -> str:
        return paragraphs(super().format(record))


def _json() -> logging.Formatter:
    return JsonFormatter(
        list(_FIELDS), rename_fields=_FIELDS, reserved_attrs=_LEFT_OUT, timestamp="time", json_ensure_ascii=False
    )


def _log_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        logger.error("interrupted")
    else:
        logger.critical("ended by an error", exc_info=(kind, error, trace))
