"""The address of the database begins as the program wants it to."""

from pathlib import Path

import pytest

from seatrial.sandbox import connections
from trees import write

ASYNC = 'ENGINE = "postgresql+asyncpg://a"\n'


@pytest.mark.parametrize(
    ("line", "scheme"),
    [
        ('if not settings.database_url.startswith("postgres://"):\n    raise ValueError("postgres://")\n', "postgres"),
        ('assert url.startswith("postgresql://"), "which database?"\n', "postgresql"),
        ('if url.startswith("postgres://"):\n    url = url.replace("postgres://", "x://")\n', "postgresql+asyncpg"),
        ("", "postgresql+asyncpg"),
    ],
)
def test_what_is_refused_otherwise_goes_before_what_is_written_most(tmp_path: Path, line: str, scheme: str) -> None:
    root = write(tmp_path, {"settings.py": f'URL = os.environ["DATABASE_URL"]\n{ASYNC}{line}'})
    wished = connections.wish(root, {"asyncpg", "sqlalchemy"})
    assert wished is not None
    assert wished.scheme == scheme
