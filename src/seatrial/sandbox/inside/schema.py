"""Makes the tables that the program expects, by its own migrations or metadata."""

import ast
import asyncio
import functools
import gc
import importlib.util
import re
import sys

from . import apps, leading, migrations, namespaces, tables

_POSTGRES = 5432
_INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?[\"`]?(\w+)")
_MOST_INDEXES = 20
notes = []
"""What of the models could not be made, each a sentence."""
_DRIVERS = ("psycopg2", "psycopg", "asyncpg")


def make(app, config):
    """Makes them, and says how; an empty string if the program does so itself, or nothing is known of tables."""
    while True:
        try:
            return _made(app, config)
        except Exception as error:
            if not namespaces.made_for(str(error)):
                raise


def _made(app, config):
    if app.framework == "django":
        return tables.make()
    root = config["root"]
    said = migrations.run(app, config)
    if said:
        return said
    return _flask(app) or of_models(root) or _tortoise(root) or _piccolo(root) or _by_hand(app)


_SERVING = ("run", "serve", "serve_forever", "run_simple", "run_app", "main", "parse_args", "listen")
_TELLING = ("print", "info", "debug", "warning", "basicConfig", "freeze_support")


def _by_hand(app):
    """What the program's module does when it is started by hand, but for serving: many make their tables there."""
    module = sys.modules.get(app.name.partition(":")[0])
    try:
        with open(module.__file__, encoding="utf-8") as file:
            tree = ast.parse(file.read())
    except (AttributeError, OSError, TypeError, SyntaxError):
        return ""
    started = [part for node in tree.body if isinstance(node, ast.If) and _is_main(node.test) for part in node.body]
    wanted = [part for part in started if isinstance(part, (ast.Expr, ast.With)) and not _calls(part, _SERVING)]
    if all(isinstance(part, ast.Expr) and _calls(part, _TELLING) for part in wanted):
        return ""
    exec(compile(ast.Module(_with_values(wanted, started), []), module.__file__, "exec"), vars(module))  # noqa: S102 - its own statements
    return "what it does when it is started by hand"


def _is_main(test):
    return "__name__" in ast.dump(test) and "__main__" in ast.dump(test)


def _calls(node, names):
    calls = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
    return any(getattr(func, "attr", getattr(func, "id", "")) in names for func in calls)


def _with_values(wanted, started):
    """Those wanted, and what is started before them that gives a value to what they name."""
    parts, asked = [], set()
    for part in reversed(started):
        if part in wanted or (_gives(part, asked) and not _calls(part, _SERVING)):
            parts.insert(0, part)
            asked |= {name.id for name in ast.walk(part) if isinstance(name, ast.Name)}
    return parts


def _gives(node, names):
    """Whether it gives a value, or what it imports, to one of the names."""
    if isinstance(node, ast.Assign):
        return any(isinstance(one, ast.Name) and one.id in names for target in node.targets for one in ast.walk(target))
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return any((one.asname or one.name).partition(".")[0] in names for one in node.names)
    return False


def _flask(app):
    extension = getattr(app.callable, "extensions", {}).get("sqlalchemy")
    extension = getattr(extension, "db", extension)  # Flask-SQLAlchemy 2 keeps it in a state of its own
    if extension is None or not hasattr(extension, "create_all"):
        return ""
    if hasattr(extension, "metadata"):
        _told_once(extension.metadata)
    with app.callable.app_context():
        extension.create_all()
    return "create_all of Flask-SQLAlchemy"


def of_models(root):
    """SQLAlchemy: every engine of the program makes the tables of every metadata."""
    if "sqlalchemy" not in sys.modules:
        return ""
    from sqlalchemy import MetaData
    from sqlalchemy.engine import Engine
    from sqlalchemy.exc import CompileError

    values = [value for module in apps.own_modules(root) for value in list(vars(module).values())]
    metas = list({id(m): m for v in values for m in [_described(v)] if issubclass(type(m), MetaData)}.values())
    later = [one for one in gc.get_objects() if type(one).__name__ == "AsyncEngine"]
    inner = [engine.sync_engine for engine in later]
    engines = [one for one in gc.get_objects() if issubclass(type(one), Engine) and one not in inner]
    is_guessed = bool(metas) and not engines and not later
    if is_guessed:
        engines, later = _of_our_own()
    for meta in metas:
        _told_once(meta)
    try:
        for meta in metas:
            for engine in engines:
                _without_indexes(meta, functools.partial(meta.create_all, engine))
            for engine in later:
                _without_indexes(meta, lambda engine=engine, meta=meta: asyncio.run(_make_awaited(engine, meta)))
    except CompileError:
        if not is_guessed:
            raise
        return ""  # they are meant for another database, which the program will make for itself
    return "create_all of SQLAlchemy" if metas and (engines or later) else ""


def _without_indexes(meta, make):
    """Makes the tables; an index that this database refuses is left out, and told."""
    for _ in range(_MOST_INDEXES):
        try:
            make()
        except Exception as error:
            name = _INDEX.search(str(error))
            tables_of = getattr(meta, "tables", {}).values()
            held = [(t, i) for t in tables_of for i in t.indexes if name and i.name == name[1]]
            if not held:
                raise
            held[0][0].indexes.discard(held[0][1])
            notes.append("the index {} cannot be made here: it was left out".format(name[1]))
        else:
            return
    make()


def _told_once(meta):
    """Has no two indexes of one name: a program that makes its tables by migrations never saw that they cannot be."""
    names = {}
    for table in getattr(meta, "tables", {}).values():
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            if index.name in names and names[index.name] == table.name:
                table.indexes.discard(index)
            elif index.name in names:
                index.name = "{}_{}".format(table.name, index.name)
            elif index.name:
                names[index.name] = table.name


def _of_our_own():
    """Engines, and such that are awaited, for the server that runs for a program which makes its own only to serve."""
    from sqlalchemy import create_engine

    driver = next((one for one in _DRIVERS if importlib.util.find_spec(one)), "")
    if not driver or not leading.is_led(_POSTGRES) or leading.is_missing(_POSTGRES):
        return [], []
    url = "postgresql+{}://postgres:seatrial@127.0.0.1:{}/{}".format(driver, _POSTGRES, leading.NAME)
    if driver != "asyncpg":
        return [create_engine(url)], []
    from sqlalchemy.ext.asyncio import create_async_engine

    return [], [create_async_engine(url)]


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


def _piccolo(root):
    """Piccolo: the tables of the program's own modules."""
    if "piccolo.table" not in sys.modules:
        return ""
    from piccolo.table import Table, create_db_tables_sync

    values = [value for module in apps.own_modules(root) for value in list(vars(module).values())]
    found = {value for value in values if isinstance(value, type) and issubclass(value, Table) and value is not Table}
    if found:
        create_db_tables_sync(*found, if_not_exists=True)
    return "create_db_tables of Piccolo" if found else ""


def _described(value):
    """The metadata of a class of models. What is no class is not asked: some values answer only within a request."""
    return getattr(value, "metadata", None) if issubclass(type(value), type) else value


async def _make_awaited(engine, meta):
    async with engine.begin() as connection:
        await connection.run_sync(meta.create_all)
    await engine.dispose()
