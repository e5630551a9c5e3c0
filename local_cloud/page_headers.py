"""Which headers does the page get? Those of the template's CloudFront distribution.

So a page that breaks its own Content-Security-Policy breaks here, and not first on AWS.
Source: CloudFormation, AWS::CloudFront::ResponseHeadersPolicy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def page_headers(policy: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that a response headers policy adds; the last of a name wins."""
    config = policy.get("ResponseHeadersPolicyConfig") or {}
    custom = (config.get("CustomHeadersConfig") or {}).get("Items") or []
    return {
        **dict(_security_headers(config.get("SecurityHeadersConfig") or {})),
        **{str(item["Header"]): str(item["Value"]) for item in custom},
    }


def _security_headers(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, key in (
        ("Content-Security-Policy", "ContentSecurityPolicy"),
        ("Referrer-Policy", "ReferrerPolicy"),
    ):
        if key in config:
            yield name, str(config[key][key])
    if "FrameOptions" in config:
        yield "X-Frame-Options", str(config["FrameOptions"]["FrameOption"])
    if "ContentTypeOptions" in config:
        yield "X-Content-Type-Options", "nosniff"
    if "StrictTransportSecurity" in config:
        transport = config["StrictTransportSecurity"]
        parts = [f"max-age={transport['AccessControlMaxAgeSec']}"]
        parts += ["includeSubDomains"] if transport.get("IncludeSubdomains") else []
        parts += ["preload"] if transport.get("Preload") else []
        yield "Strict-Transport-Security", "; ".join(parts)
