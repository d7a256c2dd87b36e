"""What a program reads from its environment, and for which of it a value is made up unasked."""

from pathlib import Path

import pytest

from seatrial.sandbox.launching import _without
from seatrial.sandbox.variables import variables
from trees import write

FIELDS = """
class Settings(BaseSettings):
    session_secret: str
    plain_secret: str = "change me"
    vault_key: str | None = None
    signing_secret: Optional[SecretStr] = Field(default=None, description="of the shop")
    mail_password: str | None = Field(None)
"""


@pytest.mark.parametrize(
    ("files", "made_up"),
    [
        ({"settings.py": FIELDS}, ["PLAIN_SECRET", "SESSION_SECRET"]),
        (
            {"settings.py": FIELDS, "mail.py": 'import os\nos.environ["MAIL_PASSWORD"]\n'},
            ["MAIL_PASSWORD", "PLAIN_SECRET", "SESSION_SECRET"],
        ),
        (
            {"settings.py": f"{FIELDS}\nKEY = Settings().vault_key or token_hex(32)\n"},
            ["MAIL_PASSWORD", "PLAIN_SECRET", "SESSION_SECRET", "SIGNING_SECRET", "VAULT_KEY"],
        ),
    ],
)
def test_no_secret_is_made_up_that_a_setting_leaves_open_unless_the_program_does(
    tmp_path: Path, files: dict[str, str], made_up: list[str]
) -> None:
    assert sorted(variables(write(tmp_path, files)).secrets) == made_up


def test_a_key_begins_as_the_code_looks_whether_it_does(tmp_path: Path) -> None:
    code = 'import os\nkey = os.environ["PAY_SECRET_KEY"]\nif not settings.pay_secret_key.startswith("sk_"): raise x\n'
    code += 'if os.environ["DATABASE_URL"].startswith("postgres://"): pass\n'
    found = variables(write(tmp_path, {"app.py": code}))
    assert found.begins == {"PAY_SECRET_KEY": "sk_"}
    assert found.secrets["PAY_SECRET_KEY"].startswith("sk_")


def test_a_secret_that_may_be_left_unset_is_not_taken_from_an_example(tmp_path: Path) -> None:
    read = variables(write(tmp_path, {"settings.py": FIELDS + "    redis_url: str | None = None\n"}))
    said = {"VAULT_KEY": "your-key", "SESSION_SECRET": "b", "REDIS_URL": "redis://cache", "MODE": "c"}
    assert _without([said], read) == [{"SESSION_SECRET": "b", "REDIS_URL": "redis://cache", "MODE": "c"}]
