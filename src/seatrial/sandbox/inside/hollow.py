"""Modules that cannot be had here, made hollow: the program is loaded as with them, and no request can use them."""

import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import sys

from . import recording


class Kind(type):
    """The kind of everything that a hollow module holds: a class, whatever the real module has there."""

    def __getattr__(cls, name):
        return _held(cls.__module__, name)

    def __call__(cls, *args, **kwargs):  # noqa: D102 -- as of any class
        if "hollow" in cls.__dict__ and _is_decoration(cls, args, kwargs):
            return args[0]
        return super().__call__(*args, **kwargs)

    def __iter__(cls):
        return iter(())

    def __getitem__(cls, key):
        return cls


class Held(metaclass=Kind):
    """What a hollow module holds, and what comes of it: it takes everything and gives the like."""

    hollow = True

    def __init__(self, *args, **kwargs):  # noqa: ARG002 -- it takes everything
        _refuse(type(self))

    def __getattr__(self, name):
        return _held(type(self).__module__, name)

    def __call__(self, *args, **kwargs):  # noqa: D102 -- as of any object
        return args[0] if _is_decoration(type(self), args, kwargs) else _held(type(self).__module__, "Called")()

    def __iter__(self):
        return iter(())

    def __getitem__(self, key):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        return False


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules of the names, and all below them."""

    def __init__(self, names):
        self._names = names

    def find_spec(self, name, path=None, target=None):  # noqa: ARG002 -- importlib's signature
        """A module of one of the names, or of what lies in it."""
        if name.partition(".")[0] not in self._names:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):  # noqa: ARG002 -- importlib's signature
        """A plain module."""
        return

    def exec_module(self, module):
        """Has it hold whatever is asked of it."""
        module.__getattr__ = lambda name: _held(module.__name__, name)


def install(names):
    """Has the modules of these names be there: some are installed, but what they need of the system is not."""
    names = [one for one in names if not _stood_in(one)]
    if names:
        sys.meta_path.insert(0, Finder(frozenset(names)))


def _stood_in(name):
    """Whether something that does the same by the same names takes the place of a module."""
    if name != "MySQLdb" or importlib.util.find_spec("pymysql") is None:
        return False
    importlib.import_module("pymysql").install_as_MySQLdb()
    return True


def _held(module, name):
    """What is called so: an error by its name can be raised and caught."""
    if name.startswith("__"):
        raise AttributeError(name)
    bases = (Held, Exception) if name.endswith(("Error", "Exception")) else (Held,)
    return Kind(name, bases, {"__module__": module, "hollow": True})


def _is_decoration(cls, args, kwargs):
    """Whether it is put upon a function or a class, which then stays as it is. Raises if a request makes it work."""
    _refuse(cls)
    return len(args) == 1 and not kwargs and (inspect.isfunction(args[0]) or inspect.isclass(args[0]))


def _refuse(cls):
    """As a service that is not here: what fails for it proves nothing."""
    module = next((one.__module__ for one in cls.__mro__ if "hollow" in one.__dict__), cls.__module__)
    if recording.is_watching():
        said = "{} cannot be had here".format(module.partition(".")[0])
        raise ConnectionError(said)
