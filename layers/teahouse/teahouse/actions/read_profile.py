"""Read how others see oneself."""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.session import Caller
from teahouse.domain.user import User


def read_profile(app: App, *, caller: Caller) -> User:
    """Get the caller's user.

    Raises:
        NotFound: the account is gone.
    """
    return app.accounts.get(caller.user_id)
