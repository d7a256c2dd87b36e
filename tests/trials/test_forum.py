"""What hangs on other rows is asked for: replies to a thread, somebody else to follow, a proof that has not run out."""

from collections.abc import Callable, Sequence

from seatrial.model.evidence import Outcome
from seatrial.trials import edge, growth, race
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim

FAULTY, SOUND = "admin,per-row,twice", ""


def proven(claims: Sequence[Claim]) -> Sequence[tuple[str, str]]:
    return [(claim.operation, claim.rules[0]) for claim in claims if claim.outcome is Outcome.PROVEN]


def test_every_operation_but_the_login_accepts_a_request(forum: Callable[[str], Bench]) -> None:
    bench = forum(SOUND)
    assert set(bench.refusals) == {"POST /api/login"}
    for operation in bench.operations:
        bench.restore()
        assert operation.name == "POST /api/login" or bench.filling.accepted(operation, bench.cast.alice)


def test_what_reads_by_its_method_and_takes_rows_away_is_left_out(forum: Callable[[str], Bench]) -> None:
    assert list(forum(SOUND).emptying) == ["GET /api/reset"]


def test_proofs_that_run_out_are_renewed(forum: Callable[[str], Bench]) -> None:
    bench = forum(SOUND)
    call = bench.filling.accepted(bench.operation("POST /api/threads"), bench.cast.alice)
    assert call is not None
    for _ in range(100):
        bench.restore()
        assert bench.application.call(call, watched=False).ok


def test_growth_asks_about_the_row_that_has_children(forum: Callable[[str], Bench]) -> None:
    grown = [one for one in growth.run(forum(FAULTY)) if isinstance(one, growth.Grown)]
    assert [(one.operation, one.line.split()[-1]) for one in grown] == [("GET /api/threads/{slug}/comments", "run")]
    assert grown[0].slope == (1.0, 1.0, 1.0)
    assert [one for one in growth.run(forum(SOUND)) if isinstance(one, growth.Grown)] == []


def test_a_request_that_fails_on_what_is_unique_is_no_matter_of_sqlite(forum: Callable[[str], Bench]) -> None:
    assert ("POST /api/profiles/{username}/follow", "lost-update") in proven(list(race.claims(forum(FAULTY))))
    assert proven(list(race.claims(forum(SOUND)))) == []


def test_edge_asks_as_the_one_with_rights_where_others_are_held_back(forum: Callable[[str], Bench]) -> None:
    name = "GET /api/members/{member_id}"
    benches = {faults: forum(faults) for faults in (FAULTY, SOUND)}
    for bench in benches.values():
        bench.operations = [bench.operation(name)]
    assert {(one.operation, one.name) for one in edge.run(benches[FAULTY])} == {(name, "member_id")}
    assert list(edge.run(benches[SOUND])) == []


def test_a_value_that_only_met_a_refusal_counts_as_not_tried(forum: Callable[[str], Bench]) -> None:
    bench = forum(FAULTY)
    known: dict[edge.Value, bool] = {}
    member, rights = (
        edge.Trier(bench, bench.operation("GET /api/members/{member_id}"), actor, known)
        for actor in (bench.cast.alice, bench.cast.root)
    )
    assert list(member.failures()) == []
    assert member.is_held_back
    assert {one.name for one in rights.failures()} == {"member_id"}
