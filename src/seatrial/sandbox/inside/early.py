"""Tables that a program asks as it is loaded: they are made from its models, and it is loaded once more."""

import re

from . import schema

_MISSING = re.compile(r"no such table|relation \"[^\"]*\" does not exist", re.IGNORECASE)


def made(error, config):
    """Whether tables were made for a program that failed for want of one; once only."""
    if config.get("tabled") or not _MISSING.search(str(error)):
        return False
    config["tabled"] = True
    try:
        return bool(schema.of_models(config["root"]))
    except Exception:  # a program's own models: what they ask for is told by the error that is there already
        return False
