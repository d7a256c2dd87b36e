"""Limits on how often somebody may ask: lifted, since a trial asks more often than anybody would be let.

What is refused for its number (429) tells nothing of what it would have done, and so is all that comes later.
Those of libraries are lifted as they are loaded; what a program counts itself, nobody knows.
"""

import functools

_lifted = []


def notes():
    """What is told of it."""
    names = ", ".join(sorted(set(_lifted)))
    return ["its limits on how often it may be asked are lifted: {}".format(names)] if names else []


def strategies(module):
    """Those of `limits`, which Flask-Limiter and slowapi count by."""
    _grant(module, _granted)


def awaited_strategies(module):
    """Those of `limits` that are awaited."""
    _grant(module, _granted_later)


def throttles(module):
    """Those of Django REST framework."""
    _lift(module)
    module.SimpleRateThrottle.allow_request = _granted


def usage(module):
    """Those of django-ratelimit."""
    _lift(module)
    plain = module.get_usage

    @functools.wraps(plain)
    def get_usage(*args, **kwargs):
        found = plain(*args, **kwargs)
        return {**found, "should_limit": False} if isinstance(found, dict) else found

    module.get_usage = get_usage


def depended_on(module):
    """Those of fastapi-limiter."""
    _lift(module)
    plain = module.RateLimiter.__call__

    @functools.wraps(plain)  # what it asks for is read of its signature
    async def passed(*_, **__):
        return None

    module.RateLimiter.__call__ = passed


def _grant(module, granted):
    """Has the classes that a module makes grant whatever is asked of them."""
    _lift(module)
    for cls in (one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__):
        for name in ("hit", "test"):
            if name in vars(cls):
                setattr(cls, name, granted)


def _lift(module):
    _lifted.append(module.__name__.partition(".")[0])


def _granted(*_, **__):
    return True


async def _granted_later(*_, **__):
    return True
