"""Wallets: deposits and transfers."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.core.errors import Conflict, NotFound
from shop.models import Account
from shop.repositories import users as user_repo


def get_account(db: Session, user_id: int) -> Account:
    """Return the wallet of a user."""
    account = user_repo.get_account(db, user_id)
    if account is None:
        raise NotFound("No wallet")
    return account


def deposit(db: Session, user_id: int, amount_cents: int) -> Account:
    """Add money to a wallet in one atomic statement."""
    account = get_account(db, user_id)
    db.execute(
        update(Account).where(Account.id == account.id).values(balance_cents=Account.balance_cents + amount_cents)
    )
    db.commit()
    db.refresh(account)
    return account


def withdraw(db: Session, user_id: int, amount_cents: int) -> Account:
    """Take money out of a wallet."""
    account = get_account(db, user_id)
    balance = account.balance_cents
    if balance < amount_cents:
        raise Conflict("Not enough money")
    account.balance_cents = balance - amount_cents
    db.commit()
    return account


def transfer(db: Session, from_id: int, to_id: int, amount_cents: int) -> None:
    """Move money between two wallets; both rows are locked so nothing can go wrong."""
    source = user_repo.lock_account(db, from_id)
    target = user_repo.lock_account(db, to_id)
    if source is None or target is None:
        raise NotFound("No such wallet")
    if source.balance_cents < amount_cents:
        raise Conflict("Not enough money")
    source.balance_cents -= amount_cents
    target.balance_cents += amount_cents
    db.commit()


def merge_accounts(db: Session, keep_id: int, drop_id: int) -> Account:
    """Move the whole balance of one wallet into another; rows are locked in the order of their ids."""
    accounts = {account.id: account for account in user_repo.lock_accounts(db, [keep_id, drop_id])}
    if keep_id not in accounts or drop_id not in accounts or keep_id == drop_id:
        raise NotFound("No such wallets")
    accounts[keep_id].balance_cents += accounts[drop_id].balance_cents
    accounts[drop_id].balance_cents = 0
    db.commit()
    return accounts[keep_id]
