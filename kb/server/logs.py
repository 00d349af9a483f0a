"""The operator's log: one JSON object per line on standard error, with times in UTC and without customers' words.

Modules below log through the standard library; here it is given its form. An exception is written as its type and the
places it passed through, never with its message: messages quote what was typed. What the product itself raises is the
exception to that, since its messages are made for operators.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TextIO

import structlog
from streamlit import logger as streamlit_logger

from kb.errors import KbError
from kb.privacy.redact import redact

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

_FOREIGN: Final = ("streamlit", "uvicorn", "websockets")
"""Name prefixes of loggers that come with their own handlers."""
_OURS: Final = "kb"
_DEEPEST: Final = 20
"""Most frames of a traceback that are written, the innermost ones."""
_Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(level: str = "warning", stream: TextIO | None = None) -> None:
    """Give every logger of the process the operator's form.

    :param level: Least level that is written: ``debug``, ``info``, ``warning`` or ``error``.
    :param stream: Where to; standard error when None.
    """
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, *_SHARED],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [*(h for h in root.handlers if type(h) is not logging.StreamHandler), handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(getattr(logging, level.upper()))
    for name in [n for n in logging.root.manager.loggerDict if n.startswith(_FOREIGN)]:
        _pass_on(logging.getLogger(name))
    streamlit_logger.setup_formatter = _pass_on  # else each of its loggers, made when needed, brings a handler
    logging.getLogger("uvicorn.access").disabled = True  # addresses carry questions
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # a stranger's broken form is no news
    threading.excepthook = _log_thread
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _pass_on(logger: logging.Logger) -> None:
    """Make a logger write through our handler alone."""
    logger.handlers.clear()
    logger.propagate = True
    logger.setLevel(logging.WARNING)


def _log_thread(raised: threading.ExceptHookArgs) -> None:
    """Log an exception that ended a thread like any other exception."""
    if raised.exc_value is not None:
        logging.getLogger(_OURS).error("a thread ended", exc_info=raised.exc_value)


def _without_messages(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and the places it passed through."""
    del logger, method
    raised = _raised(event.pop("exc_info", None))
    if raised is not None:
        kind, error, trace = raised
        event["error"] = f"{kind.__module__}.{kind.__qualname__}"
        if isinstance(error, KbError):
            event["message"] = str(error)
        frames = traceback.extract_tb(trace)[-_DEEPEST:]
        event["at"] = [f"{f.filename}:{f.lineno} {f.name}" for f in frames]
    event.pop("stack_info", None)
    return event


def _raised(given: Any) -> _Raised | None:
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    if isinstance(given, tuple) and given[0] is not None:
        return given
    found = sys.exc_info() if given else (None, None, None)
    return None if found[0] is None or found[1] is None else (found[0], found[1], found[2])


def _without_arguments(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """For third-party loggers, log the message template without its arguments."""
    del logger, method
    record = event.get("_record")
    if record is not None and not str(record.name).startswith(_OURS):
        template = str(record.msg).partition("\n")[0]
        event["event"] = "exception" if record.exc_info and not record.args else redact(template).text
    return event


_SHARED: Final[tuple[Processor, ...]] = (
    _without_arguments,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    _without_messages,
)
