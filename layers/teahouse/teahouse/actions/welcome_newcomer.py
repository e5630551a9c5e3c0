"""Put somebody new into the lobby, so that nobody starts in an empty house."""

from __future__ import annotations

from teahouse.actions.enter_lobby import enter_lobby
from teahouse.app import App
from teahouse.domain.errors import Busy
from teahouse.domain.user import User
from teahouse.ports import OutcomeUnknown


def welcome_newcomer(app: App, user: User) -> None:
    """Let the new user into the lobby, if it can be done now.

    The account is there already, and a second try would find its name taken; so a busy lobby is
    no reason to refuse. It is public, so `joinRoom` lets in whoever was left out here.
    """
    try:
        enter_lobby(app, user)
    except (Busy, OutcomeUnknown):
        return
