"""A stand-in for the payment provider, the mail service and the supplier.

Start it with ``uvicorn tools.fake_gateway:app --port 9009``.
"""

from fastapi import Body, FastAPI

app = FastAPI(title="Fake gateway")


@app.get("/health")
def health() -> dict:
    """Tell that the gateway is up."""
    return {"status": "ok"}


@app.post("/charges")
def charge(order_id: int = Body(), amount_cents: int = Body()) -> dict:
    """Accept every charge."""
    return {"reference": f"ch-{order_id}", "amount_cents": amount_cents, "status": "captured"}


@app.get("/charges/{reference}")
def charge_status(reference: str) -> dict:
    """Every charge is captured."""
    return {"reference": reference, "status": "captured"}


@app.post("/mail")
def mail(to: str = Body(), subject: str = Body(), body: str = Body()) -> dict:
    """Accept every mail."""
    return {"accepted": bool(to and subject and body)}


@app.get("/stock/{sku}")
def stock(sku: str) -> dict:
    """There is always enough."""
    return {"sku": sku, "stock": 100}


@app.post("/prices")
def prices(skus: list[str]) -> dict[str, int]:
    """One price for everything asked for."""
    return dict.fromkeys(skus, 1_990)


@app.get("/feed")
def feed(size: int = 1_000) -> list[dict]:
    """The supplier's whole range."""
    return [{"sku": f"SKU-{index:05d}", "stock": 100} for index in range(size)]
