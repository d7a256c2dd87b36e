"""Users of a program that lets nobody register are rows, proven by its own token functions, keys and sessions."""

from collections.abc import Callable, Sequence

from seatrial.model.evidence import Outcome
from seatrial.trials import access
from seatrial.trials.bench import Bench

Vault = Callable[[str], Bench]
FAULTY, SOUND = "read,drop", ""


def proven(bench: Bench) -> Sequence[tuple[str, str]]:
    found = (one for one in access.claims(bench) if one.outcome is Outcome.PROVEN)
    return [(one.operation, one.rules[0]) for one in found]


def test_users_are_rows_that_hang_on_what_is_made_for_them(vault: Vault) -> None:
    bench = vault(SOUND)
    assert bench.database is not None
    rows = {row["id"]: row for row in bench.database.rows("users")}
    assert [rows[one.key]["role"] for one in (bench.cast.alice, bench.cast.root)] == ["seatrialuser1", "admin"]
    assert {row["active"] for row in rows.values()} == {1}
    assert bench.database.count("desks") == 1


def test_what_they_are_proven_by_opens_every_operation_but_the_login(vault: Vault) -> None:
    assert set(vault(SOUND).refusals) == {"POST /login"}


def test_what_such_users_may_not_do_is_tried_and_what_strangers_hand_in_is_let_be(vault: Vault) -> None:
    found = proven(vault(FAULTY))
    assert set(found) == {("GET /notes/{note_id}", "unchecked-owner"), ("POST /drawers", "unguarded-endpoint")}
    assert proven(vault(SOUND)) == []


def test_their_proofs_are_made_anew_before_they_run_out(vault: Vault) -> None:
    bench = vault("brief")
    bench.restore()
    call = bench.filling.accepted(bench.operation("POST /notes"), bench.cast.alice)
    assert call is not None
    kept = dict(bench.application.proofs)
    while bench.application.proofs == kept:
        bench.restore()
    assert bench.application.call(call, watched=False).ok
