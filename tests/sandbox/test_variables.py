"""What a program reads from its environment, and for which of it a value is made up unasked."""

from pathlib import Path

import pytest

from seatrial.sandbox import connections, redis_variables
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


def test_what_a_name_was_given_that_is_tested_begins_so(tmp_path: Path) -> None:
    code = 'stripe.api_key = os.getenv("PAY_SECRET_KEY")\nassert stripe.api_key.startswith("sk_")\n'
    assert variables(write(tmp_path, {"app.py": code})).begins["PAY_SECRET_KEY"] == "sk_"


def test_variables_behind_a_prefix_lead_to_the_services_too(tmp_path: Path) -> None:
    code = 'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="SHOP_")\n'
    code += "    database_url: PostgresDsn  # psycopg\n    redis_url: RedisDsn\n"
    root = write(tmp_path, {"settings.py": code})
    wished = connections.wish(root, {"psycopg"})
    assert wished is not None
    assert "SHOP_DATABASE_URL" in connections.variables(wished, 7, "x")
    assert redis_variables.variables(root, 7)["SHOP_REDIS_URL"] == "redis://127.0.0.1:7/0"
