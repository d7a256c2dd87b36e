"""Makes the tables that the program expects, by its own migrations or metadata."""

import ast
import asyncio
import os
import sys

from . import apps

notes = []
"""Migrations that failed, each a sentence."""


def make(app, root, home):
    """Makes them, and says how; an empty string if the program does so itself, or nothing is known of tables."""
    if app.framework == "django":
        from django.core.management import call_command

        call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
        return "manage.py migrate"
    migrated = _alembic(home, root) or _flask_migrate(app)
    return migrated or _flask(app) or _metadata(root) or _tortoise(root) or _by_hand(app)


def _alembic(home, root):
    """Alembic, in this process: what leads the program to its own services leads its migrations, too."""
    below = sorted(os.path.join(root, name) for name in os.listdir(root))
    folder = next((one for one in (home, root, *below) if os.path.isfile(os.path.join(one, "alembic.ini"))), "")

    def upgrade():
        from alembic import command
        from alembic.config import Config

        command.upgrade(Config("alembic.ini"), "heads")

    return _migrated(upgrade, folder, "alembic upgrade heads") if folder else ""


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


_SERVING = ("run", "serve", "serve_forever", "run_simple", "run_app", "main", "parse_args", "listen")


def _by_hand(app):
    """What the program's module does when it is started by hand, but for serving: many make their tables there."""
    module = sys.modules.get(app.name.partition(":")[0])
    try:
        with open(module.__file__, encoding="utf-8") as file:
            tree = ast.parse(file.read())
    except (AttributeError, OSError, TypeError, SyntaxError):
        return ""
    started = [part for node in tree.body if isinstance(node, ast.If) and _is_main(node.test) for part in node.body]
    wanted = [part for part in started if isinstance(part, (ast.Expr, ast.With)) and not _serves(part)]
    if wanted:
        exec(compile(ast.Module(wanted, []), module.__file__, "exec"), vars(module))  # noqa: S102 - its own statements
    return "what it does when it is started by hand" if wanted else ""


def _is_main(test):
    return "__name__" in ast.dump(test) and "__main__" in ast.dump(test)


def _serves(node):
    calls = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
    return any(getattr(func, "attr", getattr(func, "id", "")) in _SERVING for func in calls)


def _flask(app):
    extension = getattr(app.callable, "extensions", {}).get("sqlalchemy")
    extension = getattr(extension, "db", extension)  # Flask-SQLAlchemy 2 keeps it in a state of its own
    if extension is None or not hasattr(extension, "create_all"):
        return ""
    with app.callable.app_context():
        extension.create_all()
    return "create_all of Flask-SQLAlchemy"


def _metadata(root):
    """SQLAlchemy: every engine of the program makes the tables of every metadata."""
    if "sqlalchemy" not in sys.modules:
        return ""
    from sqlalchemy import MetaData
    from sqlalchemy.engine import Engine

    values = [value for module in apps.own_modules(root) for value in list(vars(module).values())]
    metas = {id(m): m for v in values for m in [_described(v)] if issubclass(type(m), MetaData)}
    engines = {id(v): v for v in values if issubclass(type(v), Engine)}
    later = {id(v): v for v in values if type(v).__name__ == "AsyncEngine"}
    for meta in metas.values():
        for engine in engines.values():
            meta.create_all(engine)
        for engine in later.values():
            asyncio.run(_make_awaited(engine, meta))
    return "create_all of SQLAlchemy" if metas and (engines or later) else ""


def _tortoise(root):
    """Tortoise: the settings that the program gives it, as a dictionary of a module of its own."""
    if "tortoise" not in sys.modules:
        return ""
    values = [value for module in apps.own_modules(root) for value in list(vars(module).values())]
    configs = [value for value in values if isinstance(value, dict) and {"connections", "apps"} <= value.keys()]
    for config in configs[:1]:
        asyncio.run(_make_tortoise(config))
    return "generate_schemas of Tortoise" if configs else ""


async def _make_tortoise(config):
    from tortoise import Tortoise

    await Tortoise.init(config=config)
    await Tortoise.generate_schemas(safe=True)
    await Tortoise.close_connections()


def _described(value):
    """The metadata of a class of models. What is no class is not asked: some values answer only within a request."""
    return getattr(value, "metadata", None) if issubclass(type(value), type) else value


async def _make_awaited(engine, meta):
    async with engine.begin() as connection:
        await connection.run_sync(meta.create_all)
    await engine.dispose()
