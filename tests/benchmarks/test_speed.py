"""What the speed benchmark makes and measures."""

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.append(str(BENCHMARKS / "speed"))

import assemble  # noqa: E402 - the benchmarks are scripts in a folder of their own
import cost  # noqa: E402 - as above


def tree(folder: Path) -> Path:
    for path, text in {
        "shop/a.py": "from shop import b\nimport shopping\n",
        "shop/b.py": "x = 1\n" * 8,
        "shop/tests/test_a.py": "assert True\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def test_tests_are_left_out_of_the_copy(tmp_path: Path) -> None:
    assert assemble.without_tests(tree(tmp_path / "in"), tmp_path / "out") == 10
    assert not (tmp_path / "out/shop/tests").exists()


def test_a_larger_tree_is_filled_up_from_the_next(tmp_path: Path) -> None:
    trees = [tree(tmp_path / "one"), tree(tmp_path / "two")]
    assert assemble.of_size(trees, 12, tmp_path / "out") == 12
    assert (tmp_path / "out/one/shop/b.py").exists()
    assert (tmp_path / "out/two/shop/a.py").exists()
    assert not (tmp_path / "out/two/shop/b.py").exists()


def test_the_memory_and_time_of_children_count(tmp_path: Path) -> None:
    child = "b = bytearray(80_000_000); sum(range(3_000_000)); import time; time.sleep(0.3)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    spent = cost.measure(cost.Command([sys.executable, "-c", parent], tmp_path, {}), limit_seconds=60)
    assert spent.trouble == ""
    assert spent.megabytes > 76
    assert spent.cpu > 0


def test_a_failure_and_a_run_over_the_limit_are_told(tmp_path: Path) -> None:
    failed = cost.Command([sys.executable, "-c", "raise SystemExit(3)"], tmp_path, {})
    assert cost.measure(failed, limit_seconds=60).trouble.startswith("exit 3")
    endless = cost.Command([sys.executable, "-c", "while True: pass"], tmp_path, {})
    assert cost.measure(endless, limit_seconds=0.3).trouble == cost.CUT
