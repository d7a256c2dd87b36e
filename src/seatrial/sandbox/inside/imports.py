"""Where modules of the program's own lie, and which of those folders are searched before its libraries."""

import os
import sys
import traceback

_OTHERS = ("tests", "test", "docs", "examples", "site-packages", "node_modules", "scripts", "tools")
_led = []
"""What `lead` put on the path of imports."""


def lead(paths, root, name):
    """Puts the first of the folders and the root in front, and that which a module (`module:name` too) lies in.

    The others are searched behind the libraries, one of which a file in them may be called like.
    """
    module = name.partition(":")[0].replace(".", os.sep)
    holder = next((path for path in paths if _holds(path, module)), root)
    for path in _led:
        if path in sys.path:
            sys.path.remove(path)
    first = [path for path in paths if path in (paths[0], root, holder)]
    behind = [path for path in paths if path not in (*first, *sys.path)]
    sys.path[:] = [*first, *sys.path, *behind]
    _led[:] = [*first, *behind]


def elsewhere(error, root):
    """The folder of the tree to import from as well, the nearest to the top; empty if the error is another."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return ""
    name = error.name.partition(".")[0]
    if any(_holds(path or os.getcwd(), name) for path in sys.path):
        return ""  # what it misses is a part of it
    asked = _asker(error)
    found = []
    for folder, folders, _ in os.walk(root):
        folders[:] = sorted(one for one in folders if one not in _OTHERS and not one.startswith("."))
        own = os.path.realpath(os.path.join(folder, name + ".py"))
        found += [folder] if _holds(folder, name) and own != asked else []
    return min(found, key=lambda folder: folder.count(os.sep), default="")


def _asker(error):
    """The file that imports what is missing: one of that name is not what it means (a `celery.py` of its own)."""
    frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    return os.path.realpath(frames[-1]) if frames else ""


def _holds(folder, name):
    """Whether a module or a package of the name lies there."""
    inner = os.path.join(folder, name)
    if os.path.isfile(inner + ".py"):
        return True
    return os.path.isdir(inner) and any(file.endswith(".py") for file in os.listdir(inner))
