"""An edit of one file that changes what others see of it: the cached audit says what a fresh one says."""

from pathlib import Path

import msgspec
import pytest

from seatrial.app.audit import Request, audit
from trees import write

ROWS = """
from django.db import models


class Customer(models.Model):
    name = models.CharField(max_length=80)


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    number = models.CharField(max_length=20)
"""
LISTED = """
from shop.a import Order


def names():
    return [order.customer.name for order in Order.objects.all()]
"""
FETCH = """
import requests

LIMIT = 10


class Gateway:
    def fetch(self, sku):
        return requests.get(f"https://prices.example/{sku}", timeout=3)


def fetch(sku):
    return requests.get(f"https://prices.example/{sku}", timeout=3)
"""
ALL = """
from shop.a import LIMIT, Gateway, fetch


def prices(skus):
    return [fetch(sku) for sku in skus]


class Cached(Gateway):
    def all_of(self, skus):
        return [self.fetch(sku) for sku in skus]


def first():
    return [fetch(sku) for sku in range(LIMIT)]
"""
VISIT = """
import time
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def index():
    return wait()


def wait():
    time.sleep(3)
"""
KEPT = FETCH.replace("\n\ndef fetch(", "\n\n@functools.cache\ndef fetch(").replace(
    "requests\n", "requests, functools\n", 1
)
BETWEEN = FETCH + "\n\nclass Between(Gateway):\n    pass\n"
BELOW = """
from shop.a import Between


class Mine(Between):
    def all_of(self, skus):
        return [self.fetch(sku) for sku in skus]
"""
SHARED = "class Gateway:\n    names = []\n\n    def add(self, name):\n        self.names.append(name)\n"
EDITS = {
    "a function is renamed": (FETCH, ALL, "def fetch(sku):", "def fetched(sku):"),
    "a function is added": (FETCH, ALL, "LIMIT = 10\n", "LIMIT = 10\n\ndef more():\n    raise NotImplementedError\n"),
    "a body is changed": (FETCH, ALL, "def fetch(sku):\n    return requests.get", "def fetch(sku):\n    return str"),
    "a method is renamed": (FETCH, ALL, "def fetch(self, sku):", "def fetched(self, sku):"),
    "a base class is changed": (BETWEEN, BELOW, "class Between(Gateway):", "class Between:"),
    "a model is none any more": (ROWS, LISTED, "class Order(models.Model):", "class Order:\n    objects = None\n"),
    "a field of a model is changed": (ROWS, LISTED, "models.ForeignKey(Customer, on_delete=models.CASCADE)", "None"),
    "a model's manager is changed": (ROWS, LISTED, "    number =", "    objects = []\n    number ="),
    "a decorator is taken away": (KEPT, ALL, "@functools.cache\n", ""),
    "a decorator is added": (VISIT, "", "def wait():", "@app.get('/wait')\nasync def wait():"),
    "a default is changed": (FETCH, ALL, "def fetch(sku):", "def fetch(sku, basket=[]):\n    basket.append(sku)"),
    "a class variable is added": (FETCH, ALL, "class Gateway:\n", SHARED),
    "a constant holds a secret": (FETCH, ALL, "LIMIT = 10", "LIMIT = 10\nPASSWORD = 'tr0ub4dor-and-3'"),
    "a circle of imports comes about": (FETCH, ALL, "LIMIT = 10", "from shop.b import first\n\nLIMIT = 10"),
}
"""The file, one that uses it, and what becomes of which part of the file."""


def said(root: Path, *, cached: bool) -> object:
    report = audit(Request(root=root, cached=cached, confidence=0.0))
    counts = msgspec.structs.replace(report.counts, seconds=0.0)
    return msgspec.structs.replace(report, date="", counts=counts)


def found(root: Path) -> set[tuple[str, str, str]]:
    report = audit(Request(root=root, confidence=0.0))
    judged = (one.finding for one in report.verdict.judged)
    return {(finding.rule, finding.symbol, finding.message) for finding in judged}


@pytest.mark.parametrize("edit", EDITS)
def test_a_cached_audit_hears_of_it(edit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, other, old, new = EDITS[edit]
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path / "cache"))
    root = write(tmp_path / "tree", {"shop/__init__.py": "", "shop/a.py": text, "shop/b.py": other})
    before = found(root)
    write(root, {"shop/a.py": text.replace(old, new)})
    assert said(root, cached=True) == said(root, cached=False)
    assert found(root) != before
    write(root, {"shop/a.py": text})
    assert said(root, cached=True) == said(root, cached=False)
    assert found(root) == before


@pytest.mark.parametrize("name", ["shop/a.py", "shop/b.py"])
def test_a_cached_audit_hears_of_a_deleted_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path / "cache"))
    root = write(tmp_path / "tree", {"shop/__init__.py": "", "shop/a.py": FETCH, "shop/b.py": ALL})
    before = found(root)
    (root / name).unlink()
    assert said(root, cached=True) == said(root, cached=False)
    assert found(root) != before
