"""The file for Locust runs with two workers of its own, and asks what it says. Where Locust is installed."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from seatrial.trials.bench import Bench
from seatrial.trials.locustfile import locustfile

LOCUST = os.environ.get("LOCUST") or shutil.which("locust")


@pytest.mark.slow
@pytest.mark.skipif(not LOCUST, reason="Locust is not installed (or name it: LOCUST=/path/to/locust)")
def test_two_workers_run_the_file(kiosk: Callable[[str], Bench], tmp_path: Path) -> None:
    bench = kiosk("")
    calls = [call for _, call in bench.reads()]
    target = bench.application.target
    host = f"http://{target.host}:{target.port}"
    file = tmp_path / "load.py"
    file.write_text(locustfile(calls, target, file.name))
    assert LOCUST
    options = "--headless --users 4 --spawn-rate 4 --run-time 4s --processes 2 --only-summary --csv out --host"
    done = subprocess.run(
        [LOCUST, "-f", str(file), *options.split(), host],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("ready") >= 2
    head, first, *_ = (line.split(",") for line in (tmp_path / "out_stats.csv").read_text().splitlines())
    said = dict(zip(head, first, strict=True))
    assert (said["Name"], said["Failure Count"]) == ("/papers", "0")
    assert int(said["Request Count"]) > 0
