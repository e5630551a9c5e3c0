"""Who may look into the cloud at `/_local`, and what do they see? People at this machine.

A page of another site may send its visitor's browser here: a browser says so, and is refused. Who
runs scripts in the app's own page can read what is here, hence no texts of frames without a flag.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from local_cloud.http_messages import Answer, Request, json_answer

PATH = "/_local"
FOLDER = Path(__file__).with_name("window")
FILES = {
    PATH: ("window.html", "text/html;charset=utf-8"),
    f"{PATH}/": ("window.html", "text/html;charset=utf-8"),
    f"{PATH}/window.css": ("window.css", "text/css;charset=utf-8"),
    f"{PATH}/window.js": ("window.js", "text/javascript;charset=utf-8"),
}
HEADERS = (
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)
SAME_PLACE = (None, "none", "same-origin")  # of Sec-Fetch-Site; None: not a browser of today


class Window:
    """The page and its data; `hosts` are the names under which this machine reaches itself."""

    def __init__(self, snapshot: Callable[[], dict[str, Any]]) -> None:
        self.hosts: Collection[str] = ()  # known once the server listens; empty: there is no window
        self._snapshot = snapshot

    def is_asked(self, path: str) -> bool:
        """Tell whether a path is the window's, where there is one."""
        return bool(self.hosts) and (path == PATH or path.startswith(f"{PATH}/"))

    def answer(self, request: Request) -> Answer:
        """Show the page, or its data."""
        if not self._is_from_here(request):
            return _with_headers(json_answer(403, {"message": "Only for people at this machine"}))
        if request.method not in ("GET", "HEAD"):
            return _with_headers(json_answer(405, {"message": "Method Not Allowed"}))
        if request.path == f"{PATH}/state":
            return _with_headers(json_answer(200, self._snapshot()))
        if request.path not in FILES:
            return _with_headers(json_answer(404, {"message": "Not Found"}))
        name, content_type = FILES[request.path]
        content = (FOLDER / name).read_bytes()
        return Answer(200, (("Content-Type", content_type), *HEADERS), content)

    def _is_from_here(self, request: Request) -> bool:
        host = (request.header("host") or "").lower()
        if host not in self.hosts or request.header("sec-fetch-site") not in SAME_PLACE:
            return False
        origin = request.header("origin")
        if origin is not None and origin.lower() not in (f"http://{host}", f"https://{host}"):
            return False
        return is_loopback(request.source_ip)


def is_loopback(address: str) -> bool:
    """Tell whether an address, or the host to listen on, is this machine's own."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _with_headers(answer: Answer) -> Answer:
    return Answer(answer.status, (*answer.headers, *HEADERS), answer.body)
