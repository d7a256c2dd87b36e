"""What one request does: its statements and outgoing calls, gathered in a context variable and written to a file."""

import asyncio
import contextvars
import json
import logging
import os
import shlex
import sys
import threading
import time
import zlib

HEADER = "x-seatrial"
"""Names the request: `id`, then `;delay=MS` (sleep before each statement) or `;stop=MARK` (wait before that one)."""
_LONGEST = 2_000
"""Characters of a statement that are kept."""
_PATIENCE = 20.0
"""Seconds that a stopped request waits for its turn."""
_POLL = 0.002
_NOT_ITS_OWN = ("SELECT QUOTE(", "SELECT pg_advisory_unlock_all()")
"""Of no program: how Django has SQLite write down values where it logs, and what asyncpg's pool puts back."""
MARK = "seatrialzq"
"""What a trial puts into values to see where they go."""
_EVENTS = {"open": "file", "os.system": "command", "subprocess.Popen": "command"}
_current = contextvars.ContextVar("seatrial_request", default=None)
_from = contextvars.ContextVar("seatrial_from", default="")
"""The line for which a thread of a driver works."""
_program = {"root": "", "out": ""}
_lock = threading.Lock()


class Request:
    """One request that is watched."""

    def __init__(self, name, delay=0.0, stop=""):
        self.name = name
        self.delay = delay
        self.stop = stop
        self.statements = []
        self.calls = []
        self.heard = None
        self.events = []
        self.error = None
        self.is_sure = False
        self.began = time.perf_counter()

    def save(self, status):
        """Writes what was seen; whole or not at all, since it is read while others are written."""
        seen = {
            "status": status,
            "statements": self.statements,
            "calls": self.calls,
            "events": self.events,
            "error": self.error,
            "seconds": time.perf_counter() - self.began,
            "pid": os.getpid(),
        }
        path = os.path.join(_program["out"], self.name + ".json")
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(seen, file, default=str)
        os.replace(path + ".part", path)


def configure(root, out):
    """Where the program's own code lies, and where requests are written to."""
    _program["root"] = os.path.realpath(root) + os.sep
    _program["out"] = out


def file(name):
    """Where a file of this name lies that others read."""
    return os.path.join(_program["out"], name)


def is_watching():
    """Whether it is a request of a trial for which the program does what it does."""
    return _current.get() is not None


def begin(header):
    """Starts to watch, if the request asks for it; gives back what `end` wants."""
    if not header:
        return None
    name, *options = header.split(";")
    said = dict(option.split("=", 1) for option in options if "=" in option)
    request = Request(os.path.basename(name), float(said.get("delay", 0)) / 1000, said.get("stop", ""))
    return request, _current.set(request)


def end(begun, status):
    """Writes what the request did. Safe to call in another context than `begin` was."""
    if begun is not None:
        begun[0].save(status)


def forget():
    """Watches nothing more in this context."""
    _current.set(None)


def before(sql):
    """A statement is about to run: sleeps or waits as the request asks; gives back what `after` wants."""
    begun = _claim(sql)
    for seconds in _pauses(begun):
        time.sleep(seconds)
    return begun and (*begun[:2], time.perf_counter())


async def before_awaited(sql):
    """As `before`, for drivers whose event loop must go on meanwhile."""
    begun = _claim(sql)
    for seconds in _pauses(begun):
        await asyncio.sleep(seconds)
    return begun and (*begun[:2], time.perf_counter())


def _claim(sql):
    """Notes the statement: the request, the statement's index, and whether the request is to stop before it."""
    request = _current.get()
    text = str(sql)[:_LONGEST]
    if request is None or text.startswith(_NOT_ITS_OWN):
        return None
    with _lock:
        request.statements.append({"sql": text, "line": _line(), "rows": -1, "ms": 0.0})
        return request, len(request.statements) - 1, bool(request.stop) and request.stop == _mark(request, text)


def _mark(request, text):
    """The name of the statement that came last: its text, and how often it came."""
    times = sum(one["sql"] == text for one in request.statements)
    return "{:08x}.{}".format(zlib.crc32(text.encode(errors="replace")), times)


def _pauses(begun):
    """How long to sleep, again and again, until the statement may run."""
    if begun is None:
        return
    request, _, stops = begun
    if request.delay:
        yield request.delay
    if stops:
        out = os.path.join(_program["out"], request.name)
        with open(out + ".stands.part", "w", encoding="utf-8") as file:
            file.write(str(os.getpid()))
        os.replace(out + ".stands.part", out + ".stands")
        until = time.monotonic() + _PATIENCE
        while not os.path.exists(out + ".goes") and time.monotonic() < until:
            yield _POLL


def after(begun, rows=-1, error=None):
    """The statement has run, or raised `error`."""
    if begun is not None:
        request, index, began = begun
        request.statements[index]["ms"] = (time.perf_counter() - began) * 1000
        request.statements[index]["rows"] = rows
        if error is not None:
            request.statements[index]["error"] = "{}: {}".format(type(error).__name__, error)[:300]


def called(what):
    """The program calls out."""
    request = _current.get()
    if request is not None:
        pause = None if request.heard is None else _since(*request.heard)
        request.calls.append({"to": what, "line": _line(), "waits": 0.0, "pause": pause})


def heard():
    """The call that came last is answered, or failed."""
    request = _current.get()
    if request is not None:
        request.heard = (threading.get_ident(), time.perf_counter(), _busy())


def _since(thread, began, busy):
    """Seconds since then in which this thread had nothing to do; all of them, if it was another thread then."""
    seconds = time.perf_counter() - began
    return seconds - (_busy() - busy) if thread == threading.get_ident() else seconds


def _busy():
    """Seconds that this thread worked, or would have if a processor had been free (Linux, schedstat)."""
    try:
        with open("/proc/thread-self/schedstat", encoding="ascii") as file:
            worked, waited, _ = map(int, file.read().split())
    except (OSError, ValueError):
        worked, waited = time.thread_time_ns(), 0
    return (worked + waited) / 1e9


def waits(seconds):
    """The call that came last waits so long for its answer; None: for ever; 0: it does not tell."""
    request = _current.get()
    if request is not None and request.calls:
        request.calls[-1]["waits"] = seconds


def install():
    """Watches files that are looked at or opened and commands that are run, if a request's own mark is in them."""
    sys.addaudithook(_audited)
    logging.getLogger().addHandler(_Errors())
    plain = os.stat

    def stat(path, *args, **kwargs):
        if isinstance(path, (str, bytes, os.PathLike)):
            _noted("look", os.fsdecode(path))
        return plain(path, *args, **kwargs)

    os.stat = stat


def _audited(event, arguments):
    if event in _EVENTS and _current.get() is not None:
        _noted(_EVENTS[event], _text(event, arguments))


def _noted(kind, text):
    request = _current.get()
    if request is not None and MARK in text and not text.startswith(_program["out"]):
        request.events.append({"kind": kind, "text": text[:_LONGEST], "line": _line()})


class _Errors(logging.Handler):
    """Frameworks log what a handler of theirs raised."""

    def emit(self, record):
        if record.exc_info and record.exc_info[1] is not None:
            failed(record.exc_info[1], is_sure=record.levelno >= logging.ERROR)


def failed(error, is_sure=True):
    """The request raised this: the first such error is its cause; one that is only warned of, if there is no other."""
    request = _current.get()
    if request is not None and (request.error is None or (is_sure and not request.is_sure)):
        request.is_sure = is_sure
        error = _cause(error)
        request.error = {"kind": type(error).__name__, "text": str(error)[:300], "line": _raised(error)}


def _cause(error):
    """What the error was raised for, as far as that came through the program: an answer of 500 is made of another."""
    is_answer = isinstance(getattr(error, "status_code", getattr(error, "code", None)), int)
    inner = error.__cause__ or (error.__context__ if is_answer else None)
    return _cause(inner) if inner is not None and _raised(inner) else error


def _raised(error):
    """The last line of the program's own that the error came through."""
    line, trace, root = "", error.__traceback__, _program["root"]
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(root) and "site-packages" not in name:
            line = "{}:{} {}".format(name[len(root) :], trace.tb_lineno, trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    return line


def _text(event, arguments):
    """What is opened or run, as text. A list of words is quoted as a shell would need it."""
    if event == "open":
        return os.fsdecode(arguments[0]) if isinstance(arguments[0], (str, bytes)) else ""
    if event == "os.system":
        return os.fsdecode(arguments[0])
    words = arguments[1]
    if isinstance(words, (str, bytes)):
        return os.fsdecode(words)
    words = [os.fsdecode(word) for word in words]
    return words[2] if words[1:2] == ["-c"] and len(words) > 2 else " ".join(map(shlex.quote, words))


def carried():
    """Runs what another thread does in the context of the moment, as from the line of the moment."""
    context = contextvars.copy_context()
    context.run(_from.set, _line())
    return context.run


def _line():
    """The nearest line of the program's own code: `path:line function`; empty if it is not known."""
    frame, root = sys._getframe(3), _program["root"]
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(root) and "site-packages" not in name and not _hands_on(frame):
            return "{}:{} {}".format(name[len(root) :], frame.f_lineno, frame.f_code.co_name)
        frame = frame.f_back
    return _from.get()


def _hands_on(frame):
    """Whether it is a middleware of Django, which all requests go through: what they do is not its own doing."""
    code = frame.f_code
    if code.co_name not in ("__call__", "__acall__"):
        return "get_response" in code.co_freevars
    return hasattr(frame.f_locals.get("self"), "get_response")
