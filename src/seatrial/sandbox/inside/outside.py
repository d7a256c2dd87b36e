"""Folders of the machine that a program takes for its own, as images have them: led into a folder of the trial's.

`/config`, `/data` and such are a program's in its container, and its code lies in `/app` there. Python's own functions
lead there; what a library does without them stays where it was.
"""

import builtins
import functools
import io
import os
import pathlib
import re
import traceback

from . import dummies

_led = []
"""What is led elsewhere, each with where it is led to."""
_ONE = (
    *("mkdir", "stat", "lstat", "listdir", "scandir", "remove", "unlink", "rmdir", "access", "chmod", "chown"),
    *("utime", "open", "readlink", "chdir", "truncate", "statvfs"),
)
_TWO = ("rename", "replace", "link", "symlink")
_REFUSED = (1, 13, 30)
"""Numbers of errors: not permitted, no access, a file system that is not written to."""
_MISSING = 2
_LISTS = re.compile(r"\b(?:listdir|scandir|iterdir|_scandir)\(")
_WRITES = re.compile(r"""["'][wax]b?\+?["']|mkdir|makedirs|write_(?:text|bytes)\(|FileHandler|touch\(|\bio\.open\(""")
_SECRETS = "/run/secrets/"
_NOT_LED = ("/proc", "/dev", "/sys")
_NAMED = re.compile(r"['\"](/[^'\"\n]+)['\"]")


def install(led):
    """Hooks what opens, makes and lists files, if anything is led elsewhere."""
    _led.extend(sorted(((path, to) for path, to in led), key=lambda one: -len(one[0])))
    if not _led:
        return
    for name in _ONE:
        setattr(os, name, _leading(getattr(os, name), 1))
    for name in _TWO:
        setattr(os, name, _leading(getattr(os, name), 2))
    builtins.open = io.open = _leading(io.open, 1)
    accessor = getattr(pathlib, "_NormalAccessor", None)  # before Python 3.11 it keeps functions of its own
    for name in (*_ONE, *_TWO) if accessor else ():
        if name in vars(accessor):
            setattr(accessor, name, staticmethod(getattr(os, name)))


def _leading(plain, count):
    @functools.wraps(plain)
    def function(*args, **kwargs):
        return plain(*[place(one) if at < count else one for at, one in enumerate(args)], **kwargs)

    return function


def place(path):
    """Where a path leads; as it is, unless it lies in what is led elsewhere."""
    said = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    for top, to in _led if isinstance(said, str) else ():
        if said == top or said.startswith(top + "/"):
            return to + said[len(top) :]
    return path


def missed(error, config):
    """What to lead elsewhere, and where to, for an error that something outside was refused or is not there.

    None if it is another error. What the tree holds under the same path is meant by a path of an image; else it is a
    folder of the trial's.
    """
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        for path in _paths(error):
            if _is_outside(path, config) and not any(path == top or path.startswith(top + "/") for top, _ in _led):
                found = _in_image(path, config) or _of_its_own(error, path, config)
                if found:
                    return found
        error = error.__cause__ or error.__context__
    return None


def _paths(error):
    """The absolute paths that an error speaks of."""
    if isinstance(error, OSError) and isinstance(error.filename, str):
        return [os.path.normpath(error.filename)] if os.path.isabs(error.filename) else []
    is_told = isinstance(error, (OSError, RuntimeError, ValueError)) and "exist" in str(error)
    return [os.path.normpath(path) for path in _NAMED.findall(str(error))] if is_told else []


def _is_outside(path, config):
    folders = [os.path.realpath(folder) for folder in config["writable"]]
    return not any(_is_below(os.path.realpath(path), folder) for folder in (*folders, *_NOT_LED))


def _is_below(path, folder):
    return path == folder or path.startswith(folder + os.sep)


def _in_image(path, config):
    """The folder of an image that the tree was copied into: its path continues as one of the tree does."""
    parts = path.strip("/").split("/")
    for count in range(1, len(parts)):
        top, tail = "/" + "/".join(parts[:count]), os.path.join(*parts[count:])
        for folder in dict.fromkeys((config["home"], config["root"])):
            if not os.path.exists(top) and os.path.exists(os.path.join(folder, tail)):
                return top, folder
    return None


def _of_its_own(error, path, config):
    number = getattr(error, "errno", None)
    line = _line(error)
    own = os.path.join(config["temporary"], "outside", path.strip("/"))
    if number == _MISSING and path.startswith(_SECRETS):
        os.makedirs(os.path.dirname(own), exist_ok=True)
        with open(own, "w", encoding="utf-8") as file:
            file.write(dummies.first(os.path.basename(path).upper()))
        return path, own
    is_listed = number == _MISSING and _LISTS.search(line)
    is_written = number == _MISSING and _WRITES.search(line) and not os.path.exists(os.path.dirname(path))
    if number not in _REFUSED and not is_listed and not is_written:
        return None
    top = _first_missing(path)
    to = os.path.join(config["temporary"], "outside", top.strip("/"))
    os.makedirs(own if is_listed else os.path.dirname(own if is_written else to), exist_ok=True)
    return top, to


def _first_missing(path):
    """The highest folder on the way that is not there; the path itself if all are."""
    parts = path.strip("/").split("/")
    ways = ("/" + "/".join(parts[: count + 1]) for count in range(len(parts)))
    return next((way for way in ways if not os.path.lexists(way)), path)


def _line(error):
    """The last line of the program's, or of a library's, that was at work; that of what opens files tells nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    return " ".join(frame.line or "" for frame in frames[-3:])


def notes():
    """What to say of them."""
    return ["{} is outside of its copy: it was led to a folder of its own".format(top) for top, _ in _led]
