"""What is tried for a setting that is missing, by its name."""

import base64
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives import serialization

from seatrial.sandbox.inside import configs, dummies, settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://127.0.0.1:6379/0"),
        ("CELERY_BROKER_URL", "memory://"),
        ("RABBITMQ_AMQP_URL", "amqp://127.0.0.1:5672//"),
        ("CACHE_URL", "locmemcache://"),
        ("EMAIL_URL", "consolemail://"),
        ("MONGO_URI", "mongodb://127.0.0.1:27017/seatrial"),
        ("DATABASE_URL", "sqlite:///seatrial.db"),
        ("SHOP_DB_POSTGRES_URI", "postgresql://postgres:seatrial@127.0.0.1:5432/postgres"),
        ("PAYMENT_URL", "http://127.0.0.1:9"),
        ("REDIS_HOST", "127.0.0.1"),
        ("SMTP_PORT", "1"),
        ("ADMIN_EMAIL", "nobody@example.org"),
    ],
)
def test_the_first_value_has_the_form_that_the_name_asks_for(name: str, value: str) -> None:
    assert dummies.first(name) == value


def test_a_value_that_was_refused_is_followed_by_the_next() -> None:
    first = settings.missing(KeyError("DATABASE_URL"), {})
    assert first == {"DATABASE_URL": "sqlite:///seatrial.db"}
    second = settings.missing(KeyError("DATABASE_URL"), first)
    assert second["DATABASE_URL"] not in first.values()


def test_a_key_is_tried_in_every_form_that_keys_have() -> None:
    value, seen = dummies.first("JWT_PRIVATE_KEY"), []
    while value:
        seen.append(value)
        value = dummies.following("JWT_PRIVATE_KEY", value)
    assert len(seen) == len(set(seen))
    assert len(base64.urlsafe_b64decode(seen[1])) == len(bytes.fromhex(seen[2])) == 32
    assert seen[3].startswith("-----BEGIN PRIVATE KEY-----")
    assert base64.b64decode(seen[4]).decode() == seen[3]


def test_the_two_halves_of_a_key_belong_together() -> None:
    forms = [dummies._filled(name, "{pem}").encode() for name in ("JWT_PRIVATE_KEY", "JWT_PUBLIC_KEY")]
    private = serialization.load_pem_private_key(forms[0], None)
    public = serialization.load_pem_public_key(forms[1])
    assert private.public_key() == public


def raised(code: str, tmp_path: Path) -> Exception:
    """What the code ends with, run from a file as a program is."""
    file = tmp_path / "settings.py"
    file.write_text(code)
    with pytest.raises(Exception) as told:  # noqa: PT011 -- whichever it is
        exec(compile(code, str(file), "exec"), {"environ": {}})
    return told.value


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('int(environ.get("WORKERS"))', {"WORKERS": "1"}),
        ('hosts = environ.get("HOSTS").split(",")', {"HOSTS": "127.0.0.1"}),
        ('raise LookupError("Environment variable HOSTS is unset")', {"HOSTS": "127.0.0.1"}),
        (
            'class S:\n    i_agree = False\nif not S.i_agree:\n    x = 1\n    raise ValueError("no")',
            {"I_AGREE": "true"},
        ),
        ("x = int(\n    environ.get(\n        'WORKERS'\n    )\n)", {"WORKERS": "1"}),
        ('try:\n    x = environ["ALL"]\nexcept KeyError:\n    x = int(environ.get("WORKERS"))', {"WORKERS": "1"}),
        ("1 / 0", {}),
    ],
)
def test_what_the_failing_lines_read_is_what_is_missing(code: str, found: dict[str, str], tmp_path: Path) -> None:
    assert settings.missing(raised(code, tmp_path), {}, ("WORKERS", "HOSTS", "I_AGREE", "ALL")) == found


def test_a_field_is_given_one_of_the_values_that_it_may_have() -> None:
    class ValidationError(Exception):
        def errors(self) -> list[dict[str, object]]:
            enum = {"type": "enum", "loc": ("stage",), "ctx": {"expected": "'production' or 'development'"}}
            return [enum, {"type": "missing", "loc": ("db", "port")}]

    found = settings.missing(ValidationError(), {}, (), ("SHOP_",))
    assert found["SHOP_STAGE"] == found["STAGE"] == "development"
    assert found["SHOP_DB__PORT"] == "1"


def test_a_setting_of_a_section_is_a_variable_with_its_name_before() -> None:
    error = KeyError("Config parameter shop.SECRET_KEY not found")
    assert settings.missing(error, {}) == {"SHOP_SECRET_KEY": dummies.first("SHOP_SECRET_KEY")}


def test_what_flask_misses_in_its_configuration_is_what_was_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configs, "_names", set())
    monkeypatch.setenv("LEDGER_USER", "made up")
    monkeypatch.setenv("LEDGER_HOST", "of the user")
    module = SimpleNamespace(Config=type("Config", (dict,), {}))
    configs.flask(module)
    configs.configure(["LEDGER_USER"])
    config = module.Config(DEBUG=True)
    assert (config["DEBUG"], config["LEDGER_USER"], config.get("LEDGER_USER")) == (True, "made up", None)
    with pytest.raises(KeyError):
        config["LEDGER_HOST"]


def test_what_an_example_says_and_the_program_refuses_is_followed_by_the_first_dummy() -> None:
    assert dummies.following("SHOP_LOG_LEVEL", "notice") == dummies.first("SHOP_LOG_LEVEL") == "INFO"
    assert dummies.following("SHOP_LOG_LEVEL", "INFO") not in ("", "INFO", "notice")


def test_a_folder_that_is_made_up_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert dummies.first("METRICS_DIR") == str(tmp_path)


def test_an_address_is_of_a_scheme_that_the_field_takes() -> None:
    class ValidationError(Exception):
        """As pydantic raises it."""

        def errors(self) -> list[dict[str, object]]:
            said = "'postgres', 'postgresql' or 'postgresql+asyncpg'"
            return [{"loc": ("store",), "type": "url_scheme", "ctx": {"expected_schemes": said}}]

    assert settings.missing(ValidationError(), {"STORE": "x"})["STORE"].startswith("postgresql://postgres:")


@pytest.mark.parametrize(
    ("kind", "value"), [("bool_parsing", "true"), ("type_error.integer", "1"), ("url_parsing", "http://127.0.0.1:9")]
)
def test_a_value_is_of_the_kind_that_the_field_takes(kind: str, value: str) -> None:
    class ValidationError(Exception):
        """As pydantic raises it."""

        def errors(self) -> list[dict[str, object]]:
            return [{"loc": ("verify_cert",), "type": kind}]

    assert settings.missing(ValidationError(), {"VERIFY_CERT": "x"}) == {"VERIFY_CERT": value}
