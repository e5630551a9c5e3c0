"""How is the session's cookie called, and where is it in a request?"""

from __future__ import annotations

from collections.abc import Sequence

from teahouse.edge.origin import cookies_are_secure


def cookie_name() -> str:
    """Name the session cookie: `__Host-` binds it to this very host, and wants https."""
    return "__Host-sid" if cookies_are_secure() else "sid"


def cookie_credential(cookies: Sequence[str]) -> str | None:
    """Find the session's credential among `name=value` pairs."""
    prefix = f"{cookie_name()}="
    return next((c[len(prefix) :] for c in cookies if c.startswith(prefix)), None)
