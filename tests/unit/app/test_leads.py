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

def vote(db: Session, product_id: int):
    product = db.get(Product, product_id)
    product.votes += 1
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


def handlers(number: int) -> list[str]:
    """Those that lead to the one finding, of a program with so many."""
    api = API + "".join(HANDLER % (one, one) for one in range(number))
    program = program_of({"models.py": MODEL, "catalog.py": CATALOG, "api.py": api})
    (finding,) = registry.rules()["lost-update"].findings(program)
    found = list(leads(program, [finding]))
    assert {(lead.path, lead.fingerprint) for lead in found} <= {("api.py", finding.fingerprint)}
    return sorted(lead.symbol for lead in found)


def test_a_handler_leads_to_a_finding_some_calls_below_it() -> None:
    assert handlers(2) == ["handler_0", "handler_1"]


def test_where_many_lead_to_a_function_it_is_no_ones_own() -> None:
    assert handlers(12) == []


def test_what_no_handler_leads_to_has_none() -> None:
    assert handlers(0) == []
