"""What proves a user by a program's own means: its token functions, and the keys it signs with."""

import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from seatrial.sandbox.inside import minting
from trees import write

jwt = pytest.importorskip("jwt")
KEY = "of-the-shop-and-of-nobody-else-in-the-world"
PERSON = {"key": 7, "id": 7, "email": "st1@users.example.org", "role": "clerk"}
NAME = "shop_that_mints"


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    sys.modules.pop(NAME, None)


def claims(source: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> Sequence[Mapping[str, Any]]:
    """What the tokens say that a program of one file gives for the person, signed with its key."""
    write(root, {f"{NAME}.py": source})
    monkeypatch.syspath_prepend(str(root))
    importlib.invalidate_caches()
    importlib.import_module(NAME)
    (ways,) = minting.minted(SimpleNamespace(callable=None), str(root), [PERSON])
    tokens = [one["Authorization"].removeprefix("Bearer ") for one in ways]
    return [jwt.decode(one, KEY, algorithms=["HS256"], options={"verify_sub": False}) for one in tokens]


@pytest.mark.parametrize(
    "function",
    [
        "def create_access_token(data: dict, expires_delta=None): return jwt.encode(data, SIGN, 'HS256')",
        "def generate_token(user): return jwt.encode({'sub': user.email, 'role': user.role}, SIGN, 'HS256')",
        "def make_jwt(subject): return {'access_token': jwt.encode({'sub': subject}, SIGN, 'HS256')}",
        "def issue_user_token(user_id: int, email: str): return jwt.encode({'sub': email}, SIGN, 'HS256'), user_id + 1",
    ],
)
def test_a_token_function_is_given_what_it_asks_for(
    function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = claims(f"import jwt\nSIGN = {KEY!r}\n{function}\n", tmp_path, monkeypatch)
    assert "st1@users.example.org" in [one["sub"] for one in found]


@pytest.mark.parametrize(
    "kept",
    [
        f"JWT_SECRET = {KEY!r}",
        f"class Settings:\n    secret_key = {KEY!r}\nsettings = Settings()",
        f"class Settings:\n    jwt_secret_key = {KEY!r}\ndef get_settings():\n    return Settings()",
    ],
)
def test_what_signs_inside_a_handler_is_signed_with_the_programs_key(
    kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = claims(f"{kept}\n", tmp_path, monkeypatch)
    assert {"7", "st1@users.example.org"} <= {str(one["sub"]) for one in found}
    assert {(one["user_id"], one["role"]) for one in found} == {(7, "clerk")}


def test_what_asks_for_more_than_can_be_known_proves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "def create_token(vault):\n    return vault.sign()\ndef create_refresh_token(data):\n    return 'x' * 40\n"
    assert claims(source, tmp_path, monkeypatch) == []
