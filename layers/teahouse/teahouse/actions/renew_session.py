"""Get a new access token for a session that is alive."""

from __future__ import annotations

from teahouse.actions.open_session import SignedIn, with_token
from teahouse.actions.recognize import session_behind, touch
from teahouse.app import App
from teahouse.domain.errors import NotFound, NotSignedIn


def renew_session(app: App, *, credential: str) -> SignedIn:
    """Sign a new access token; the credential stays as it is.

    Raises:
        NotSignedIn: the session has ended, or its account is gone.
    """
    session = session_behind(app, credential)
    touch(app, session)
    try:
        user = app.accounts.get(session.user_id)
    except NotFound as error:
        raise NotSignedIn from error
    return with_token(app, user, session, credential)
