"""Runs the program's own migrations, by Alembic alone or through Flask-Migrate."""

import json
import os
import re
import subprocess
import sys

from . import namespaces, standing

notes = []
"""Those that failed, each a sentence."""
failures = []
"""The same, as they said it."""
_PATIENCE = 120
_printed = []
"""All that was printed of each."""
_LOCATION = re.compile(r"^script_location\s*=\s*(?:%\(here\)s/)?(\S+)", re.MULTILINE)
_OTHERS = ("tests", "test", "docs", "examples", "site-packages", "node_modules")


def run(app, config):
    """How the tables were made; empty if there are no migrations, or they fail."""
    how = _run(app, config)
    while not how and any(map(namespaces.made_for, _printed)):
        del failures[:], notes[:], _printed[:]
        how = _run(app, config)
    return how


def _run(app, config):
    return _flask_migrate(app) or _alembic({**config, "candidates": [app.name]})


def _alembic(config):
    """Alembic, in a process that has not loaded the program: its scripts may import it under other names."""
    if not next(_configured(config["home"], config["root"]), None):
        return ""
    path = os.path.join(config["out"], "migrate.config.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**config, "task": "migrate"}, file)
    here = os.path.dirname(os.path.abspath(__file__))
    standing.at("making its tables: alembic upgrade heads")
    command = [sys.executable, "-B", here, path]
    try:
        done = subprocess.run(command, stderr=subprocess.PIPE, check=False, timeout=_PATIENCE)
    except subprocess.TimeoutExpired as error:
        _failed("they did not end within {} s".format(_PATIENCE), str(error))
        return ""
    said = done.stderr.decode(errors="replace").strip().splitlines()
    if done.returncode:
        _failed(said[-1] if said else "silently", "\n".join(said))
    return "" if done.returncode else "alembic upgrade heads"


def upgrade(home, root):
    """Runs them in this process: what leads the program to its own services leads them, too."""
    from alembic import command
    from alembic.config import Config

    found = next(_configured(home, root))
    os.chdir(_run_from(found, home, root))
    standing.at("making its tables: alembic upgrade heads")
    command.upgrade(Config(os.path.join(found, "alembic.ini")), "heads")


def _configured(home, root):
    """The folders with settings of Alembic, the nearest first; those of Flask-Migrate are its own affair."""
    for top in dict.fromkeys((home, root)):
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if name not in _OTHERS and not name.startswith("."))
            if "alembic.ini" in names and "flask_migrate" not in _text(os.path.join(folder, "alembic.ini")):
                yield folder


def _run_from(found, home, root):
    """The folder from which the scripts are found that the settings name: that of the settings, if any is."""
    said = _LOCATION.search(_text(os.path.join(found, "alembic.ini")))
    location = said[1] if said else ""
    return next((one for one in (found, home, root) if os.path.isdir(os.path.join(one, location))), found)


def _flask_migrate(app):
    extension = getattr(app.callable, "extensions", {}).get("migrate")
    versions = os.path.join(getattr(extension, "directory", ""), "versions")

    if extension is None or not os.path.isdir(versions):
        return ""
    from flask_migrate import upgrade

    try:
        standing.at("making its tables: flask db upgrade")
        with standing.within(_PATIENCE, "they"), app.callable.app_context():
            upgrade(revision="heads")
    except (Exception, SystemExit) as error:
        _failed("{}: {}".format(type(error).__name__, (str(error).strip().splitlines() or [""])[0]), str(error))
        return ""
    return "flask db upgrade"


def _failed(said, printed):
    _printed.append(printed)
    failures.append(said)
    notes.append("its migrations fail ({}): tables are made otherwise".format(said))


def _text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
