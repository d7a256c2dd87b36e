"""Background jobs, by the name under which they run."""

from shop.jobs.maintenance import coupon_usage, expire_orders, recalculate_ratings
from shop.jobs.supplier import reconcile_stock, sync_prices, sync_stock

JOBS = {
    "coupon-usage": coupon_usage,
    "expire-orders": expire_orders,
    "recalculate-ratings": recalculate_ratings,
    "reconcile-stock": reconcile_stock,
    "sync-prices": sync_prices,
    "sync-stock": sync_stock,
}
