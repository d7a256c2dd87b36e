"""A module of the program that is called like a library is not taken for it."""

from pathlib import Path

import pytest

from seatrial.sandbox.inside import imports
from trees import write


def test_a_module_that_imports_its_namesake_means_another(tmp_path: Path) -> None:
    write(tmp_path, {"shop/no_such_queue.py": "import no_such_queue.app\n", "lib/other_queue.py": ""})
    file = tmp_path / "shop" / "no_such_queue.py"
    with pytest.raises(ModuleNotFoundError) as told:
        exec(compile(file.read_text(), str(file), "exec"), {})
    assert imports.elsewhere(told.value, str(tmp_path)) == ""
    assert imports.elsewhere(ModuleNotFoundError("x", name="other_queue"), str(tmp_path)) == str(tmp_path / "lib")
