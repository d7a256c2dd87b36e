"""Which handlers of requests lead to what a trial may confirm."""

from seatrial import registry
from seatrial.app.leads import leads
from seatrial.testing import program_of

MODEL = """
from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base

class Product(declarative_base()):
    __tablename__ = "products"
    id = Column(Integer, primary_key=True)
    votes = Column(Integer)
"""
CATALOG = """
from sqlalchemy.orm import Session
from models import Product

def product(db: Session, product_id: int):
    return db.get(Product, product_id)

def vote(db: Session, product_id: int):
    found: Product = product(db, product_id)
    found.votes += 1
    db.commit()

def voted(db: Session, product_id: int):
    return vote(db, product_id)
"""
API = """
from fastapi import FastAPI
from sqlalchemy.orm import Session
import catalog

app = FastAPI()
"""
HANDLER = """
@app.post("/products/{product_id}/votes/%d")
def handler_%d(product_id: int, db: Session):
    return catalog.voted(db, product_id)
"""


def found(number: int, *, behind: bool = False) -> list[str]:
    """The functions that lead to the one finding, or are behind it, of a program with so many handlers."""
    api = API + "".join(HANDLER % (one, one) for one in range(number))
    program = program_of({"models.py": MODEL, "catalog.py": CATALOG, "api.py": api})
    (finding,) = registry.rules()["lost-update"].findings(program)
    told = [lead for lead in leads(program, [finding]) if lead.is_behind is behind]
    assert {lead.fingerprint for lead in told} <= {finding.fingerprint}
    return sorted(f"{lead.path} {lead.symbol}" for lead in told)


def test_a_handler_leads_to_a_finding_some_calls_below_it() -> None:
    assert found(2) == ["api.py handler_0", "api.py handler_1"]


def test_what_the_function_calls_is_behind_it() -> None:
    assert found(1, behind=True) == ["catalog.py product", "catalog.py vote"]


def test_where_many_lead_to_a_function_it_is_no_ones_own() -> None:
    assert found(12) == []


def test_what_no_handler_leads_to_has_none() -> None:
    assert found(0) == []
