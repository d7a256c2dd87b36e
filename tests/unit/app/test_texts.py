"""Texts that are no code are read beside it, within limits, and never count as code."""

from pathlib import Path

from seatrial.app import workspace
from seatrial.app.texts import SIZE_LIMIT

SELECTION = workspace.Selection({".py": "python", ".yml": "text", ".json": "text", ".js": "text"})


def tree(root: Path, **files: bytes) -> workspace.Tree:
    for name, data in files.items():
        (root / name.replace("_", ".")).write_bytes(data)
    return workspace.checkout(root, SELECTION)


def test_texts_are_read_in_whatever_encoding(tmp_path: Path) -> None:
    found = tree(tmp_path, a_py=b"x = 1\n", b_yml="größe: 1".encode("latin-1"))
    assert [(source.file.path, source.file.language) for source in found.sources] == [
        ("a.py", "python"),
        ("b.yml", "text"),
    ]
    assert found.gaps == []


def test_what_nobody_wrote_by_hand_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / ".seatrial").mkdir()
    (tmp_path / ".seatrial/baseline.json").write_text("[]")
    found = tree(tmp_path, a_py=b"", app_min_js=b"x", bin_json=b"\0\1")
    assert [source.file.path for source in found.sources] == ["a.py"]
    assert (found.left_out, found.gaps) == ([], [])


def test_large_data_is_left_out_and_large_settings_are_a_gap(tmp_path: Path) -> None:
    found = tree(tmp_path, a_py=b"", data_json=b" " * (SIZE_LIMIT + 1), settings_yml=b" " * 2_000_001)
    assert [(left.path, left.files) for left in found.left_out] == [("data.json", 1)]
    assert [gap.path for gap in found.gaps] == ["settings.yml"]


def test_texts_alone_are_no_code(tmp_path: Path) -> None:
    (gap,) = tree(tmp_path, b_yml=b"a: 1").gaps
    assert "no file of code" in gap.reason
