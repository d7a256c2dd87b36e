"""Orders, coupons, wallets and payments."""


def _order(client, headers, article, quantity=1, **more):
    body = {"items": [{"product_id": article["id"], "quantity": quantity}], **more}
    return client.post("/orders", json=body, headers=headers)


def test_an_order_takes_its_stock(client, register, product):
    article = product("ORD-1", stock=5)
    answer = _order(client, register("emil"), article, quantity=2)
    assert answer.status_code == 201
    assert client.get(f"/products/{article['id']}").json()["stock"] == 3


def test_an_order_costs_what_was_quoted(client, register, product):
    article = product("ORD-2", stock=50)
    headers = register("frida")
    body = {"items": [{"product_id": article["id"], "quantity": 12}]}
    quoted = client.post("/orders/quote", json=body).json()["total_cents"]
    assert _order(client, headers, article, quantity=12).json()["total_cents"] == quoted


def test_more_than_there_is_cannot_be_ordered(client, register, product):
    article = product("ORD-3", stock=1)
    assert _order(client, register("gerd"), article, quantity=2).status_code == 409


def test_a_coupon_reduces_the_price(client, admin, register, product):
    article = product("ORD-4", stock=5, price_cents=10_000)
    client.post("/coupons", json={"code": "HALF", "percent_off": 50}, headers=admin)
    answer = _order(client, register("hanna"), article, coupon_code="HALF")
    assert answer.json()["total_cents"] == 5_950
    assert client.get("/coupons/HALF").json()["used_count"] == 1


def test_strangers_do_not_see_an_order(client, register, product):
    order = _order(client, register("ida"), product("ORD-5")).json()
    assert client.get(f"/orders/{order['id']}", headers=register("jan")).status_code == 403


def test_cancel_order(client, register, product):
    article = product("ORD-6", stock=2)
    headers = register("kurt")
    order = _order(client, headers, article, quantity=2).json()
    client.post(f"/orders/{order['id']}/cancel", headers=headers)
    client.get(f"/products/{article['id']}")


def test_pay_by_wallet_and_refund(client, admin, register, product):
    headers = register("lena")
    client.post("/accounts/me/deposit", json={"amount_cents": 10_000}, headers=headers)
    order = _order(client, headers, product("ORD-7")).json()
    paid = client.post(f"/payments/orders/{order['id']}/wallet", headers=headers)
    assert paid.json()["status"] == "paid"
    refunded = client.post(f"/payments/orders/{order['id']}/refund", headers=admin)
    assert refunded.json()["status"] == "refunded"
    assert client.get("/accounts/me", headers=headers).json()["balance_cents"] == 10_000


def test_pay_by_card(client, register, product):
    headers = register("mia")
    order = _order(client, headers, product("ORD-8")).json()
    payment = client.post(f"/payments/orders/{order['id']}/card", headers=headers).json()
    assert payment["status"] == "captured"
    assert payment["reference"] == f"ch-{order['id']}"


def test_transfers_keep_the_sum(client, register):
    sender, receiver = register("nina"), register("otto")
    client.post("/accounts/me/deposit", json={"amount_cents": 500}, headers=sender)
    target = client.get("/accounts/me", headers=receiver).json()["id"]
    body = {"to_account_id": target, "amount_cents": 200}
    assert client.post("/accounts/me/transfer", json=body, headers=sender).json()["balance_cents"] == 300
    assert client.get("/accounts/me", headers=receiver).json()["balance_cents"] == 200
