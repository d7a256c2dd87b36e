from seatrial.program import Program
from seatrial.program.schema import Relation, Table
from seatrial.testing import program_of

DJANGO = """
from django.conf import settings
from django.db import models


class Owned(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    class Meta:
        abstract = True


class Customer(models.Model):
    name = models.CharField(max_length=9, unique=True)


class Order(Owned):
    customer = models.ForeignKey("shop.Customer", related_name="orders", on_delete=models.CASCADE)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
    tags = models.ManyToManyField("Tag")
    code = models.CharField(db_index=True)

    class Meta:
        db_table = "shop_orders"
        unique_together = ("customer", "code")
        constraints = [models.UniqueConstraint(fields=["code", "owner"], name="x")]
        indexes = [models.Index(fields=["owner", "code"])]


class Tag(models.Model):
    pass


class Profile(models.Model):
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE)
"""

SQLALCHEMY = """
from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    orders: Mapped[list[Order]] = relationship(back_populates="customer")
    notes: Mapped[list["Note"]] = relationship(lazy="selectin")


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    customer: Mapped[Customer] = relationship(back_populates="orders", lazy="joined")
    __table_args__ = (UniqueConstraint("customer_id", "total"), Index("by_total", "total"))


class Note(Base):
    __tablename__ = "notes"
    customer_id = mapped_column(ForeignKey("customers.id"))
"""


def table(program: Program, name: str) -> Table:
    return next(t for cls, t in program.schema.tables.items() if cls.name == name)


def relation(program: Program, cls: str, name: str) -> Relation:
    return table(program, cls).relations[name]


def target(program: Program, cls: str, name: str) -> str:
    found = relation(program, cls, name).target
    return found.name.rpartition(".")[2] if found else ""


def django() -> Program:
    return program_of({"shop/models.py": DJANGO})


def sqlalchemy() -> Program:
    return program_of({"shop/models.py": SQLALCHEMY})


def test_django_foreign_keys_lead_to_classes_named_by_text() -> None:
    program = django()
    assert target(program, "Order", "customer") == "Customer"
    assert target(program, "Order", "parent") == "Order"
    assert target(program, "Order", "owner") == "User"


def test_django_reverse_relations_have_their_given_or_default_name() -> None:
    program = django()
    assert (relation(program, "Customer", "orders").loading, target(program, "Customer", "orders")) == (
        "manager",
        "Order",
    )
    assert relation(program, "Tag", "order_set").many
    assert relation(program, "Order", "order_set").other == "parent"
    assert not relation(program, "Customer", "profile").many
    assert relation(program, "Customer", "profile").loading == "lazy"


def test_django_meta_tells_constraints_indexes_and_name() -> None:
    program = django()
    order = table(program, "Order")
    assert order.name == "shop_orders"
    assert order.is_unique(frozenset({"customer", "code"}))
    assert order.is_unique(frozenset({"code", "owner", "tags"}))
    assert not order.is_unique(frozenset({"code"}))
    assert order.is_indexed("owner")
    assert table(program, "Customer").is_unique(frozenset({"name"}))
    assert table(program, "Owned").abstract


def test_attributes_of_rows_have_the_types_of_their_relations() -> None:
    source = (
        DJANGO + "\n\ndef f(order: Order):\n    for one in order.customer.orders.all():\n        one.customer.profile\n"
    )
    program = program_of({"shop/models.py": source})
    function = next(f for f in program.functions if f.name == "f")
    found = [program.type_of(function, i) for i in range(len(function.values))]
    names = [t.name.rpartition(".")[2] for t in found if t]
    assert names[:4] == ["Order", "Customer", "RelatedManager", "RelatedManager"]
    assert names[-1] == "Profile"


def test_sqlalchemy_relationships_say_how_they_are_loaded() -> None:
    program = sqlalchemy()
    orders = relation(program, "Customer", "orders")
    assert (orders.many, orders.loading, orders.reverse, orders.other) == (True, "lazy", True, "customer")
    assert relation(program, "Customer", "notes").loading == "eager"
    customer = relation(program, "Order", "customer")
    assert (customer.many, customer.loading, customer.reverse) == (False, "eager", False)


def test_sqlalchemy_columns_keys_and_constraints_are_read() -> None:
    order = table(sqlalchemy(), "Order")
    assert order.name == "orders"
    assert order.columns["customer_id"].references == "customers.id"
    assert order.is_indexed("customer_id")
    assert order.is_unique(frozenset({"id"}))
    assert order.is_unique(frozenset({"customer_id", "total"}))
    assert order.is_indexed("total")


def test_a_backref_without_annotations_is_many_on_the_side_without_the_key() -> None:
    program = program_of(
        {
            "models.py": "from flask_sqlalchemy import SQLAlchemy\n"
            "db = SQLAlchemy()\n"
            "class Team(db.Model):\n"
            "    people = db.relationship('Person', backref='team', lazy='dynamic')\n"
            "class Person(db.Model):\n"
            "    team_id = db.Column(db.ForeignKey('team.id'))\n"
        }
    )
    people = relation(program, "Team", "people")
    assert (people.many, people.loading) == (True, "manager")
    assert not relation(program, "Person", "team").many


def test_a_class_that_is_no_model_has_no_table() -> None:
    program = program_of({"a.py": "class A:\n    b = 1\n"})
    assert program.schema.table(program.classes[0]) is None
    assert program.schema.relation(program.classes[0], "b") is None


def test_a_class_named_by_text_is_the_nearest_of_those_of_that_name() -> None:
    base = "from sqlalchemy.orm import DeclarativeBase, relationship\nclass Base(DeclarativeBase):\n    pass\n"
    program = program_of(
        {
            "shop/changes/first.py": base + "class Line(Base):\n    __tablename__ = 'lines'\n",
            "shop/models/order.py": base + "class Order(Base):\n    lines = relationship('Line', backref='order')\n",
            "shop/models/line.py": base + "class Line(Base):\n    __tablename__ = 'lines'\n",
        }
    )
    assert target(program, "Order", "lines") == "Line"
    lines = relation(program, "Order", "lines").target
    assert lines is not None
    assert lines.name == "shop.models.line.Line"
