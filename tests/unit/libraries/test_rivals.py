"""The shipped data on libraries that do the same job."""

import pytest

from seatrial.libraries.rivals import Job, rivals


@pytest.mark.parametrize("job", rivals(), ids=lambda job: f"{job.name}, {job.group}")
def test_a_group_holds_rivals_whose_names_lie_in_their_modules(job: Job) -> None:
    assert len(job.libraries) > 1
    assert all(name.partition(".")[0] == module for module, names in job.libraries.items() for name in names)


def test_callers_that_block_need_other_libraries_than_those_that_await() -> None:
    groups = {job.group: job.libraries for job in rivals() if job.name == "send HTTP requests"}
    assert ("requests" in groups["blocking"], "requests" in groups["async"]) == (True, False)
    assert groups["async"]["httpx"] == ("httpx.AsyncClient",)
