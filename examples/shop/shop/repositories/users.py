"""Queries on users and accounts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.models import Account, User


def get(db: Session, user_id: int) -> User | None:
    """Return one user by id."""
    return db.scalars(select(User).where(User.id == user_id)).first()


def by_email(db: Session, email: str) -> User | None:
    """Return one user by e-mail address."""
    return db.scalars(select(User).where(User.email == email.lower())).first()


def list_all(db: Session) -> list[User]:
    """Return the users for the back office."""
    return list(db.scalars(select(User).order_by(User.id)).all())


def get_account(db: Session, user_id: int) -> Account | None:
    """Return the wallet of a user."""
    return db.scalars(select(Account).where(Account.user_id == user_id)).first()


def lock_account(db: Session, account_id: int) -> Account | None:
    """Return a wallet and lock its row until the end of the transaction."""
    statement = select(Account).where(Account.id == account_id).with_for_update()
    return db.scalars(statement, execution_options={"populate_existing": True}).first()


def lock_accounts(db: Session, account_ids: list[int]) -> list[Account]:
    """Lock several wallets, always in the order of their ids."""
    statement = select(Account).where(Account.id.in_(account_ids)).order_by(Account.id).with_for_update()
    return list(db.scalars(statement, execution_options={"populate_existing": True}).all())


def add(db: Session, user: User) -> User:
    """Store a user with an empty wallet."""
    user.account = Account(balance_cents=0)
    db.add(user)
    db.flush()
    return user
