"""Programs with faults, and what each trial must prove of them; of their sound twins it must prove nothing."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from seatrial.model.pair import Pair, Side
from seatrial.trials import access, costs, deadlock, edge, faults, growth, inject, leak, load, race, twin
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.scaling import SIZES, scaled

TWINS = ("total total_fast", "initials initials_new", "due due_fast")
OTHERS = ("total total_rounded", "slug slug_old", "pick pick_new", "shout whisper")


class Suite(NamedTuple):
    """A program of `tests/trials/programs`, with the names of its faults, and what is proven of them."""

    program: str
    faults: str
    proven: Collection[str]
    """Operations, or the later of two functions."""
    claims: Callable[[Bench], Iterator[object]]
    pairs: Collection[str] = ()


_SHOP = "per-row,race,open,owner,inject,edge"
_BANK = "limit,looks,lost,name,number,order,tables"
SUITES: Mapping[str, Suite] = {
    "growth": Suite("shop", _SHOP, {"GET /orders"}, lambda bench: about("query-in-loop", growth.claims(bench))),
    "costs": Suite(
        "library",
        "index,square,search,all",
        {"GET /books/{book_id}/loans", "GET /found", "GET /reviewed", "GET /shelf-marks"},
        lambda bench: (one for one in costs.claims(list(scaled(bench, 60.0, SIZES[:7])), bench.prices) if one.alone),
    ),
    "load": Suite("kiosk", "pool", {"GET /papers"}, load.claims),
    "race": Suite(
        "bank",
        _BANK,
        {
            "GET /accounts/{account_id}/statement",
            "POST /accounts",
            "POST /accounts/{account_id}/spend",
            "POST /accounts/{account_id}/withdraw",
            "POST /tickets",
        },
        race.claims,
    ),
    "deadlock": Suite(
        "bank", _BANK, {"POST /accounts/{account_id}/block", "POST /fees", "POST /transfers"}, deadlock.claims
    ),
    "access": Suite("shop", _SHOP, {"PATCH /orders/{order_id}", "DELETE /products/{product_id}"}, access.claims),
    "inject": Suite("shop", _SHOP, {"POST /archive", "POST /read", "POST /search"}, inject.claims),
    "edge": Suite("shop", "edge", {"POST /label"}, edge.claims),
    "leak": Suite(
        "depot",
        "file,temporary,cache,method,thread,buffer",
        {"GET /label", "GET /sheet", "POST /deliver", "POST /journal", "POST /price", "POST /quote"},
        leak.claims,
    ),
    "twin": Suite("twins", "", {name.split()[1] for name in TWINS}, twin.claims, (*TWINS, *OTHERS)),
    "faults": Suite(
        "harbour",
        "pieces,held,later,patient,hasty",
        {"POST /cargo", "POST /hasty", "POST /patient", "POST /ships", "POST /tolls"},
        faults.claims,
    ),
}


def about(rule: str, claims: Iterable[object]) -> Iterator[Claim]:
    """The claims of one rule: the sound shop lists its orders without an end, which another rule speaks of."""
    return (one for one in claims if isinstance(one, Claim) and one.rules[0] == rule)


def pairs(suite: Suite) -> list[Pair]:
    """The pairs of functions that are compared."""
    file = f"{suite.program}.py"
    named = (one.split() for one in suite.pairs)
    return [Pair("duplicate-logic", Side(file, 1, left), Side(file, 1, right)) for left, right in named]


def subject(claim: Claim, expected: Collection[str]) -> str:
    """What a claim is about: of its operations one that is expected, or the function at its line."""
    named = [one for one in (claim.operation, *claim.beside) if one in expected]
    return named[0] if named else claim.operation or claim.lines[0].rpartition(" ")[2]
