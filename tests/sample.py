"""A report as it comes out of a small shop: something of everything that a format has to show."""

from build import accepted, comment, finding, gap, report, trial, verdict
from seatrial.model.decision import Suppression
from seatrial.model.evidence import Outcome
from seatrial.model.finding import Finding, Place, Quality, Severity, Step
from seatrial.model.source import LeftOut
from seatrial.model.verdict import Edge, Report


def step(path: str, line: int, message: str, code: str) -> Step:
    return Step(Place(path, line, line), message, code)


def injection() -> Finding:
    return finding(
        "sql-injection",
        path="shop/store/search.py",
        line=23,
        message="Text from the query string of `GET /search` becomes part of a SQL statement.",
        quality=Quality.SECURITY,
        cwe=(89,),
        confidence=0.95,
        symbol="find_products",
        confirmed_by="inject",
        why="Whoever sends the text can end the statement early and run one of their own: read or empty any table.",
        mend="Pass values apart from the statement, as parameters.",
        code="rows = session.execute(text(sql)).all()",
        steps=(
            step("shop/api/search.py", 14, "the request's query enters", 'term = request.query_params["q"]'),
            step("shop/api/search.py", 17, "is passed on", "return find_products(session, term)"),
            step(
                "shop/store/search.py", 21, "becomes part of the statement", 'sql = "... name like \'%" + term + "%\'"'
            ),
            step("shop/store/search.py", 23, "the statement runs", "rows = session.execute(text(sql)).all()"),
        ),
    )


def query(line: int, table: str, **fields: object) -> Finding:
    known: dict[str, object] = {
        "path": "shop/reports/monthly.py",
        "line": line,
        "message": f"`Order.{table}` is loaded once for each of the month's orders: one query a row.",
        "confidence": 0.85,
        "symbol": "monthly_report",
        "cwe": (1073,),
        "category": ("nplus1",),
        "confirmed_by": "load",
        "why": "The number of queries grows with the table: 5 ms on your desk, minutes in the second year.",
        "mend": "Load the related rows with the first query: `selectinload`, `prefetch_related` or a join.",
        "code": f"for line in order.{table}:",
        "steps": (
            step("shop/reports/monthly.py", line - 4, "every order of the month", "for order in orders_of(month):"),
            step("shop/reports/monthly.py", line, "loads on first use", f"total += order.{table}.amount"),
        ),
    }
    return finding("query-in-loop", **{**known, **fields})  # type: ignore[arg-type] # any field of a finding


def race() -> Finding:
    return finding(
        "lost-update",
        path="shop/services/stock.py",
        line=31,
        message="`Product.stock` is read, lowered in Python and written back; a second request in between is lost.",
        quality=Quality.CONCURRENCY,
        cwe=(362, 367),
        category=("race",),
        confidence=0.85,
        symbol="StockService.take",
        confirmed_by="race",
        why="Two customers buy the last piece at once, both succeed, and the stock says that one is left.",
        mend="Let the database count: `update(Product).values(stock=Product.stock - n).where(Product.stock >= n)`.",
        code="product.stock = product.stock - quantity",
    )


def cycle() -> Finding:
    return finding(
        "import-cycle",
        path="shop/services/orders.py",
        line=3,
        message="`shop.services` and `shop.models` import each other; cut `shop.models` → `shop.services` (1 import).",
        quality=Quality.ARCHITECTURE,
        severity=Severity.WARNING,
        category=("circular",),
        symbol="",
        why="Neither part can be tested, moved or understood alone, and the order of imports decides if it starts.",
        mend="Move what both need to a third module below them.",
        code="from shop.models.order import Order",
    )


def swallowed(line: int) -> Finding:
    return finding(
        "swallowed-error",
        path="shop/jobs/mail.py",
        line=line,
        message="Every error while sending is dropped: nobody learns that the mail did not go out.",
        quality=Quality.HONESTY,
        severity=Severity.NOTE,
        cwe=(390,),
        confidence=0.75,
        symbol="send_all",
        why="The failure goes on unseen until a customer tells you.",
        mend="Catch what you expect, and log or raise the rest.",
        code="except Exception:",
    )


MAP = (
    Edge("shop.api", "shop.services", 9, in_cycle=False),
    Edge("shop.api", "shop.store", 4, in_cycle=False),
    Edge("shop.jobs", "shop.services", 3, in_cycle=False),
    Edge("shop.jobs", "shop.mail", 1, in_cycle=False),
    Edge("shop.services", "shop.models", 12, in_cycle=True),
    Edge("shop.models", "shop.services", 1, in_cycle=True),
    Edge("shop.services", "shop.store", 6, in_cycle=False),
    Edge("shop.reports", "shop.store", 2, in_cycle=False),
    Edge("shop.reports", "shop.models", 5, in_cycle=False),
    Edge("shop.store", "shop.settings", 2, in_cycle=False),
    Edge("shop.models", "shop.settings", 1, in_cycle=False),
)


def sample(**fields: object) -> Report:
    """The report. `fields` replace those of `Report`."""
    loops = [query(20 + 7 * n, name) for n, name in enumerate(["lines", "customer", "payments", "refunds", "coupons"])]
    known, quiet, cleared = query(90, "notes"), query(97, "tags"), query(104, "labels")
    changed = query(111, "address", digest="after")
    judged = verdict(
        injection(),
        race(),
        cycle(),
        *loops,
        *(swallowed(n) for n in range(10, 16)),
        known,
        quiet,
        cleared,
        changed,
        evidence=(trial(race(), Outcome.PROVEN, trial="race", reason="20 of 200 sales lost"), trial(cleared)),
        decisions=(accepted(known), accepted(query(111, "address", digest="before")), accepted(query(200, "gone"))),
        comments=(
            comment(quiet, "an order has three tags at most"),
            Suppression("shop/models/order.py", 12, 12, ("lost-update",), "the row is locked"),
            Suppression(
                "shop/models/order.py", 40, 40, (), "", "no rule `query-in-lop`, did you mean `query-in-loop`?"
            ),
            Suppression("shop/api/orders.py", 8, 9, ("query-in-loop",), ""),
        ),
        gaps=(gap(), gap("shop/legacy.py", 0, "the file is larger than 4 MB")),
    )
    left_out = (LeftOut("shop/vendor", "vendored", 210), LeftOut("migrations", "generated", 31))
    return report(judged, **{"map": MAP, "left_out": left_out, **fields})
