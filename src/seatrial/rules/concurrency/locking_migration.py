"""The newest migration of an application locks a table that is in use, for as long as it takes to go through all of its rows.

PostgreSQL builds an index with all writes to the table shut out, and keeps the lock of a change of columns until the migration is committed.
On a laptop that is a moment; on the live table everybody waits, and the deployment is an outage.

Build the index concurrently (`AddIndexConcurrently` with `atomic = False`, `postgresql_concurrently=True` in an `autocommit_block`). Change the
columns in one migration, the rows in another, in batches.

## Bad

```requirements.txt
psycopg2
```

```shop/migrations/0001_initial.py
from django.db import migrations, models

class Migration(migrations.Migration):
    operations = [migrations.CreateModel(name="Order", fields=[("size", models.IntegerField())])]
```

```shop/migrations/0002_weight.py
from django.db import migrations, models

def fill(apps, schema_editor):
    for order in apps.get_model("shop", "Order").objects.all():
        order.weight = order.size * 2
        order.save()

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("order", "weight", models.IntegerField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),  # finding: order
    ]
```

## Good: built concurrently, made with the table, old, or of another database

```requirements.txt
psycopg2
```

```shop/migrations/0001_initial.py
from django.db import migrations, models

class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(name="Order", fields=[("size", models.IntegerField())]),
        migrations.AddIndex(model_name="order", index=models.Index(fields=["size"], name="by_size")),
    ]
```

```shop/migrations/0002_old.py
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.AddIndex("order", models.Index(fields=["size"], name="by_size_again"))]
```

```shop/migrations/0003_new.py
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

def fill(apps, schema_editor):
    apps.get_model("shop", "Order").objects.filter(size=None).update(size=1)

class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0002_old")]
    operations = [
        migrations.AddField("order", "weight", models.IntegerField(null=True)),
        AddIndexConcurrently(model_name="order", index=models.Index(fields=["size"], name="by_weight")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
```

```migrations/versions/bbbbbbbbbbbb_index.py
from alembic import op

revision = "bbbbbbbbbbbb"
down_revision = "aaaaaaaaaaaa"

def upgrade():
    op.create_table("lines")
    op.create_index("by_size", "lines", ["size"])
    op.create_index("by_size", "orders", ["size"], postgresql_concurrently=True)
```

## Not found yet: an index on a table that is there

```shop/settings.py
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
```

```shop/migrations/0001_initial.py
from django.db import migrations, models

class Migration(migrations.Migration):
    operations = [migrations.CreateModel(name="Order", fields=[("size", models.IntegerField())])]
```

```shop/migrations/0002_index.py
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddIndex(model_name="order", index=models.Index(fields=["size"], name="by_size")),  # gap: even the newest migration may be applied already
    ]
```

## Not found yet: Alembic

```requirements.txt
asyncpg
```

```migrations/versions/aaaaaaaaaaaa_orders.py
from alembic import op

revision = "aaaaaaaaaaaa"
down_revision = None

def upgrade():
    op.create_table("orders")
```

```migrations/versions/bbbbbbbbbbbb_index.py
from alembic import op

revision = "bbbbbbbbbbbb"
down_revision = "aaaaaaaaaaaa"

def upgrade():
    op.create_index("by_size", "orders", ["size"])  # gap: even the newest migration may be applied already
```
"""

from collections import defaultdict
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.model.source import Role
from seatrial.program import File, Function, Program
from seatrial.program.ancestry import made_of
from seatrial.rules.contract import HINTED, SLIGHT, Match, rule

_DRIVERS = ("psycopg", "asyncpg", "pg8000")
_STORES = frozenset({f.Store})


@rule(severity=Severity.WARNING, cwe=(667,), most=HINTED)
def check(program: Program) -> Iterator[Match]:
    """The last migration of each folder, where PostgreSQL is used: those before it have been applied."""
    folders: dict[str, list[File]] = defaultdict(list)
    for file in program.files:
        if file.role is Role.MIGRATION and file.facts.functions:
            folders[file.folder].append(file)
    if not folders or not _is_postgresql(program):
        return
    for files in folders.values():
        named = {text for file in files for text in _named(file)}
        for file in files:
            if len(files) > 1 and not {_stem(file), _revision(file)} & named:
                yield from _locks(program, file)


def _is_postgresql(program: Program) -> bool:
    if any(driver in manifest.text for manifest in program.manifests for driver in _DRIVERS):
        return True
    bodies = (file.body for file in program.files if "settings" in file.path and not file.is_test)
    return any(type(s) is f.Const and s.kind == "str" and "postgres" in str(s.value) for b in bodies for s in b.values)


def _stem(file: File) -> str:
    return file.path.rpartition("/")[2].removesuffix(".py")


def _revision(file: File) -> str:
    """What an Alembic migration calls itself."""
    step = file.body.values[file.body.facts.names["revision"]] if "revision" in file.body.facts.names else None
    return str(step.value) if type(step) is f.Const else ""


def _named(file: File) -> Iterator[str]:
    """The migrations that this one comes after."""
    below = file.body.facts.names.get("down_revision", f.NONE)
    for body, value in (
        (file.body, below),
        *((c.body, c.body.facts.names.get("dependencies", f.NONE)) for c in file.classes),
    ):
        steps = (body.values[part] for part in made_of(body, value))
        yield from (str(step.value) for step in steps if type(step) is f.Const)


def _locks(program: Program, file: File) -> Iterator[Match]:
    for body in file.functions:
        is_atomic = not _is_off(body, "atomic")
        if (body.cls and body.facts.kind == "class") or body.name == "upgrade":
            yield from _of_body(program, body, is_atomic=is_atomic)


def _is_off(body: Function, name: str) -> bool:
    step = body.values[body.facts.names[name]] if name in body.facts.names else None
    return type(step) is f.Const and step.value is False


def _of_body(program: Program, body: Function, *, is_atomic: bool) -> Iterator[Match]:
    """The operations of one migration, in their order."""
    made: set[str] = set()
    changed = ""
    for call in body.calls:
        step, model = body.values[call], program.model(body, call)
        assert type(step) is f.Call
        name = step.callee.rpartition(".")[2]
        table = _table(body, step, position=name == "create_index")
        if name in {"CreateModel", "create_table"}:
            made.add(table)
        elif model and "db.lock" in model.effects and table and table not in made and not _is_concurrent(step):
            yield _match(body, call, f"{table} takes no writes while this index is built", table, 0.6)
        elif model and "db.schema" in model.effects and table and table not in made and not _only_tells(body, step):
            changed = changed or table
        elif changed and is_atomic and model and model.hook and _goes_through_rows(program, body, step):
            sure = 0.74 if _is_fed(program, changed) else SLIGHT
            yield _match(
                body, call, f"rows are changed while {changed} stays locked by the change before", changed, sure
            )


def _is_fed(program: Program, table: str) -> bool:
    """People fill the table who are no administrators: it grows with them. What others fill has most often few rows."""
    return not program.endpoints or any(one.rpartition(".")[2].lower() == table for one in program.fed_tables)


def _table(body: Function, step: f.Call, *, position: bool) -> str:
    """The table that an operation is about, in small letters; an index names it second."""
    named = [v for name, v in step.keywords if name in {"model_name", "name", "table_name"}]
    given = named[:1] or list(step.args[int(position) : int(position) + 1])
    held = body.values[given[0]] if given else None
    return str(held.value).lower() if type(held) is f.Const else ""


def _only_tells(body: Function, step: f.Call) -> bool:
    """A field gets other choices: only the program knows of them, the table stays as it is."""
    fields = (body.values[value] for name, value in step.keywords if name == "field")
    told = {name for field in fields if type(field) is f.Call for name, _ in field.keywords}
    return step.callee.rpartition(".")[2] == "AlterField" and "choices" in told


def _is_concurrent(step: f.Call) -> bool:
    return any("concurrently" in name for name, _ in step.keywords)


def _goes_through_rows(program: Program, body: Function, step: f.Call) -> bool:
    """The function that is handed over changes rows in a loop, or all at once."""
    reached = program.calls.value(body, step.args[0]).functions if step.args else ()
    for function in reached:
        for call in function.calls:
            inner = function.values[call]
            assert type(inner) is f.Call
            if inner.callee in {"save", "bulk_update"} and function.loops(call):
                return True
            if inner.callee == "update" and inner.keywords:
                return True
    return False


def _match(body: Function, call: int, message: str, table: str, confidence: float) -> Match:
    return Match(
        message=message,
        function=body,
        line=body.values[call].line,
        key=table,
        confidence=confidence,
    )
