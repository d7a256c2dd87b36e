"""How a start went, told in files beside its configuration."""

import json
import os
import traceback


def failed(config, error):
    """Tells why the program does not start: the first reason, where several were met."""
    say(
        config,
        "failed",
        {
            **(config.get("first") or told(error)),
            "absent": config.get("absent", []),
            "dummies": config.get("dummies", {}),
        },
    )


def told(error):
    """The error in a line, and how it came about; of a program that ends itself for an error, that."""
    if isinstance(error, SystemExit) and error.code in (None, 0) and error.__context__ is not None:
        error = error.__context__
    while isinstance(error, ImportError) and error.name is None and isinstance(error.__context__, ImportError):
        error = error.__context__  # what a library says in its own words of an import that failed
    last = traceback.format_exception(type(error), error, error.__traceback__)
    return {"error": "{}: {}".format(type(error).__name__, error), "trace": "".join(last)[-4000:]}


def say(config, what, content):
    """Writes it at once, so that nobody reads half of it."""
    path = os.path.join(config["out"], what + ".json")
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump(content, file, default=str)
    os.replace(path + ".part", path)
