"""Whatever happens to a tree between audits, a cached audit says what one without a cache says."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from seatrial.app.audit import Request, audit
from trees import write

NAMES = (
    "shop/__init__.py",
    "shop/a.py",
    "shop/b.py",
    "shop/c.py",
    "shop/sub/__init__.py",
    "shop/sub/d.py",
    "tests/test_e.py",
)
TWINS = """
def {name}(order, {tax}):
    found = 0
    for line in order.lines:
        if line.cancelled or not line.sku:
            continue
        price = line.price * line.count - line.discount
        found += price + round(price * {tax} / 100, 2)
    if order.customer.country != "DE":
        found -= order.refund
    return found + order.shipping.cost(order.weight)
"""
"""A function that is found again under another name."""
TEXTS = (
    "",
    "import requests\n\ndef fetch(ids):\n    return [requests.get(one) for one in ids]\n",
    "import requests\n\ndef get(one):\n    return requests.get(one)\n",
    "from shop.a import get\n\ndef all_of(ids):\n    for one in ids:\n        get(one)\n",
    "from shop.b import fetch\nfrom .c import get  # seatrial: allow[request-in-loop] because they are few\n",
    "from shop.sub.d import *\n\ndef all_of(ids):\n    return [get(one) for one in ids]\n",
    "from ..a import get\nimport shop.b\n",
    "def broken(:\n",
    "from shop import b\n\ndef test_nothing():\n    b.fetch([])\n",
    "PASSWORD = 'tr0ub4dor-and-3'\n\ndef login(token='{}'):\n    return token\n".format("q8Zr51Lw" + "0pXv77Ka"),
    "def get(one, kept=[]):\n    kept.append(one)\n\ndef fetch(ids):\n    raise NotImplementedError\n",
    "from django.db import models\n\nclass Row(models.Model):\n    other = models.ForeignKey('Row', models.CASCADE)\n",
    "from .a import Row\n\ndef all_of(ids):\n    return [row.other.pk for row in Row.objects.all()]\n",
    "from .a import Row\n\nclass Kept(Row):\n    items = []\n    def add(self, x):\n        self.items.append(x)\n",
    TWINS.format(name="total", tax="rate"),
    TWINS.format(name="again", tax="share") + "\nSECRET_KEY = 'harbour-lantern-42'\n",
)
SETTINGS = ("", "include-tests = true\n", "[rules]\nrequest-in-loop = 'off'\n", "exclude = ['shop/sub']\n")
names, texts = st.sampled_from(NAMES), st.sampled_from(TEXTS)


class Tree(RuleBasedStateMachine):
    """A tree that is added to, edited, renamed and deleted from, and audited after every step."""

    @initialize()
    def start(self) -> None:
        """An empty tree and an empty cache."""
        self.folder = TemporaryDirectory()
        self.root = Path(self.folder.name) / "tree"
        self.root.mkdir()
        os.environ["SEATRIAL_CACHE_DIR"] = str(Path(self.folder.name) / "cache")

    def teardown(self) -> None:
        """Nothing is left of it."""
        os.environ.pop("SEATRIAL_CACHE_DIR", None)
        self.folder.cleanup()

    @rule(name=names, text=texts)
    def put(self, name: str, text: str) -> None:
        """A file is added or edited."""
        write(self.root, {name: text})

    @rule(name=names, other=names)
    def rename(self, name: str, other: str) -> None:
        """A file takes another's name."""
        if (self.root / name).exists():
            (self.root / other).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).rename(self.root / other)

    @rule(name=names)
    def remove(self, name: str) -> None:
        """A file is deleted."""
        (self.root / name).unlink(missing_ok=True)

    @rule(name=names)
    def touch(self, name: str) -> None:
        """A file's time changes, not its content."""
        if (self.root / name).exists():
            os.utime(self.root / name, (1, 1))

    @rule(text=st.sampled_from(SETTINGS))
    def set(self, text: str) -> None:
        """The settings change."""
        write(self.root, {"seatrial.toml": text})

    @invariant()
    def cached_equals_fresh(self) -> None:
        """Findings, gaps, counts and all else are the same, but for the time."""
        assert self._said(cached=True) == self._said(cached=False)

    def _said(self, *, cached: bool) -> object:
        report = audit(Request(root=self.root, cached=cached))
        counts = msgspec.structs.replace(report.counts, seconds=0.0)
        return msgspec.structs.replace(report, date="", counts=counts)


TestTree = Tree.TestCase
TestTree.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
