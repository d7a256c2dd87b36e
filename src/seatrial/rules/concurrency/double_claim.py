"""Rows are read by their state and then moved to the next one, without a lock in between.

Two workers that run at once read the same rows, and both go on with them: the mail is sent twice, the card is charged twice, the event is
told twice. With one worker it never happens.

Lock what is read (`select_for_update(skip_locked=True)`, `with_for_update(skip_locked=True)`), or let the update itself ask for the old
state (`filter(…, status="new").update(status="running")`) and go on only with the rows that it changed.

## Bad

```jobs.py
from fastapi import FastAPI
from django.db import models

app = FastAPI()

class Job(models.Model):
    status = models.CharField(max_length=10)

@app.post("/work")
def work(ids: list[int]):
    jobs = list(Job.objects.filter(status="new", pk__in=ids))
    Job.objects.filter(pk__in=ids).update(status="running")  # finding: status
    for job in jobs:
        print(job)
```

```tasks.py
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

app = FastAPI()

class Base(DeclarativeBase):
    pass

class Task(Base):
    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]

@app.post("/start")
def start(session: Session, ids: list[int]):
    found = session.scalars(sa.select(Task.id).where(Task.id.in_(ids), Task.state == "new")).all()
    session.execute(sa.update(Task).where(Task.id.in_(ids)).values(state="running"))  # finding: state
    return found
```

## Bad: one row is taken from the queue

```queue.py
from django.db import models
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

app = FastAPI()

class Job(models.Model):
    status = models.CharField(max_length=10)

class Base(DeclarativeBase):
    pass

class Task(Base):
    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]

@app.post("/next")
def next_job():
    job = Job.objects.filter(status="new").order_by("pk").first()
    if job is None:
        return None
    job.status = "running"  # finding: Job.status
    job.save()
    return job

@app.post("/task")
def next_task(session: Session):
    task = session.scalars(select(Task).where(Task.state == "new").limit(1)).first()
    task.state = "running"  # finding: Task.state
    session.commit()
    return task
```

## Good

```queue.py
from django.db import models, transaction
from fastapi import FastAPI

app = FastAPI()

class Job(models.Model):
    status = models.CharField(max_length=10)

@app.post("/next")
def next_job():
    with transaction.atomic():
        job = Job.objects.select_for_update(skip_locked=True).filter(status="new").first()
        job.status = "running"
        job.save()
    return job

@app.post("/accept/{key}")
def accept(key: int):
    job = Job.objects.filter(pk=key, status="new").first()
    job.status = "accepted"
    job.save()
    return job
```

```jobs.py
from fastapi import FastAPI
from django.db import models, transaction

app = FastAPI()

class Job(models.Model):
    status = models.CharField(max_length=10)

@app.post("/work")
def work(ids: list[int]):
    with transaction.atomic():
        jobs = list(Job.objects.select_for_update().filter(status="new", pk__in=ids))
        Job.objects.filter(pk__in=ids).update(status="running")
    return jobs

@app.post("/swap")
def swap(ids: list[int]):
    jobs = list(Job.objects.filter(status="new", pk__in=ids))
    Job.objects.filter(pk__in=ids, status="new").update(status="running")
    return jobs

@app.post("/touch")
def touch(ids: list[int], day: str):
    jobs = list(Job.objects.filter(status="new", pk__in=ids))
    Job.objects.filter(pk__in=ids).update(day=day)
    return jobs
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Class, Function, Program
from seatrial.program.chains import chain, compared
from seatrial.rules.concurrency._at_once import meets_itself
from seatrial.rules.concurrency._single_claims import single_claims
from seatrial.rules.concurrency._spent_flags import spent_flags
from seatrial.rules.contract import SLIGHT, Match, rule

_LOCKS = frozenset({"select_for_update", "with_for_update"})
_READERS = ("filter", "where", "filter_by", "get")


@rule(severity=Severity.ERROR, category=("race",), cwe=(362,), confirmed_by="race")
def check(program: Program) -> Iterator[Match]:
    """Updates of many rows to a new state, after a read of the same table by its old one; and of one that was taken so."""
    yield from single_claims(program)
    yield from spent_flags(program)
    for function, call in program.index.calls("update", "values"):
        step = function.values[call]
        assert type(step) is f.Call
        states = {name: value for name, value in step.keywords if _is_state(function, value)}
        table = _table(program, function, call) if states else ""
        known = compared(function, step.receiver) if table else {}
        if any(name in known for name in states) or program.locks.is_locked(function, call, table):
            continue  # the update asks for the old state itself
        for name in states if table else ():
            read = _read(program, function, call, table, name)
            if read >= 0 and _goes_on(function, read, call):
                yield _match(program, function, call, read, f"{table.rpartition('.')[2]}.{name}")
                break


def _is_state(function: Function, value: int) -> bool:
    """A literal word, or a member of an enum: one of a few that the program's text names."""
    step = function.values[function.origin(value)]
    return (type(step) is f.Const and step.kind == "str") or (type(step) is f.Ref and step.path.count(".") > 0)


def _table(program: Program, function: Function, call: int) -> str:
    """The table whose rows a call writes; empty if it is not known, or the call is no write."""
    step = function.values[call]
    assert type(step) is f.Call
    if step.callee == "values":
        found = program.type_of(function, step.receiver)
        row = found.element if found and found.name.endswith("Update") else None
        return row.name if row else ""
    return next((e.what for e in program.effects.local(function) if e.value == call and e.kind == "db.write"), "")


def _read(program: Program, function: Function, call: int, table: str, name: str) -> int:
    """The last step of an earlier query on the table that asks for a state in the column, or NONE."""
    own = {value for value, _ in chain(function, call)}
    for value in function.calls:
        step = function.values[value]
        assert type(step) is f.Call
        if value >= call or value in own or step.callee.rpartition(".")[2] not in _READERS:
            continue
        state = compared(function, value).get(name, f.NONE)
        if state >= 0 and _is_state(function, state) and _reads(program, function, value, table):
            return value
    return f.NONE


def _goes_on(function: Function, read: int, call: int) -> bool:
    """What was read is worked with after the update, for more than to name the rows of the update itself."""
    inside, pending = set(), [call]
    while pending:
        inside.add(current := pending.pop())
        pending.extend(o for o in f.operands(function.values[current]) if o not in inside and o > read)
    reached, pending = {read}, [read]
    while pending:
        for user in function.users.get(pending.pop(), ()):
            if user not in reached and user not in inside and not _only_counts(function.values[user]):
                reached.add(user)
                pending.append(user)
    return max(reached) > call


def _only_counts(step: f.AnyValue) -> bool:
    return type(step) is f.Unary or (type(step) is f.Call and step.callee == "!len")


def _reads(program: Program, function: Function, value: int, table: str) -> bool:
    """The query is on the table, and locks nothing."""
    steps = [step for _, step in chain(function, value)]
    if any(step.callee.rpartition(".")[2] in _LOCKS for step in steps) or _is_locked_later(function, value):
        return False
    query = program.queries.query(function, value)
    if query and query.table:
        return query.table == table
    given = [a for step in steps if step.callee.rpartition(".")[2] == "select" for a in step.args]
    return any(_is_of(program, function, a, table) for a in given)


def _is_of(program: Program, function: Function, value: int, table: str) -> bool:
    """The value is the class of the table's rows, or one of its columns: `Task`, `Task.id`, `db.Task.id`."""
    step = function.values[value]
    if type(step) is f.Ref:
        named = (program.names.resolve(function.file, p).entity for p in (step.path, step.path.rpartition(".")[0]) if p)
        return any(isinstance(entity, Class) and entity.dotted == table for entity in named)
    found = program.type_of(function, step.base if type(step) is f.Attr else value)
    return found is not None and found.meta and found.name == table


def _is_locked_later(function: Function, value: int) -> bool:
    for user in function.users.get(value, ()):
        step = function.values[user]
        if type(step) is f.Call and step.receiver == value:
            return step.callee in _LOCKS or _is_locked_later(function, user)
    return False


def _match(program: Program, function: Function, call: int, read: int, column: str) -> Match:
    return Match(
        message=f"rows are read by {column} and then given a new one, without a lock: two at once take the same rows",
        function=function,
        line=function.values[call].line,
        key=column,
        path=(
            function.step(read, f"asks for rows by {column}"),
            function.step(call, "moves them on, whoever has them by now"),
        ),
        confidence=0.75 if meets_itself(program, function) or program.occasions.recurs(function) else SLIGHT,
        weight=2.0,
    )
