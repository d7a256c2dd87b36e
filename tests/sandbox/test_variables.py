"""What a program reads from its environment, and for which of it a value is made up unasked."""

from pathlib import Path

import pytest

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
