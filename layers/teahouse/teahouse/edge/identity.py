"""Who is calling by HTTP? The session cookie, or a token or API key as `Authorization: Bearer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from teahouse.actions.recognize import recognize_key, recognize_session, recognize_token
from teahouse.app import App
from teahouse.domain.errors import Forbidden, NotSignedIn
from teahouse.domain.key import MARK
from teahouse.domain.session import ABSOLUTE_MS, Caller
from teahouse.edge.cookies import cookie_credential, cookie_name
from teahouse.edge.origin import comes_from_elsewhere, cookies_are_secure

_BEARER = "bearer "
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def identify(
    app: App, *, headers: Mapping[str, str], cookies: Sequence[str], method: str
) -> Caller:
    """Find who is calling, by a session that is alive right now.

    A token or key, where there is one, counts alone: no page of another site can send it unasked.

    Raises:
        NotSignedIn: neither, or the session has ended.
        Forbidden: a cookie, an unsafe method, and a request that another site caused.
    """
    authorization = headers.get("authorization", "")
    if authorization:
        if not authorization.lower().startswith(_BEARER):
            raise NotSignedIn
        bearer = authorization[len(_BEARER) :].strip()
        is_key = bearer.startswith(MARK)
        return recognize_key(app, bearer) if is_key else recognize_token(app, bearer)
    credential = cookie_credential(cookies)
    if credential is None:
        raise NotSignedIn
    check_own_site(headers, method)
    return recognize_session(app, credential)


def check_own_site(headers: Mapping[str, str], method: str) -> None:
    """Refuse an unsafe request that another site caused; for whoever acts on a cookie.

    Raises:
        Forbidden: it did.
    """
    if method not in _SAFE_METHODS and comes_from_elsewhere(headers):
        raise Forbidden("This request comes from another site.")


def session_cookie(credential: str) -> Cookie:
    """Make the cookie of a session; the store decides when the session really ends."""
    return _cookie(credential, ABSOLUTE_MS // 1000)


def no_cookie() -> Cookie:
    """Make the cookie that takes the session's away."""
    return _cookie("", 0)


def _cookie(value: str, max_age_s: int) -> Cookie:
    return Cookie(
        name=cookie_name(),
        value=value,
        path="/",
        secure=cookies_are_secure(),
        http_only=True,
        max_age=max_age_s,
        same_site=SameSite.STRICT_MODE,
    )
