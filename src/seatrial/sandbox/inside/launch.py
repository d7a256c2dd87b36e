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

from . import (
    absent,
    again,
    apps,
    columns,
    configs,
    confine,
    counting,
    drawing,
    drivers,
    dummies,
    filling,
    hollow,
    identity,
    imports,
    instead,
    later,
    leading,
    lifespan,
    limits,
    locales,
    logs,
    migrations,
    minting,
    namespaces,
    outgoing,
    outside,
    place,
    recording,
    routes,
    schema,
    serving,
    stacks,
    standing,
    supplied,
    tables,
    twins,
    users,
    varying,
)
from .saying import failed, say

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
    standing.configure(config["out"])
    standing.at("importing it")
    confine.end_with_parent()
    if _CONFINED not in os.environ:  # what starts again is held already
        os.environ[_CONFINED] = str(int(confine.hold(config["writable"], config["services"])))
    confine.limit(config["memory"], config["seconds"])
    signal.signal(signal.SIGUSR1, lambda *_: gc.collect())  # what nobody refers to is given back when asked
    lead = functools.partial(imports.lead, config["paths"], config["root"])
    lead(config["settings"] or next(iter(config["candidates"]), ""))
    os.chdir(config["home"])
    recording.configure(config["root"], config["out"])
    counting.install(config["root"], config["out"], config["temporary"])
    outgoing.install(config["out"], config["own"])
    leading.configure(config["services"], config["writable"], config["out"])
    supplied.configure(config["writable"], config["temporary"])
    supplied.install()
    drivers.install()
    dummies.configure(config["begins"])
    configs.configure([*config["made_up"], *config["dummies"]])
    logs.install()
    recording.install()
    hollow.install(config["hollow"])
    locales.install()
    absent.install(config["absent"])
    outside.install(config["outside"])
    if config["later"]:
        later.install(config["root"])
    again.supply(config)
    if config["task"] == "migrate":
        migrations.upgrade(config["home"], config["root"])
        return
    try:
        with drawing.alike():
            app = apps.load(config["candidates"], lead, config["settings"], functools.partial(_settled, config))
    except BaseException as error:
        again.after(error, path, config)
        failed(config, error)
        raise
    config["path"] = path
    _TASKS[config["task"]](app, config)


def _settled(config, settings):
    """The module of Django's settings, fitted to this machine."""
    place.choose_configuration(settings)
    made_up = {**config["made_up"], **config["dummies"]}
    module = importlib.import_module(settings)
    before = dict(vars(module))
    place.settle(module, config["temporary"], made_up, config["hollow"])
    place.take_over(module, before)


def _begun(app, config):
    """Has a program that is told when it begins do so: what it misses only then is made up, too.

    What else keeps it from that is for the workers to tell.
    """
    try:
        with standing.within(_BEGUN_WITHIN, "its beginning"):
            lifespan.begun(app.callable)
    except Exception as error:
        _again(error, app, config)
        if _ABSENT.search(str(error)):
            failed(config, error)
            raise


def _again(error, app, config):
    """Starts the same application once more with what it misses made up, unless that is a service."""
    if not _ELSEWHERE.search("{} {}".format(type(error).__name__, error)):
        again.after(error, config["path"], {**config, "candidates": [app.name], "more_settings": []})


def _prepare(app, config):
    try:
        standing.at("making its tables")
        made = schema.make(app, config)
        standing.at("reading what it answers to")
        document = routes.document(app, config["root"])
        if app.is_async:
            standing.at("waiting for it to begin")
            _begun(app, config)
    except BaseException as error:
        _again(error, app, config)
        failed(config, error)
        raise
    say(
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
            "absent": config["absent"],
            "outside": config["outside"],
            "notes": [
                *again.passed_over(config, app.name),
                *place.notes,
                *absent.notes(),
                *outside.notes(),
                *instead.notes,
                *migrations.notes,
                *namespaces.notes,
                *tables.notes,
                *schema.notes,
                *locales.notes,
                *identity.notes(),
                *limits.notes(),
            ],
            "refused": outgoing.refused,
            "confined": os.environ[_CONFINED] == "1",
        },
    )
    sys.stdout.flush()
    os._exit(0)  # threads that it began may go on for ever


def _serve(app, config):
    stacks.install(config["root"], config["out"])
    listener = socket.socket(fileno=config["listener"])
    say(config, "{}.ready".format(os.getpid()), {})
    serving.serve(app, listener)


def _twins(_, config):
    say(config, "twins", twins.compared(config["more"]["pairs"], {**config, **config["more"]}))


def _users(app, config):
    say(config, "users", users.made(config["more"]["password"]) if app.framework == "django" else [])


def _fill(app, config):
    say(config, "fill", filling.fill(config["more"]["owner"]) if app.framework == "django" else [])


def _vary(app, config):
    more = config["more"]
    say(config, "vary", varying.vary(more["owner"], more["tables"]) if app.framework == "django" else [])


def _columns(_, config):
    say(config, "columns", columns.defaults())


def _mint(app, config):
    say(config, "mint", minting.minted(app, config["root"], config["more"]["people"]))


_TASKS = {
    "prepare": _prepare,
    "serve": _serve,
    "twins": _twins,
    "users": _users,
    "fill": _fill,
    "columns": _columns,
    "mint": _mint,
    "vary": _vary,
}
