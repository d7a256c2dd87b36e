import typing
from typing import Annotated, Literal, Optional


class Node:
    parent: Optional["Node"]
    mode: Literal["a", "b"] = "a"
    size: Annotated["int", "unit"]
    next: "list[Node | None]"
    also: typing.Literal["c"]


type Alias[T] = list[T]


def first[T: int](items: list[T]) -> T:
    result: T = items[0]
    return result


def limited(size: constr(regex="a-b"), other: "not a type") -> None:
    other.x
