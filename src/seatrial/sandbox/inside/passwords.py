"""A Redis of the trial's asks for no password and refuses one: what the program's settings hold is not sent to it."""

import functools

from . import leading

_REDIS = 6379
_LEFT_OUT = ("password", "username", "credential_provider")


def redis(module):
    """Hooks `redis.connection` and its twin for asyncio."""
    cls = getattr(module, "AbstractConnection", None) or module.Connection
    plain = cls.__init__

    @functools.wraps(plain)
    def init(self, *args, **kwargs):
        if leading.is_led(_REDIS) and not leading.is_missing(_REDIS):
            kwargs = {name: value for name, value in kwargs.items() if name not in _LEFT_OUT}
        plain(self, *args, **kwargs)

    cls.__init__ = init
