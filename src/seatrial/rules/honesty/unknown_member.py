"""The code asks a class of its own program for a field or method that it does not have.

Assistants write calls of code that they remember, or that they mean to write later. The line fails with an AttributeError or TypeError
whenever it runs; where an `except Exception` stands around it, the work is never done and nobody is told.

Use what the class has, or write what is missing.

## Bad: a method that nobody wrote, a field that no row has

```shop/models.py
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

class Plant(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80))
    room = db.Column(db.String(80))
```

```shop/care.py
import logging

from shop.models import Plant

class Weather:
    def rain(self, place):
        return 0

class Care:
    def __init__(self):
        self.weather = Weather()

    def need(self, key):
        plant = Plant.query.filter_by(id=key).first()
        return self.weather.rain(plant.latitude)  # finding: latitude

    def forecast(self, plant: Plant):
        return self.weather.sunshine(plant.room)  # finding: sunshine

def watered(site):
    return Plant.query.filter_by(is_watered=True, room=site).all()  # finding: is_watered

def added(name):
    return Plant(name=name, colour="green")  # finding: colour

def all_needs():
    care = Care()
    try:
        return care.needs_of_all()  # finding: needs_of_all
    except Exception:
        logging.exception("no needs")
```

## Bad: a setting that is not declared, a column that is not there

```shop/config.py
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    aws_bucket: str = ""

settings = Settings()
```

```shop/files.py
from shop.config import settings

def bucket():
    return settings.s3_bucket_name  # finding: s3_bucket_name
```

```places/models.py
from django.db import models

class Place(models.Model):
    name = models.CharField(max_length=80)
```

```places/views.py
from places.models import Place

def add(name):
    return Place.objects.create(name=name, label=name)  # finding: label
```

## Good

```shop/models.py
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.ext.hybrid import hybrid_property

db = SQLAlchemy()

class Named:
    title = ""

    def told(self):
        return self.title

class Plant(Named, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80))
    garden_id = db.Column(db.Integer, db.ForeignKey("garden.id"))
    garden = db.relationship("Garden", backref="plants")

    @hybrid_property
    def loud(self):
        return self.name.upper()

class Garden(db.Model):
    id = db.Column(db.Integer, primary_key=True)

class Open:
    def __getattr__(self, name):
        return name

class Mirror:
    def __init__(self, columns):
        for column in columns:
            setattr(self, column.name, column)

class Narrow(Mirror):
    pass

class Bag:
    def __init__(self, **values):
        self.__dict__.update(values)

def found(columns):
    return Mirror(columns).colour, Narrow(columns).height, Bag(weight=3).weight

def read(key, seen):
    plant = Plant.query.filter_by(id=key, name="a").first()
    garden = Garden.query.get(plant.garden_id)
    plant.seen_at = seen
    print(plant.loud, plant.told(), plant.metadata, plant.query, garden.plants, plant.seen_at, Open().anything)
    if hasattr(plant, "colour"):
        print(plant.colour)
    return Plant.query.join(Garden).filter_by(surface=3).all()

def made(name):
    return Plant(name=name, garden_id=1, loud=name)
```

```shop/places.py
from typing import Any

from pydantic import BaseModel, ConfigDict

class Place(BaseModel):
    name: str

class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str

class Far(Place):
    def distance(self):
        return 1

def told(place: Place, loose: Loose, either: Place | dict[str, Any], far):
    return place.model_dump(), place.model_fields_set, loose.anything, either.items(), far.distance()

def reached(place: Place):
    return place.distance() if isinstance(place, Far) else 0
```

```places/models.py
from django.db import models

class Town(models.Model):
    name = models.CharField(max_length=80)

class Place(models.Model):
    name = models.CharField(max_length=80)
    town = models.ForeignKey(Town, on_delete=models.CASCADE)

    @property
    def label(self):
        return self.name

    @label.setter
    def label(self, value):
        self.name = value

def add(name, town):
    Place.objects.create(pk=3, label=name, town=town)
    return Place.objects.create(id=4, name=name, town_id=town.pk)
```

```errands.py
class Message:
    def __init__(self, text):
        self.text = text

class Backend:
    def heard(self, message: Message) -> None:
        raise NotImplementedError

class Chat(Backend):
    def heard(self, message: Message) -> None:
        print(message.sender_name)

def told(message: Message):
    return Message("x").text, message.text
```

## Bad: of a parameter that somebody passes

```errands.py
class Message:
    def __init__(self, text):
        self.text = text

def told(message: Message):
    return message.sender_name  # finding: sender_name

def tell():
    return told(Message("x"))
```
"""

from collections.abc import Iterator
from dataclasses import replace

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.model.source import Role
from seatrial.program import Class, Function, Program, written
from seatrial.program.certain import certain, held
from seatrial.rules.contract import Match, gathered, rule
from seatrial.rules.honesty._members import Members, names_in

_KINDS = frozenset({"!isinstance", "!type"})
_LOOKS = _KINDS | {"!hasattr", "!getattr"}


@rule(severity=Severity.ERROR, category=("unknown-api",))
def check(program: Program) -> Iterator[Match]:
    """Members that no class of the program has, asked of what is of a class that is known wholly.

    One match for all that a body asks of a class: whoever wrote it took it for another.
    """
    families: dict[tuple[Function | None, str], list[Match]] = {}
    for one in _strange(program):
        families.setdefault((one.function, one.key.partition(".")[0]), []).append(one)
    yield from map(_told, families.values())


def _told(family: list[Match]) -> Match:
    first = gathered(family)
    names = dict.fromkeys(one.key for one in family if one.key != first.key)
    others = [f"`{name.partition('.')[2]}`" for name in names]
    return replace(first, message=f"{first.message} (nor {', '.join(others)})") if others else first


def _strange(program: Program) -> Iterator[Match]:
    members = Members(program)
    for function, value, name, cls in _asked(program, members):
        if not members.may_have(cls, name) and not _is_ready(function, name):
            yield _match(function, value, cls, name, "this fails with an AttributeError whenever it runs")
    yield from _given(members)


def _asked(program: Program, members: Members) -> Iterator[tuple[Function, int, str, Class]]:
    """What is read or called on an instance, by a name that nothing in the program defines."""
    judged = {file: names_in(file) for file in program.files if file.role is Role.CODE}
    made = [names_in(file) for file in program.files if file.role is Role.GENERATED]
    strange = members.strange(judged.values(), made)
    for file, names in judged.items():
        asking = ((*place, name) for name in strange.intersection(names.asked) for place in names.asked[name])
        for body, value, name in sorted(asking):
            function = file.functions[body]
            cls = _owner(program, function, value)
            if cls is not None:
                yield function, value, name, cls


def _owner(program: Program, function: Function, value: int) -> Class | None:
    step = function.values[value]
    if type(step) is f.Attr:
        return certain(program, function, step.base)
    if type(step) is f.Call and step.receiver >= 0:
        return certain(program, function, step.receiver)
    path = step.callee if type(step) is f.Call else step.path if type(step) is f.Ref else ""
    return held(program, function, path.rpartition(".")[0])


def _is_ready(function: Function, name: str) -> bool:
    """The code looks first whether it is there, or of which class the thing is; or is ready for its absence."""
    for call in function.calls:
        step = function.values[call]
        if type(step) is f.Call and step.callee in _LOOKS:
            texts = (function.values[function.origin(one)] for one in step.args)
            if step.callee in _KINDS or any(type(text) is f.Const and text.value == name for text in texts):
                return True
    kinds = {r.subject for r in function.regions if r.kind == "except" and r.subject >= 0}
    each = {k for kind in kinds for k in (kind, *f.operands(function.values[kind]))}
    return any(written(function, k).endswith("AttributeError") for k in each)


def _given(members: Members) -> Iterator[Match]:
    """Columns that a row is made or looked for with, and that its class does not have."""
    for function, call, cls in members.rows_made():
        step = function.values[call]
        for name, _ in step.keywords if type(step) is f.Call else ():
            if name and not members.may_be_given(cls, name):
                yield _match(function, call, cls, name, "this call fails whenever it runs")


def _match(function: Function, value: int, cls: Class, name: str, end: str) -> Match:
    return Match(
        message=f"{cls.name} has no `{name}`: {end}",
        function=function,
        line=function.values[value].line,
        key=f"{cls.name}.{name}",
        path=(function.step(value, f"asks {cls.name} for `{name}`"),),
        confidence=0.9,
        weight=2.0,
    )
