"""Products, search and reviews."""

import pytest

from shop.errors import NotFound
from shop.utils import percent_of, safe_child, slugify, to_cents


@pytest.mark.parametrize(("title", "slug"), [("Größe 42!", "groe-42"), ("  A  b ", "a-b"), ("???", "item")])
def test_slugs(title, slug):
    assert slugify(title) == slug


def test_money():
    assert to_cents("12.5") == 1_250
    assert percent_of(999, 10) == 100


def test_a_path_never_leaves_its_folder(tmp_path):
    with pytest.raises(NotFound):
        safe_child(tmp_path, "../secret")


def test_create_and_find_a_product(client, product):
    created = product("CAT-1")
    assert created["slug"] == "thing-cat-1"
    found = client.get("/products/search", params={"q": "thing cat-1"}).json()
    assert [hit["sku"] for hit in found] == ["CAT-1"]
    assert found[0]["highlighted"] == "<b>Thing CAT-1</b>"


def test_a_sku_is_unique(client, admin, product):
    product("CAT-2")
    body = {"sku": "CAT-2", "name": "Again", "price_cents": 1}
    assert client.post("/products", json=body, headers=admin).status_code == 409


def test_reservations_stop_at_zero(client, register, product):
    article = product("CAT-3", stock=1)
    headers = register("carl")
    url = f"/products/{article['id']}/reserve"
    assert client.post(url, json={"quantity": 1}, headers=headers).status_code == 200
    assert client.post(url, json={"quantity": 1}, headers=headers).status_code == 409


def test_import_creates_and_updates(client, admin):
    content = "sku,name,price,stock\nIMP-1,Imported,9.99,3\n"
    assert client.post("/products/import", content=content, headers=admin).json() == {"created": 1, "updated": 0}
    assert client.post("/products/import", content=content, headers=admin).json() == {"created": 0, "updated": 1}


def test_reviews_name_their_author(client, register, product):
    article = product("CAT-4")
    client.post(f"/products/{article['id']}/reviews", json={"rating": 5}, headers=register("dora"))
    reviews = client.get(f"/products/{article['id']}/reviews").json()
    assert [(review["rating"], review["author_name"]) for review in reviews] == [(5, "dora")]
