"""What texts write down is found where it stands, and code is not taken for it."""

import pytest

from seatrial.frontends.python import FRONTEND as PYTHON
from seatrial.frontends.text import FRONTEND as TEXT

ACCESS_KEY = "AK" + "IA" + "QZ7XKW2VTB4LR9MN"  # put together here, so that no scanner takes it for a real one


MADE = "vq7T" + "xw2m"


def written(text: str) -> list[tuple[int, str, str, str]]:
    return [(one.line, one.kind, one.name, one.value) for one in TEXT.extract(text).written]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("DB_PASSWORD=*", "DB_PASSWORD"),
        ('"api_key": "*",', "api_key"),
        ("token := `*`", "token"),
        ("secret => '*'", "secret"),
        ("<password>*</password>", "password"),
        ('Authorization: Bearer *"', "Authorization"),
        ("https://harbour.io/?oauth_token=*&page=2", "oauth_token"),
        ('{\\"password\\": \\"*\\"}', "password"),
        ('set_password("*")', "set_password"),
        ('text = "\\nTOKEN=*"', "TOKEN"),
        ("  - ROOT_PASSWORD=*  # for now", "ROOT_PASSWORD"),
    ],
)
def test_a_name_and_what_it_holds(text: str, name: str) -> None:
    assert written(f"first\n{text.replace('*', MADE)}\nlast\n") == [(2, "name", name, MADE)]


@pytest.mark.parametrize(
    "text",
    [
        "const token = read(source1)",
        "let token: string;",
        "password = settings[key1]",
        "the password is 1 or 2",
        "pass",
        "",
    ],
)
def test_code_and_prose_write_nothing_down(text: str) -> None:
    assert written(text) == []


def test_a_line_of_settings_may_hold_any_word() -> None:
    assert written("root_password: lantern") == [(1, "name", "root_password", "lantern")]
    assert written("the root_password: lantern light") == []


def test_an_address_with_a_password() -> None:
    assert written(f"\n\nurl = amqp://shop:{MADE}@rabbit:5672/") == [(3, "address", f"amqp://shop:{MADE}@rabbit", MADE)]
    assert written("https://harbour.io:8080/a@b https://user@harbour.io") == []


def test_a_key_of_a_known_form() -> None:
    assert written(f"id {ACCESS_KEY} end") == [(1, "form", "", ACCESS_KEY)]
    assert written(f"id x{ACCESS_KEY} {ACCESS_KEY}Q") == []


def test_what_is_found_twice_at_one_place() -> None:
    key = MADE * 6
    assert [kind for _, kind, _, _ in written(f"AccountKey={key};")] == ["name", "form"]


def test_a_python_file_tells_what_code_holds_from_what_texts_say() -> None:
    text = 'password = "*1"\n# password = "*2"\nanswer = \'{"token": "*3"}\'\nlog(token="*4")\n'.replace("*", MADE)
    assert [(one.value, one.in_code) for one in PYTHON.extract(text).written] == [
        (f"{MADE}1", True),
        (f"{MADE}2", False),
        (f"{MADE}3", False),
        (f"{MADE}4", True),
    ]


def test_a_docstring_is_no_code() -> None:
    text = f'"""See https://shop:{MADE}@harbour.io."""\nurl = "https://shop:{MADE}@harbour.io"\n'
    assert [(one.line, one.in_code) for one in PYTHON.extract(text).written] == [(1, False), (2, True)]


def test_a_text_has_no_code() -> None:
    facts = TEXT.extract("a\nb")
    assert (facts.functions, facts.lines, TEXT.extract("").lines) == ((), 2, 0)


@pytest.mark.parametrize(
    "piece", ["password=", "key: 'a", "://a:", "-----BEGIN RSA PRIVATE KEY-----\n", "sk-", "\udc80"]
)
def test_a_hostile_text_is_read_to_its_end(piece: str) -> None:
    assert TEXT.extract(piece * 20_000).language == "text"
