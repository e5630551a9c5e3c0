"""Where does a service listen? The environment says so, else it is AWS's regular host.

(`AWS_ENDPOINT_URL_<SERVICE>`: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".)
"""

from __future__ import annotations

import os
import re

from teahouse.adapters.aws.failures import NotConfigured
from teahouse.domain.values import dataclass

_URL = re.compile(r"(https?)://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?(/[!-~]*)?")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service's address. `base_path` is what stands before every path, without a last slash."""

    scheme: str
    host: str
    port: int
    base_path: str = ""

    @property
    def is_tls(self) -> bool:
        return self.scheme == "https"

    @property
    def plain_host(self) -> bytes:
        """The host for sockets: given a str, they load the codec of international names, 3 ms."""
        return self.host.encode("ascii")

    @property
    def authority(self) -> str:
        """The Host header: the port stands in it unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def parse_endpoint(url: str) -> Endpoint:
    """Read an endpoint's URL.

    Raises:
        NotConfigured: it is not an http or https URL without user, query and fragment.
    """
    match = _URL.fullmatch(url)
    if match is None or (match[4] and set("?#") & set(match[4])):
        raise NotConfigured("an endpoint in the environment is not a plain http or https URL")
    scheme, host, port, path = match.groups()
    return Endpoint(
        scheme=scheme,
        host=host.strip("[]"),
        port=int(port) if port else _DEFAULT_PORTS[scheme],
        base_path=(path or "").rstrip("/"),
    )


def current_region() -> str:
    """Give the region of this process.

    Raises:
        NotConfigured: none is named.
    """
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise NotConfigured("AWS_REGION is not set")
    return region


def current_endpoint(variable: str, *, regular_host: str | None = None) -> Endpoint:
    """Give the endpoint that `variable` names, else `regular_host` in this region.

    Raises:
        NotConfigured: the variable is not set and the service has no regular host, or as
            `parse_endpoint`.
    """
    url = os.environ.get(variable)
    if url:
        return parse_endpoint(url)
    if regular_host is None:
        raise NotConfigured(f"{variable} is not set")
    region = current_region()
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return Endpoint("https", f"{regular_host}.{region}.{suffix}", 443)
