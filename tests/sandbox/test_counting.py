"""What a process holds is counted without what its interpreter keeps for itself."""

from seatrial.sandbox.inside import counting


class Shelf:
    books = 0


def looked_up(times: int) -> None:
    for name in [f"name {number}" for number in range(times)]:
        getattr(Shelf, name, None)


def test_names_that_attributes_were_asked_for_by_are_not_counted() -> None:
    counting._count()
    before = counting._count()["objects"]
    kept = [str(number) * 2 for number in range(100_000, 100_500)]
    looked_up(5_000)
    assert 400 < counting._count()["objects"] - before < 700, len(kept)
