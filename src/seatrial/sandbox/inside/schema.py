"""Makes the tables that the program expects, by its own migrations or metadata."""

import asyncio
import os
import subprocess
import sys

from . import apps


def make(app, root, home):
    """Makes them, and says how; an empty string if the program does so itself, or nothing is known of tables."""
    if app.framework == "django":
        from django.core.management import call_command

        call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
        return "manage.py migrate"
    if os.path.isfile(os.path.join(home, "alembic.ini")):
        command = [sys.executable, "-m", "alembic", "upgrade", "head"]
        if subprocess.run(command, cwd=home, stdout=subprocess.DEVNULL, check=False).returncode == 0:
            return "alembic upgrade head"
    return _flask(app) or _metadata(root)


def _flask(app):
    extension = getattr(app.callable, "extensions", {}).get("sqlalchemy")
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
    metas = {id(m): m for v in values for m in [getattr(v, "metadata", v)] if isinstance(m, MetaData)}
    engines = {id(v): v for v in values if isinstance(v, Engine)}
    later = {id(v): v for v in values if type(v).__name__ == "AsyncEngine"}
    for meta in metas.values():
        for engine in engines.values():
            meta.create_all(engine)
        for engine in later.values():
            asyncio.run(_make_awaited(engine, meta))
    return "create_all of SQLAlchemy" if metas and (engines or later) else ""


async def _make_awaited(engine, meta):
    async with engine.begin() as connection:
        await connection.run_sync(meta.create_all)
    await engine.dispose()
