"""Routes become paths with named places, numbers told apart."""

import pytest

from seatrial.sandbox.inside import routes


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/posts/<int:post_id>/<slug>", "/posts/{post_id:id}/{slug}"),
        ("/pages/<int(min=1):page>", "/pages/{page:id}"),
        ("files/<path:name>.html", "files/{name}.html"),
    ],
)
def test_places_of_paths_are_read(written: str, path: str) -> None:
    assert routes._places(written) == path  # type: ignore[no-untyped-call] # it runs in any Python


def test_a_place_that_holds_a_number_says_so() -> None:
    document = routes._of([("/a/{year:id}/{slug}", ["GET"])])  # type: ignore[no-untyped-call] # as above
    (told,) = document["paths"].items()
    assert told[0] == "/a/{year}/{slug}"
    assert [one["schema"]["type"] for one in told[1]["get"]["parameters"]] == ["integer", "string"]


class Plain:
    def post(self) -> None: ...

    def put(self) -> None: ...


class Own(Plain):
    def get(self) -> None: ...

    def delete(self) -> None: ...


Plain.__module__ = "django.views.generic.edit"


def test_methods_that_only_the_framework_has_are_none_of_the_programs() -> None:
    names = ("get", "post", "put", "delete")
    meant = [name for name in names if routes._is_meant(Own, name)]  # type: ignore[no-untyped-call] # runs anywhere
    assert meant == ["get", "post", "delete"]
