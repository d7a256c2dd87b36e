"""What is done about a secret: acted on at once, or noted."""

import pytest

from seatrial import registry
from seatrial.model.finding import Severity
from seatrial.testing import program_of

MADE = "tTwk8Rv02qLxzmQd"
LIVE = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
"""Put together here, lest a scanner of this repository takes it for one."""


def severity(path: str, text: str, **more: str) -> list[Severity]:
    found = registry.rules()["hardcoded-credential"].findings(program_of({path: text, **more}))
    return [one.severity for one in found if one.confidence >= 0.7]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/test_pay.py", f'PASSWORD = "{MADE}"\n'),
        ("shop/settings/test/db.py", f'PASSWORD = "{MADE}"\n'),
        ("shop/pay.py", f'def pay():\n    """For example password="{MADE}"."""\n'),
        ("shop/pay.py", f'def pay():\n    """Made as {LIVE}."""\n'),
        ("deploy/realm.yml", f"password: {MADE}\n"),
    ],
)
def test_one_that_production_does_not_read_is_noted(path: str, text: str) -> None:
    assert severity(path, text) == [Severity.NOTE]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/settings.py", f'PASSWORD = "{MADE}"\n'),
        ("tests/test_pay.py", f'KEY = "{LIVE}"\n'),
        ("contrib/pay.py", f'PASSWORD = "{MADE}"\n'),
        ("deploy/prod.env", f"PASSWORD={MADE}\n"),
        ("deploy/pay.yml", f"key: {LIVE}\n"),
    ],
)
def test_one_that_opens_something_is_acted_on_wherever_it_lies(path: str, text: str) -> None:
    assert severity(path, text) == [Severity.ERROR]


def test_settings_that_the_program_asks_for_by_name_are_acted_on() -> None:
    asking = {"shop/settings.py": 'SECRETS = open("deploy/shop.yml").read()\n'}
    assert severity("deploy/shop.yml", f"password: {MADE}\n", **asking) == [Severity.ERROR]


@pytest.mark.parametrize(
    "asking", [{"shop/settings.py": 'FILE = "/etc/shop.yml"\n'}, {"noxfile.py": 'FILE = "shop.yml"\n'}]
)
def test_settings_of_another_machine_and_of_tools_are_noted(asking: dict[str, str]) -> None:
    assert severity("deploy/shop.yml", f"password: {MADE}\n", **asking) == [Severity.NOTE]
