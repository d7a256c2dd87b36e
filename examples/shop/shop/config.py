"""Application settings, read once from the environment."""

import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ADMIN_EMAIL = "admin@shop.example"
ADMIN_PASSWORD = "made-up-harbour-lantern-42"
TOKEN_TYPE = "bearer"


@dataclass(frozen=True)
class Settings:
    """Everything that differs between environments."""

    database_url: str
    secret_key: str
    token_ttl_seconds: int
    payments_url: str
    supplier_url: str
    webhook_secret: str
    var_dir: Path

    @property
    def export_dir(self) -> Path:
        """Where generated reports are stored."""
        return self.var_dir / "exports"

    @property
    def invoice_dir(self) -> Path:
        """Where rendered invoices are stored."""
        return self.var_dir / "invoices"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Load the settings from environment variables with sensible defaults."""
    settings = Settings(
        database_url=os.environ.get("DATABASE_URL", "sqlite:///./shop.db"),
        secret_key=os.environ.get("SECRET_KEY") or secrets.token_hex(32),
        token_ttl_seconds=int(os.environ.get("TOKEN_TTL_SECONDS", "86400")),
        payments_url=os.environ.get("PAYMENTS_URL", "http://127.0.0.1:9009"),
        supplier_url=os.environ.get("SUPPLIER_URL", "http://127.0.0.1:9009"),
        webhook_secret=os.environ.get("WEBHOOK_SECRET") or secrets.token_hex(32),
        var_dir=Path(os.environ.get("VAR_DIR", "./var")),
    )
    settings.export_dir.mkdir(parents=True, exist_ok=True)
    settings.invoice_dir.mkdir(parents=True, exist_ok=True)
    return settings
