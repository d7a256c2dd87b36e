"""What to start with once more when a program does not: settings, files, folders, candidates, one after another."""

import json
import os
import socket
import sys

from . import absent, dummies, early, imports, later, outside, settings, supplied
from .saying import told

_MOST_STARTS = 80
_UNREACHED = ("ConnectionError", "ConnectError", "ConnectTimeout", "ConnectTimeoutError")
"""What the errors of requests, httpx, redis, botocore and elasticsearch are called that reach nobody."""


def supply(config):
    """Sets the variables that the program cannot do without, some of them only when it is asked something."""
    given = _given(config)
    names = {name: given.get(name) or dummies.first(name) for name in config["required"] if name not in os.environ}
    config["dummies"].update(names)
    os.environ.update(names)


def _given(config):
    """What its own examples say."""
    return {name: value for said in config["fallbacks"] for name, value in said.items()}


def after(error, path, config):
    """Starts once more with what was missing made up; comes back if there is nothing new to try."""
    config["starts"] = config.get("starts", 0) + 1
    if config["starts"] > _MOST_STARTS:
        return
    if early.made(error, config):
        _start(path, config)
    command = absent.missed(error)
    if command and command not in config["absent"]:
        config["absent"].append(command)
        _start(path, config)
    led = outside.missed(error, config)
    if led and list(led) not in config["outside"]:
        config["outside"].append(list(led))
        _start(path, config)
    file = supplied.missing_file(error, config["root"])
    folder = "" if file else imports.elsewhere(error, config["root"])
    config["paths"].extend([folder] if folder else [])
    names = {} if file or folder or _is_elsewhere(error) else _guessed(error, config)
    if not (file or folder or names) and not _other_settings(error, config) and not _later(error, config):
        names = _fallback(error, config)
        if not names and not _other_candidate(error, config) and not _next_settings(error, config):
            return
    config.setdefault("supplied", []).extend([file] if file else [])
    config["dummies"].update(names)
    os.environ.update(names)
    _start(path, config)


def _start(path, config):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)
    here = os.path.dirname(os.path.abspath(__file__))
    os.execv(sys.executable, [sys.executable, "-B", here, path])  # noqa: S606 - itself, once more


def _guessed(error, config):
    """Values for the settings that the error complains of; what its own files say goes before a second guess."""
    names = _missing_settings(error, config)
    is_second = names and names.keys() <= {*config["made_up"], *config["dummies"]}
    return {**names, **_fallback(error, config)} if is_second else names


def _missing_settings(error, config):
    """Values for settings that the error complains of; what was made up before may be refused, too.

    Then comes what the examples say, and what else may be made up.
    """
    tried = {**config["made_up"], **config["dummies"]}
    names = settings.missing(error, tried, config["variables"], config["prefixes"])
    given = _given(config)
    firsts = {name: dummies.first(name) for name in names}
    return {n: given.get(n, value) if tried.get(n) in (None, firsts[n]) else value for n, value in names.items()}


def _is_elsewhere(error):
    """Whether it came of a service that is not here: no made-up setting helps, and to ask again takes its time."""
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        names = [cls.__name__ for cls in type(error).__mro__]
        if isinstance(error, (ConnectionError, socket.gaierror)) or any(name.endswith(_UNREACHED) for name in names):
            return True
        error = error.__cause__ or error.__context__
    return False


def _fallback(error, config):
    """The next set of what its own examples say; what its code or its packages lack is none of their concern."""
    while config["fallbacks"] and not isinstance(error, (ImportError, NameError, SyntaxError)):
        said = config["fallbacks"].pop(0)
        names = {name: value for name, value in said.items() if name not in os.environ or name in config["dummies"]}
        if names:
            return names
    return {}


def _later(error, config):
    """Has annotations left for later where one may name what is not there yet."""
    if config["later"] or not later.may_help(error):
        return False
    config["later"] = True
    return True


def _other_settings(error, config):
    """Turns to the next settings where a package is missing: those of developers ask for more than is installed."""
    return isinstance(error, ModuleNotFoundError) and _next_settings(error, config)


def _next_settings(error, config):
    """Turns to the next settings; the first failure is told if none are good."""
    if not config["more_settings"]:
        return False
    config.setdefault("first", told(error))
    config["settings"] = config["more_settings"].pop(0)
    return True


def _other_candidate(error, config):
    """Turns to the candidates behind the one that failed; the first failure is told if none is an application.

    One that was passed over, for it has no routes, is served only if the module that failed is not there at all.
    """
    failed = getattr(error, "seatrial_candidate", "")
    left = config["candidates"][config["candidates"].index(failed) + 1 :] if failed in config["candidates"] else []
    if isinstance(error, ModuleNotFoundError) and failed.partition(":")[0].split(".")[0] == error.name:
        left += [error.seatrial_bare] if error.seatrial_bare else []
    else:
        config.setdefault("first", told(error))
    config["candidates"] = left
    return bool(left)


def passed_over(config, name):
    """What to say where what is started is not what comes first, for that failed; empty where it is."""
    error = " ".join(config.get("first", {}).get("error", "").split())
    return ["what comes first fails ({}): {} was started instead".format(error, name)] if error else []
