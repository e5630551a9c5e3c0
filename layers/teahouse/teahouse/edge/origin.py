"""Does a request come from a page of ours? One comparison, for REST and for sockets.

A browser sends `Origin` with every handshake of a socket and every unsafe request, and no page can
forge it; without this check any site could act with the cookie of whoever visits it (CWE-1385).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

# Set by our CloudFront function to the host the viewer used; `Host` itself is the API's there.
VIEWER_HOST = "x-teahouse-host"
VIEWER_ADDRESS = "x-teahouse-address"  # and to the viewer's own

_ORIGIN = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?", re.IGNORECASE)
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def cookies_are_secure() -> bool:
    """Tell whether the site is served by https only, as everywhere but on a developer's machine."""
    return os.environ.get("COOKIE_SECURE", "true").lower() != "false"


def is_own_origin(headers: Mapping[str, str]) -> bool:
    """Tell whether `Origin` is the site's own; False if there is none.

    `SITE_ORIGIN` decides if it is set; else the host and port that the viewer asked for. Names of
    `headers` in any case.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    origin = lowered.get("origin", "")
    site = os.environ.get("SITE_ORIGIN", "")
    if site:
        return origin == site
    parsed = _ORIGIN.fullmatch(origin)
    if parsed is None:
        return False
    scheme, host, port = parsed[1].lower(), parsed[2].lower(), parsed[3]
    if (scheme == "https") != cookies_are_secure():
        return False
    asked = (lowered.get(VIEWER_HOST) or lowered.get("host", "")).lower()
    default = _DEFAULT_PORTS[scheme]
    return bool(asked) and f"{host}:{port or default}" == _with_port(asked, default)


def own_site(headers: Mapping[str, str]) -> str:
    """Name the site's origin: `SITE_ORIGIN` if it is set, else the host that was asked for."""
    lowered = {name.lower(): value for name, value in headers.items()}
    asked = lowered.get(VIEWER_HOST) or lowered.get("host", "")
    scheme = "https" if cookies_are_secure() else "http"
    return os.environ.get("SITE_ORIGIN") or f"{scheme}://{asked}"


def household(address: str) -> str:
    """Give what stands for an address where callers are counted: of IPv6, its 64 bits of network.

    A household has a whole such network, and could come from another address of it each time.
    """
    if ":" not in address:
        return address
    from ipaddress import ip_network  # what no socket has to load

    try:
        return str(ip_network((address, 64), strict=False))
    except ValueError:
        return address


def comes_from_elsewhere(headers: Mapping[str, str]) -> bool:
    """Tell whether a browser says that another site caused this request.

    Programs that are no browsers send neither `Origin` nor `Sec-Fetch-Site`.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    if "origin" in lowered and not is_own_origin(headers):
        return True
    return lowered.get("sec-fetch-site", "none") not in ("same-origin", "none")


def _with_port(host: str, default: str) -> str:
    has_port = re.search(r":[0-9]+\Z", host) is not None
    return host if has_port else f"{host}:{default}"
