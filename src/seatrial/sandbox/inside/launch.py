"""The two ways to start: `prepare` looks at the program and makes its tables, `serve` serves it."""

import functools
import gc
import importlib
import json
import os
import re
import signal
import socket
import sys
import traceback

from . import (
    apps,
    asgi,
    confine,
    counting,
    drawing,
    drivers,
    filling,
    dummies,
    imports,
    instead,
    later,
    leading,
    logs,
    migrations,
    outgoing,
    place,
    recording,
    routes,
    schema,
    serving,
    settings,
    supplied,
    tables,
    twins,
    users,
)

_MOST_STARTS = 80
_CONFINED = "SEATRIAL_CONFINED"
_BEGUN_WITHIN = 60
"""Seconds."""
_ELSEWHERE = re.compile(r"Connect|Timeout|refused|timed out|getaddrinfo|Name or service", re.IGNORECASE)
"""What is said where a service is missing: no setting helps."""
_ABSENT = re.compile(r"No module named '")


def main(path):
    """Does what the configuration at `path` says, and writes how it went beside it."""
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    confine.end_with_parent()
    if _CONFINED not in os.environ:  # what starts again is held already
        os.environ[_CONFINED] = str(int(confine.write_only_in(config["writable"])))
    confine.limit(config["memory"], config["seconds"])
    signal.signal(signal.SIGUSR1, lambda *_: gc.collect())  # what nobody refers to is given back when asked
    sys.path[:0] = config["paths"]
    os.chdir(config["home"])
    recording.configure(config["root"], config["out"])
    counting.install(config["root"], config["out"], config["temporary"])
    outgoing.install(config["out"], config["own"])
    leading.configure(config["services"], config["writable"], config["out"])
    supplied.configure(config["writable"], config["temporary"])
    drivers.install()
    logs.install()
    recording.install()
    if config["later"]:
        later.install(config["root"])
    _supply(config)
    if config["task"] == "migrate":
        migrations.upgrade(config["home"], config["root"])
        return
    try:
        with drawing.alike():
            app = apps.load(config["candidates"], config["settings"], functools.partial(_settled, config))
    except BaseException as error:
        _again_after(error, path, config)
        _failed(config, error)
        raise
    config["path"] = path
    {"prepare": _prepare, "serve": _serve, "twins": _twins, "users": _users, "fill": _fill}[config["task"]](app, config)


def _settled(config, settings):
    """The module of Django's settings, fitted to this machine."""
    place.choose_configuration(settings)
    made_up = {**config["made_up"], **config["dummies"]}
    place.settle(importlib.import_module(settings), config["temporary"], made_up)


def _supply(config):
    """Sets the variables that the program cannot do without, some of them only when it is asked something."""
    given = _given(config)
    names = {name: given.get(name) or dummies.first(name) for name in config["required"] if name not in os.environ}
    config["dummies"].update(names)
    os.environ.update(names)


def _given(config):
    """What its own examples say."""
    return {name: value for said in config["fallbacks"] for name, value in said.items()}


def _begun(app, config):
    """Has a program that is told when it begins do so: what it misses only then is made up, too.

    What else keeps it from that is for the workers to tell.
    """
    signal.signal(signal.SIGALRM, _late)
    signal.alarm(_BEGUN_WITHIN)
    try:
        asgi.begun(app.callable)
    except Exception as error:
        signal.alarm(0)
        if not _ELSEWHERE.search("{} {}".format(type(error).__name__, error)):
            _again_after(error, config["path"], {**config, "candidates": [app.name], "more_settings": []})
        if _ABSENT.search(str(error)):
            _failed(config, error)
            raise
    signal.alarm(0)


def _late(*_):
    raise TimeoutError("it did not begin in time")


def _again_after(error, path, config):
    """Starts once more with what was missing made up; comes back if there is nothing new to try."""
    config["starts"] = config.get("starts", 0) + 1
    if config["starts"] > _MOST_STARTS:
        return
    file = supplied.missing_file(error, config["root"])
    folder = "" if file else imports.elsewhere(error, config["root"])
    config["paths"].extend([folder] if folder else [])
    names = {} if file or folder else _missing_settings(error, config)
    if not (file or folder or names) and not _other_settings(error, config) and not _later(error, config):
        names = _fallback(error, config)
        if not names and not _other_candidate(error, config) and not _next_settings(error, config):
            return
    config.setdefault("supplied", []).extend([file] if file else [])
    config["dummies"].update(names)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)
    os.environ.update(names)
    here = os.path.dirname(os.path.abspath(__file__))
    os.execv(sys.executable, [sys.executable, "-B", here, path])  # noqa: S606 - itself, once more


def _missing_settings(error, config):
    """Values for settings that the error complains of; those that we made up before may be refused too."""
    tried = {**config["made_up"], **config["dummies"]}
    names = settings.missing(error, tried, config["variables"], config["prefixes"])
    given = _given(config)
    return {name: value if name in tried else given.get(name, value) for name, value in names.items()}


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
    config.setdefault("first", _told(error))
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
        config.setdefault("first", _told(error))
    config["candidates"] = left
    return bool(left)


def _prepare(app, config):
    try:
        made = schema.make(app, config)
        document = routes.document(app, config["root"])
        if app.is_async:
            _begun(app, config)
    except BaseException as error:
        _failed(config, error)
        raise
    _say(
        config,
        "prepared",
        {
            "app": app.name,
            "framework": app.framework,
            "is_async": app.is_async,
            "schema": made,
            "document": document,
            "paths": config["paths"],
            "failures": migrations.failures,
            "dummies": config["dummies"],
            "databases": [os.path.abspath(name) for name in drivers.databases if name != ":memory:"],
            "supplied": config.get("supplied", []),
            "later": config["later"],
            "notes": [*place.notes, *instead.notes, *migrations.notes, *tables.notes],
            "refused": outgoing.refused,
            "confined": os.environ[_CONFINED] == "1",
        },
    )
    sys.stdout.flush()
    os._exit(0)  # threads that it began may go on for ever


def _serve(app, config):
    listener = socket.socket(fileno=config["listener"])
    _say(config, "{}.ready".format(os.getpid()), {})
    serving.serve(app, listener)


def _twins(_, config):
    _say(config, "twins", twins.compared(config["more"]["pairs"], {**config, **config["more"]}))


def _users(app, config):
    _say(config, "users", users.made(config["more"]["password"]) if app.framework == "django" else [])


def _fill(app, config):
    _say(config, "fill", filling.fill(config["more"]["owner"]) if app.framework == "django" else [])


def _failed(config, error):
    _say(config, "failed", config.get("first") or _told(error))


def _told(error):
    last = traceback.format_exception(type(error), error, error.__traceback__)
    return {"error": "{}: {}".format(type(error).__name__, error), "trace": "".join(last)[-4000:]}


def _say(config, what, content):
    path = os.path.join(config["out"], what + ".json")
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump(content, file, default=str)
    os.replace(path + ".part", path)
