"""Functions that look alike: some are, some are not, some cannot be compared."""

import random
from dataclasses import dataclass
from pathlib import Path

from small import App

app = App()


@app.route("GET", "/")
def hello(token, said):
    return 200, {}


def total(lines, rate):
    result = 0
    for line in lines:
        result += line["price"] * line["amount"]
    return round(result * (1 + rate), 2)


def total_fast(lines, rate):
    return round(sum(line["price"] * line["amount"] for line in lines) * (1 + rate), 2)


def total_rounded(lines, rate):
    return round(sum(round(line["price"] * line["amount"], 1) for line in lines) * (1 + rate), 2)


def slug(text: str) -> str:
    return "-".join(text.lower().split())


def slug_old(text: str) -> str:
    return text.strip().lower().replace(" ", "-")


def initials(name: str) -> str:
    return "".join(part[0] for part in name.split())


def initials_new(name: str) -> str:
    letters = ""
    for part in name.split():
        letters += part[:1]
    return letters


@dataclass
class Basket:
    prices: list[float]
    paid: bool


def due(basket: Basket) -> float:
    if basket.paid:
        return 0
    return sum(basket.prices)


def due_fast(basket: Basket) -> float:
    open_sum = 0.0
    for price in basket.prices:
        open_sum += price
    return 0.0 if basket.paid else open_sum


def pick(names: list[str]) -> str:
    return random.choice(names)


def pick_new(names: list[str]) -> str:
    return names[random.randrange(len(names))]


def save(text: str) -> int:
    with Path("kept.txt").open("w") as file:
        return file.write(text)


def save_fast(text: str) -> int:
    with Path("kept.txt").open("w") as file:
        return file.write(text)


def spin(number: int) -> int:
    while number > 3:
        number += 1
    return number


def spin_new(number: int) -> int:
    while number > 3:
        number += 2
    return number


def shout(text: str) -> str:
    return text.upper() + "!"


def whisper(text: str) -> str:
    return text.lower() + "."


class Chest:
    lid: str = "shut"


def text_of(value: object | None, most: int | None = None) -> str | None:
    if value is None:
        return None
    text = str(value).strip()
    return text[:most] if text and most is not None else text or None


def text_from(value: object | None, most: int | None = None) -> str | None:
    found = "" if value is None else str(value).strip()
    if not found:
        return None
    return found if most is None else found[:most]


def lid(chest: Chest | None) -> str:
    return "none" if chest is None else chest.lid


def lid_new(chest: Chest | None) -> str:
    return "none" if chest is None else chest.lid.upper()
