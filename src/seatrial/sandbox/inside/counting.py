"""Counts what the process holds, when asked by a signal: what leaks shows as a count that only rises.

Objects are counted, not bytes: after a collection their number is exact, while memory that was given back is often kept
by the process. Where what rises was made is told by tracing a few requests, in a second pass.
"""

import ast
import asyncio
import functools
import gc
import json
import os
import signal
import sys
import threading
import tracemalloc

_FRAMES = 16
_MOST = 12
_Remembering = type(functools.lru_cache(maxsize=None)(len))
_where = {"root": "", "out": "", "temporary": ""}
_traced = {"on": False, "hooked": False, "files": {}}


def install(root, out, temporary):
    """Answers `SIGUSR2`, which asks what `PID.asks` says."""
    _where.update(root=os.path.realpath(root) + os.sep, out=out, temporary=os.path.realpath(temporary) + os.sep)
    signal.signal(signal.SIGUSR2, _asked)


def _asked(*_):
    path = os.path.join(_where["out"], str(os.getpid()))
    asks = os.open(path + ".asks", os.O_RDONLY)  # Python's own files leave objects behind, the first dozen times
    told = {"count": _count, "trace": _trace, "sites": _sites}[os.read(asks, 100).decode()]()
    os.close(asks)
    tells = os.open(path + ".tells.part", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.write(tells, json.dumps(told).encode())
    os.close(tells)
    os.replace(path + ".tells.part", path + ".tells")


def _count():
    """What there is of each kind, when all is collected that nobody refers to."""
    gc.collect()
    _collect()
    bounded, unbounded = _remembered()
    return {
        "objects": sys.getallocatedblocks(),
        "tasks": _tasks(),
        "threads": threading.active_count(),
        "bounded": bounded,
        "unbounded": unbounded,
    }


def _collect():
    """Collects what nobody refers to, and has the interpreter forget the names under which it last found attributes.

    It keeps up to 4,096 of them: names that are made for each request (`import_string`) rise for tens of thousands.
    """
    gc.collect()
    forget = getattr(sys, "_clear_internal_caches", None) or getattr(sys, "_clear_type_cache", None)
    if forget is not None:  # of CPython alone; renamed in 3.13
        forget()


def _tasks():
    loop = asyncio._get_running_loop()
    return 0 if loop is None else len(asyncio.all_tasks(loop))


def _remembered():
    """Results that `functools` keeps: how many where there is a bound, and where there is none by the function."""
    bounded, unbounded = 0, {}
    for one in gc.get_objects():
        if type(one) is _Remembering:
            said = one.cache_info()
            code = getattr(one.__wrapped__, "__code__", None)
            if said.maxsize is not None:
                bounded += said.currsize
            elif said.currsize and code is not None:
                name = _own(code.co_filename, code.co_firstlineno)
                unbounded[name] = unbounded.get(name, 0) + said.currsize
    return bounded, {name: size for name, size in unbounded.items() if name}


def _trace():
    """From now on, notes where what is made is made."""
    _collect()
    if not _traced["hooked"]:  # only now: a hook costs something at every file, and cannot be taken back
        sys.addaudithook(_audited)
    _traced.update(on=True, hooked=True, files={})
    tracemalloc.start(_FRAMES)
    return {}


def _sites():
    """Lines of the program that made what is still there, those that made most first."""
    _collect()
    traces = tracemalloc.take_snapshot().traces
    tracemalloc.stop()
    _traced["on"] = False
    found = {}
    for trace in traces:
        seen = set()
        for depth, frame in enumerate(reversed(trace.traceback)):
            if frame.filename.startswith(_where["root"]) and (frame.filename, frame.lineno) not in seen:
                seen.add((frame.filename, frame.lineno))
                one = found.setdefault((frame.filename, frame.lineno), [0, 0, 0])
                one[0] += 1
                one[1] += trace.size
                one[2] += depth
    for path, place in _traced["files"].items():
        if place and os.path.exists(path):
            found.setdefault(place, [0, 0, 0])[0] += 1
    most = sorted(found.items(), key=lambda one: (-one[1][0], one[1][2]))[:_MOST]
    return [{"line": _own(*place), "count": n, "bytes": size, "depth": depth / n} for place, (n, size, depth) in most]


def _audited(event, arguments):
    """Notes where a temporary file or folder is made."""
    if _traced["on"] and event in ("open", "os.mkdir") and isinstance(arguments[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(_where["temporary"]) and path not in _traced["files"] and not os.path.exists(path):
            _traced["files"][path] = _caller()


def _caller():
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith(_where["root"]):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None


def _own(path, line):
    """`path:line function` of a line of the program's own; empty if it is none."""
    if not path.startswith(_where["root"]) or "site-packages" in path:
        return ""
    name = "<module>"
    with open(path, encoding="utf-8", errors="replace") as file:
        tree = ast.parse(file.read())
    for node in ast.walk(tree):  # from the outside in: the last that holds the line is the innermost
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            name = node.name if first <= line <= node.end_lineno else name
    return "{}:{} {}".format(path[len(_where["root"]) :], line, name)
