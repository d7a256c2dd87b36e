"""Runs the program's own migrations, by Alembic alone or through Flask-Migrate."""

import os
import re

notes = []
"""Those that failed, each a sentence."""
_LOCATION = re.compile(r"^script_location\s*=\s*(?:%\(here\)s/)?(\S+)", re.MULTILINE)
_OTHERS = ("tests", "test", "docs", "examples", "site-packages", "node_modules")


def run(app, home, root):
    """How the tables were made; empty if there are no migrations, or they fail."""
    return _flask_migrate(app) or _alembic(home, root)


def _alembic(home, root):
    """Alembic, in this process: what leads the program to its own services leads its migrations, too."""
    found = next(_configured(home, root), None)

    def upgrade():
        from alembic import command
        from alembic.config import Config

        command.upgrade(Config(os.path.join(found, "alembic.ini")), "heads")

    return _migrated(upgrade, _run_from(found, home, root), "alembic upgrade heads") if found else ""


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

    def upgrade():
        from flask_migrate import upgrade

        with app.callable.app_context():
            upgrade(revision="heads")

    return _migrated(upgrade, os.getcwd(), "flask db upgrade") if extension and os.path.isdir(versions) else ""


def _migrated(upgrade, folder, how):
    """How the tables were made; empty if the migrations fail, which is told."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        upgrade()
    except (Exception, SystemExit) as error:
        said = (str(error).strip().splitlines() or [""])[0]
        notes.append("its migrations fail ({}: {}): tables are made otherwise".format(type(error).__name__, said))
        return ""
    finally:
        os.chdir(before)
    return how


def _text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
