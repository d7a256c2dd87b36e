"""What a program of Flask misses in its configuration: made up as the variables that it misses are."""

import os

_names = set()


def configure(names):
    """The settings that values were made up for: they are variables as well."""
    _names.update(names)


def flask(module):
    """Hooks `flask.config`: what is asked for and was not set is what was made up for it."""

    def missing(_, key):
        if key in _names:
            return os.environ[key]
        raise KeyError(key)

    module.Config.__missing__ = missing
