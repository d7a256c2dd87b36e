"""Registration, login and roles."""

from shop.core.security import hash_password, read_token, verify_password


def test_a_password_verifies_against_its_own_hash_only():
    stored = hash_password("correct horse")
    assert verify_password("correct horse", stored)
    assert not verify_password("wrong horse", stored)


def test_a_forged_token_is_refused():
    assert read_token("e30=.0000") is None


def test_register_and_login(client, register):
    headers = register("anna")
    answer = client.get("/auth/me", headers=headers)
    assert answer.status_code == 200
    assert answer.json()["role"] == "customer"


def test_an_address_registers_once(client):
    body = {"email": "twice@shop.example", "name": "Twice", "password": "long enough"}
    assert client.post("/auth/register", json=body).status_code == 201
    assert client.post("/auth/register", json=body).status_code == 409


def test_customers_may_not_list_users(client, register, admin):
    assert client.get("/users", headers=register("bert")).status_code == 403
    assert client.get("/users", headers=admin).status_code == 200
    assert client.get("/users").status_code == 401
