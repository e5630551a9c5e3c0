"""Whom do we trust? Whoever the system trusts, or the file that AWS_CA_BUNDLE names."""

from __future__ import annotations

import os
import ssl
from functools import lru_cache


def tls_context() -> ssl.SSLContext:
    """Give the context that verifies certificates and host names, TLS 1.2 or newer.

    One for all clients of the process: reading the system's certificates takes 20 ms.
    """
    return _context(os.environ.get("AWS_CA_BUNDLE"))


@lru_cache(maxsize=2)
def _context(bundle: str | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if bundle:
        context.load_verify_locations(bundle)
    else:
        context.set_default_verify_paths()
    return context


def line_failure(error: OSError) -> str:
    """Say what was wrong with a line, without an address; a certificate's fault by its reason."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"a certificate that does not hold: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason or 'unknown reason'}"
    return error.strerror or type(error).__name__
