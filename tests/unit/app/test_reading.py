from pathlib import Path

import pytest

from seatrial.app.reading import declared_encoding, decode
from seatrial.app.workspace import checkout
from seatrial.errors import SourceError
from seatrial.model.source import SIZE_LIMIT, Gap, Stage
from trees import PYTHON, write


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        ("x = 'é'".encode(), "x = 'é'"),
        (b"\xef\xbb\xbfx = 1", "x = 1"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'", "# -*- coding: latin-1 -*-\nx = 'é'"),
        (
            b"#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\n'\xe4'",
            "#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\n'д'",
        ),
        (b"", ""),
    ],
)
def test_text_is_read_as_its_file_declares(data: bytes, text: str) -> None:
    assert decode("a.py", data) == text


@pytest.mark.parametrize(
    ("data", "line", "word"),
    [
        (b"a = 1\nb = '\xe9'\n", 2, "0xe9"),
        (b"a\0b", 0, "binary"),
        ("x = 1".encode("utf-16"), 0, "UTF-16"),
        (b"# coding: klingon\n", 0, "encoding"),
        (b"# coding: hex\n", 0, "encoding"),
        (b"# coding: undefined\nx", 0, "encoding"),
        (b"# coding: utf-7\n+2AA-", 0, "encoding"),
    ],
)
def test_what_is_no_text_is_a_gap_that_says_why(data: bytes, line: int, word: str) -> None:
    gap = decode("a.py", data)
    assert isinstance(gap, Gap)
    assert (gap.path, gap.line, gap.stage) == ("a.py", line, Stage.READING)
    assert word in gap.reason


def test_a_coding_comment_counts_only_in_the_first_two_lines_before_code() -> None:
    assert declared_encoding(b"\n\n# coding: latin-1") == "utf-8"
    assert declared_encoding(b"x = 1\n# coding: latin-1") == "utf-8"
    assert declared_encoding(b"# a comment\n# coding: latin-1") == "latin-1"


def test_a_file_over_the_limit_is_a_gap_and_others_are_read(tmp_path: Path) -> None:
    write(tmp_path, {"small.py": "x = 1", "limit.py": b"#" * SIZE_LIMIT, "unreadable.py": "\0"})
    with (tmp_path / "huge.py").open("wb") as file:
        file.truncate(50_000_000_000)  # sparse: reading it whole would end the test
    tree = checkout(tmp_path, PYTHON)
    assert [source.file.path for source in tree.sources] == ["limit.py", "small.py"]
    assert [(gap.path, gap.reason.partition(":")[0]) for gap in tree.gaps] == [
        ("huge.py", "too large to read"),
        ("unreadable.py", "binary"),
    ]


def test_manifests_are_read_as_text_and_setup_files_are_code_too(tmp_path: Path) -> None:
    write(tmp_path, {"requirements/dev.txt": "a==1\n", "setup.py": "boom", "notes.txt": "", "seatrial.toml": b"# \xff"})
    tree = checkout(tmp_path, PYTHON)
    assert [(m.path, m.text) for m in tree.manifests] == [
        ("requirements/dev.txt", "a==1\n"),
        ("seatrial.toml", "# \ufffd"),
        ("setup.py", "boom"),
    ]
    assert [source.file.path for source in tree.sources] == ["setup.py"]


@pytest.mark.parametrize("name", ["missing", "file.py"])
def test_a_root_that_is_no_folder_is_an_error_that_says_so(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"file.py": ""})
    with pytest.raises(SourceError, match=name):
        checkout(tmp_path / name, PYTHON)
