"""Files that the program looks for and that its tree does not hold: settings of one's own, databases elsewhere."""

import configparser
import functools
import os
import re
import shutil
import sys
import traceback
from importlib.metadata import PackageNotFoundError

from . import dummies, outside

_KINDS = ("example", "sample", "template", "dist", "default", "tmpl")
_APART = (".", "-", "_")
_LEAST = ("sqlite", "local", "dev", "default", "postgres")
"""Of several examples for one file, what is said of that which asks for least, the best first."""
_QUOTED = re.compile(r"['\"]([^'\"\n]+)['\"]")
_MODULE = re.compile(r"No module named '([\w.]+)'")
_PART = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'")
_NAME = re.compile(r"^[A-Za-z0-9][\w.-]*$")
_KEY = re.compile(r"secret|salt|token|passw|(?:^|[._-])key(?:$|[._-])", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"(?:service[-_]?account|firebase|gcp|google|gcloud|credentials?|adminsdk)[^/]*\.json$", re.IGNORECASE
)
"""A file of an account with Google, Firebase's among them, which nobody commits."""
_CODE = (".py", ".json", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".conf")
_LISTS = re.compile(r"\b(?:listdir|scandir|iterdir|_scandir)\(")
_READS = re.compile(r"""read_(?:text|bytes)\(|\bopen\((?:[^,()]|\([^()]*\))*(?:\)|,\s*(?:mode=)?["']r|,\s*encoding)""")
_NO_FILES = (":", "file:", "/proc", "/dev/")
_where = {"writable": (), "temporary": ""}
_unread = []
"""Files that a parser of configurations was to read and that were not there, of which it says nothing."""


def configure(writable, temporary):
    """Where the program may write, and where what it wants to write elsewhere is put."""
    _where.update(writable=tuple(os.path.realpath(folder) for folder in writable), temporary=temporary)


def install():
    """Hooks `configparser`, which passes over files that are missing."""
    plain = configparser.RawConfigParser.read

    @functools.wraps(plain)
    def read(self, filenames, *args, **kwargs):
        names = [filenames] if isinstance(filenames, (str, bytes, os.PathLike)) else list(filenames)
        found = plain(self, names, *args, **kwargs)
        _unread.extend(name for name in map(os.fsdecode, names) if not os.path.exists(name))
        return found

    configparser.RawConfigParser.read = read


def missing_file(error, root):
    """Makes the file of settings that an error complains of, from the example beside it; its path in the tree.

    `.env` is made empty where there is no example, a file for a key with one in it; of a program that wants to have
    been installed, as much is made as tells its version. An empty string if it is another error.
    """
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        for path in _named(error):
            if _is_below(path, [os.path.realpath(root)]) and not os.path.exists(path) and _made(path):
                return os.path.relpath(os.path.realpath(path), os.path.realpath(root))
        folder = _missing_folder(error, root)
        if folder:
            os.makedirs(folder)
            return os.path.relpath(os.path.realpath(folder), os.path.realpath(root))
        if isinstance(error, PackageNotFoundError) and _installed(str(error.args[0]), root):
            return "{}.dist-info".format(error.args[0])
        error = error.__cause__ or error.__context__
    return ""


def _missing_folder(error, root):
    """The folder in the tree that an error misses, as installers make them; empty if it misses none.

    It is what was to be listed, or what a file was to be put into; what was to be read would not be there all the same.
    """
    if not isinstance(error, FileNotFoundError) or not isinstance(error.filename, str) or not error.filename:
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    line = (frames[-1].line or "") if frames else ""
    folder = error.filename if _LISTS.search(line) else os.path.dirname(error.filename)
    is_missing = folder and not os.path.exists(folder) and _is_below(folder, [os.path.realpath(root)])
    return folder if is_missing and not _READS.search(line) else ""


def placed(database):
    """Where an SQLite database or a log is opened: as asked if the program may write there, else in its own folder.

    A folder in the copy that is not there yet is made, as installers do.
    """
    path = os.fspath(database) if isinstance(database, (str, os.PathLike)) else ""
    if not isinstance(path, str) or not path or path.startswith(_NO_FILES) or not _where["temporary"]:
        return database
    if outside.place(path) != path:
        return outside.place(path)
    if _is_below(path, _where["writable"]):
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        return database
    return os.path.join(_where["temporary"], path.strip("/").replace("/", "-"))


def _named(error):
    """The files that an error misses; a module may be one of them, or a file that was to hold what is not found."""
    if isinstance(error, (configparser.NoSectionError, configparser.NoOptionError, KeyError)):
        return [os.path.abspath(path) for path in _unread]
    if not isinstance(error, (FileNotFoundError, ImportError)):
        return []
    if isinstance(error, ImportError):
        parts = ["{}.{}".format(module, name) for name, module in _PART.findall(str(error))]
        modules = [name.replace(".", os.sep) + ".py" for name in (*_MODULE.findall(str(error)), *parts)]
        return [os.path.join(folder or os.getcwd(), name) for name in modules for folder in sys.path]
    return [error.filename] if isinstance(error.filename, str) else _QUOTED.findall(str(error))


def _installed(name, root):
    """Makes what tells that a package is installed, as packagers do; False if it is there, or no name."""
    folder = os.path.join(_top(root), "{}-0.dist-info".format(name.replace("-", "_")))
    if not _NAME.match(name) or os.path.exists(folder):
        return False
    os.makedirs(folder)
    with open(os.path.join(folder, "METADATA"), "w", encoding="utf-8") as file:
        file.write("Metadata-Version: 2.1\nName: {}\nVersion: 0\n".format(name))
    return True


def _top(root):
    """The folder of the program that is searched first."""
    return next((path for path in sys.path if _is_below(path or os.getcwd(), [os.path.realpath(root)])), root)


def _is_below(path, folders):
    real = os.path.realpath(path)
    return any(real == folder or real.startswith(folder + os.sep) for folder in folders)


def _made(path):
    folder, name = os.path.split(path)
    for example in (*_examples(name), *_variants(folder, name)):
        beside = os.path.join(folder, example)
        if os.path.isfile(beside):
            shutil.copyfile(beside, path)
            return True
    if name.startswith(".env") or name.endswith(".env"):
        return _written(path, "")
    if _ACCOUNT.search(name):
        said = dummies.account()
        return bool(said) and _written(path, said)
    return _is_key(name) and _written(path, dummies.key(name))


def _examples(name):
    """How an example for a file may be called: `x.py.example`, `example-x.py`, `x.example.py`."""
    plain = name.lstrip(".")
    stem, ending = os.path.splitext(name)
    for kind in _KINDS:
        for apart in _APART:
            yield from (name + apart + kind, kind + apart + plain, plain + apart + kind, stem + apart + kind + ending)
        yield kind + name


def _variants(folder, name):
    """Examples for one file of which there are several, as `settings_template_sqlite.py`: what asks for least first."""
    stem, ending = os.path.splitext(name)
    form = "^{}[._-](?:{})[._-](\\w+){}$".format(re.escape(stem), "|".join(_KINDS), re.escape(ending))
    beside = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    found = [one for one in beside if re.match(form, one)]
    return sorted(found, key=lambda one: next((n for n, word in enumerate(_LEAST) if word in one), len(_LEAST)))


def _is_key(name):
    """Whether a file holds a key and nothing else, as those do that are made where a program is installed."""
    return bool(name.endswith(".pem") or _KEY.search(name)) and not name.endswith(_CODE)


def _written(path, text):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return True
