"""Runs `inside` in the program's own interpreter, with one configuration after another."""

import json
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from seatrial.sandbox import needs, patience
from seatrial.sandbox.advice import Known, advice
from seatrial.sandbox.candidates import Candidates, served_by_itself
from seatrial.sandbox.drift import (
    absent,
    has_moved,
    mend,
    newest_python,
    strange,
    unloadable,
    wants_newer_python,
    without,
)
from seatrial.sandbox.errors import StartError
from seatrial.sandbox.heavy import upset
from seatrial.sandbox.interpreter import newer, of_its_time, older
from seatrial.sandbox.made import made
from seatrial.sandbox.mending import STAND_INS, add_imported, changed
from seatrial.sandbox.process import Child, spawn
from seatrial.sandbox.pythons import unmet
from seatrial.sandbox.surroundings import Surroundings
from seatrial.sandbox.telling import ALL, BY_NAME, absent_commands, lost, said, without_it
from seatrial.sandbox.texts import own_modules

_MOST_MENDS = 10
_INSIDE = Path(__file__).with_name("inside")
_PREPARED_WITHIN = 300.0
_UNSAID = "nothing was found that tells what it needs to be installed: it was run with seatrial's own interpreter"
_UNSERVED = ("NoAppError", "ModuleNotFoundError", "ImportError")
_MEMORY = 8_000_000_000
"""Bytes of address space a worker may use: virtual, so far above what it holds."""
_CPU = 3_600


class Started(msgspec.Struct, frozen=True):
    """The program as it was found: what `inside` says of it when it is prepared."""

    app: str
    framework: str
    is_async: bool
    schema: str
    document: dict[str, Any]
    """An OpenAPI document, or as much of one as the routes tell."""
    paths: tuple[str, ...] = ()
    """Folders that it imports from."""
    failures: tuple[str, ...] = ()
    """What its migrations ended with, each as `Kind: text`."""
    dummies: dict[str, str] = {}
    """Settings that were missing, and what they were set to."""
    databases: tuple[str, ...] = ()
    """SQLite files that it opened."""
    refused: tuple[str, ...] = ()
    """Addresses outside this machine that it tried to reach."""
    supplied: tuple[str, ...] = ()
    """Files of settings that were missing in the tree, and were made in the copy."""
    absent: tuple[str, ...] = ()
    """Commands that it runs as it is loaded, and that are not here."""
    outside: tuple[tuple[str, str], ...] = ()
    """Folders outside of its copy that it takes for its own, and where they are led to."""
    later: bool = False
    """Its annotations are left for later: it is written for Python 3.14 and runs with an older one."""
    confined: bool = True
    """The kernel keeps it from writing outside of its copy."""
    notes: tuple[str, ...] = ()
    """What else was done to start it, each a sentence."""
    failing: str = ""
    """What to say of it if most of what it is asked fails."""


class Starter:
    """Starts the program in its surroundings."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def prepare(self) -> Started:
        """Looks at the program and makes its tables; from then on what was found is used.

        In an environment of ours, what it asked for too loosely is installed as it was meant.
        """
        until = time.monotonic() + _PREPARED_WITHIN
        for left in reversed(range(_MOST_MENDS)):
            try:
                started = self._looked()
            except StartError as error:
                if not left or time.monotonic() > until or not self.mended(error):
                    raise
            else:
                is_soon = time.monotonic() < until - _PREPARED_WITHIN / 2
                if not left or not is_soon or not any(self.mended(StartError("", said)) for said in started.failures):
                    break
        is_django = started.framework == "django" and ":" not in started.app
        names, module = ((), started.app) if is_django else ((started.app,), "")
        found = Candidates(names, started.paths, module)
        dummies = {**self._around.dummies, **started.dummies}
        kept = {"later": started.later, "absent": started.absent, "outside": started.outside}
        self._around = msgspec.structs.replace(self._around, found=found, dummies=dummies, **kept)
        how = made(self._around.python)
        stood_in = [without_it(one, self._around.python) for one in self._around.hollow]
        unsaid = [_UNSAID] * self._around.is_ours
        notes = (*unsaid, *(how.notes if how else ()), *stood_in, *started.notes)
        return msgspec.structs.replace(started, dummies=dummies, notes=notes)

    def _looked(self) -> Started:
        return msgspec.json.decode(self._told("prepare", "prepared"), type=Started)

    def mended(self, error: StartError) -> bool:
        """Whether something was changed, in an environment of ours or beside it, that may help against the error."""
        python, home = self._around.python, needs.listing(self._around.root)
        module = self._missed(error)
        if module and module not in self._around.hollow:
            if module in STAND_INS:
                changed(python, home, STAND_INS[module])
            self._around = msgspec.structs.replace(self._around, hollow=(*self._around.hollow, module))
            return True
        version = newest_python(error.cause)
        found = older(python, home, version) if version else None
        if wants_newer_python(error.cause):
            found = newer(python, home)
        further = mend(error.cause, error.trace, python, home)
        if further and not found and has_moved(error.cause, error.trace):
            found = of_its_time(python, home, self._around.day)
        if found and found != python:
            self._around = msgspec.structs.replace(self._around, python=found)
            return True
        if not further or not changed(python, home, further):
            return False
        if absent(error.cause):
            add_imported(python, home, self._around.root)
        return True

    def _missed(self, error: StartError) -> str:
        """The module that is to be hollow since what it belongs to cannot be had; empty if there is none."""
        how = made(self._around.python)
        lost = without(error.cause, how.lost) or strange(error.cause, error.trace, how.doubtful) if how else ""
        further = upset(error.trace, self._around.python, how.lost) if how and self._around.hollow else ""
        return lost or unloadable(error.cause, error.trace) or further

    def setup(self, commands: Sequence[Sequence[str]]) -> None:
        """Runs the user's own commands in the copy."""
        for number, (command, *arguments) in enumerate(commands):
            program = str(self._around.python) if command == "python" else command
            log = self._around.out / f"setup-{number}.log"
            child = spawn([program, *arguments], self._around.home, self._environment, log)
            try:
                if child.wait(_PREPARED_WITHIN) != 0:
                    told = " ".join((command, *arguments))
                    raise StartError(f"the setup command `{told}` failed:\n{child.last_lines()}")
            finally:
                child.end()

    def beside(self, task: str, more: Mapping[str, Any]) -> bytes:
        """What a task of `inside` says that runs in a process of its own, beside the workers."""
        return self._told(task, task, more)

    def serve(self, listener: socket.socket) -> Child:
        """Starts one worker on the socket."""
        return self._run("serve", listener.fileno())

    @property
    def _environment(self) -> Mapping[str, str]:
        return {**self._around.dummies, **self._around.env}

    def _run(self, task: str, listener: int, more: Mapping[str, Any] | None = None) -> Child:
        around = self._around
        temporary = around.out.with_name("tmp")
        config = {
            "task": task,
            "root": str(around.root),
            "home": str(around.home),
            "out": str(around.out),
            "paths": around.found.paths,
            "candidates": around.found.names,
            "settings": around.found.settings,
            "more_settings": list(around.found.more_settings),
            "listener": listener,
            "temporary": str(temporary),
            "writable": [str(around.root), str(around.out), str(temporary)],
            "own": around.own,
            "services": dict(around.services),
            "memory": _MEMORY,
            "seconds": _CPU,
            "dummies": {},
            "made_up": {name: value for name, value in around.dummies.items() if name not in around.env},
            "variables": around.read.names,
            "prefixes": around.read.prefixes,
            "begins": dict(around.read.begins),
            "required": sorted(around.read.required),
            "fallbacks": list(around.fallbacks),
            "later": around.later,
            "hollow": around.hollow,
            "absent": list(around.absent),
            "outside": list(around.outside),
            "more": more,
        }
        path = around.out / f"{task}.config.json"
        path.write_text(json.dumps(config))
        command = [str(around.python), "-B", str(_INSIDE), str(path)]
        fds = [listener] if listener >= 0 else []
        return spawn(command, around.home, self._environment, around.out / f"{task}.log", fds)

    def _told(self, task: str, name: str, more: Mapping[str, Any] | None = None) -> bytes:
        """What a task writes down; a program may also end before it, and say that all is well."""
        told = self._around.out / f"{name}.json"
        told.unlink(missing_ok=True)
        seconds = patience.left(_PREPARED_WITHIN)
        child = self._run(task, -1, more)
        try:
            code = child.wait(seconds)
        finally:
            child.end()
        if code != 0 or not told.exists():
            raise self._failure(child, code, seconds)
        return told.read_bytes()

    def _known(self, dummies: Mapping[str, str]) -> Known:
        around = self._around
        given = {name: value for said in reversed(around.fallbacks) for name, value in said.items()}
        return Known({**around.dummies, **dummies}, given, around.read.names, own_modules(around.root))

    def _unfit(self, error: str) -> str:
        """What to say of a program that asks for another Python, or for a server of its own; empty if it does not."""
        listing = needs.listing(self._around.root)
        other = unmet(needs.python(listing), self._around.python, needs.pythons_named(listing))
        return other or (served_by_itself(self._around.root) if error.startswith(_UNSERVED) else "")

    def _failure(self, child: Child, code: int | None, seconds: float) -> StartError:
        failed = self._around.out / "failed.json"
        told = json.loads(failed.read_bytes()) if failed.exists() else {}
        error = told.get("error", "")
        standing = self._around.out / "standing.txt"
        at = f"; it stands at: {standing.read_text(errors='replace')}" if standing.exists() else ""
        late = f"it is not prepared within {seconds:.0f} s{at}"
        reason = error or (late if code is None else f"it ended with {code}")
        lines = (
            f"the program cannot be started: {reason}",
            said(child, error),
            *[f"{_UNSAID.capitalize()}. Name its own: {BY_NAME}."] * self._around.is_ours,
            *lost(made(self._around.python)),
            *absent_commands(told.get("absent", ())),
            self._unfit(error),
            advice(error, child.last_lines(ALL), self._known(told.get("dummies", {}))),
        )
        return StartError("\n".join(line for line in lines if line), error, told.get("trace", ""))
