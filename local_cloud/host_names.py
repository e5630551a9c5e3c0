"""Under which names may it be asked? While it listens on the loopback, under those of the loopback.

A page of another site can let its own name lead to 127.0.0.1 (DNS rebinding); to the browser, what
answers there is then of the page's origin. Only the name in `Host` gives it away.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection

from local_cloud.http_messages import Answer, Request, json_answer

HOST = re.compile(r"(\[[0-9a-fA-F:.]*\]|[^\s:/?#@\[\]]*)(?::[0-9]*)?")  # RFC 9110, 7.2
MALFORMED = "(no name)"
MAX_TOLD = 20  # a page can ask under as many names as it likes


class HostNames:
    """The names that are answered; `allowed` are some more. `tell` hears of each other one once."""

    def __init__(self, allowed: Collection[str], tell: Callable[..., None]) -> None:
        self.is_checked = False  # known once the server listens; who lets others in lets all names
        self._allowed = {name.lower() for name in allowed}
        self._tell = tell
        self._told: set[str] = set()

    def refusal(self, request: Request) -> Answer | None:
        """Refuse a request under a name that may lead here without our knowing; else None."""
        if not self.is_checked:
            return None
        name = name_in(request.header("host") or "")
        if is_of_loopback(name) or name in self._allowed:
            return None
        if name not in self._told and len(self._told) < MAX_TOLD:
            self._told.add(name)
            text = f"{name!r} was refused, as no name of this machine; --allow-host lets it in"
            self._tell("host_refused", text=text)
        message = "No name of this machine: --allow-host lets it in"
        return json_answer(403, {"message": message}, close=True)


def name_in(host: str) -> str:
    """Return the name of a Host header, without its port; of what is none, a name of nobody's."""
    found = HOST.fullmatch(host)
    return MALFORMED if found is None else found[1].lower().rstrip(".")


def is_of_loopback(name: str) -> bool:
    """Tell whether nobody else can let this name lead here: an address, localhost, or no name.

    RFC 6761, 6.3: names that end in `.localhost` are always the loopback.
    """
    if name in ("", "localhost") or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
