"""Whom do we trust? Whoever the system trusts, or the file that AWS_CA_BUNDLE names."""

from __future__ import annotations

import os
import re
import ssl
from functools import lru_cache

# Where Fedora's family, Amazon Linux among them, keeps what it trusts by hash (update-ca-trust(8)).
_FEDORAS = "/etc/pki/ca-trust/extracted/pem/directory-hash"
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")
_WHOLE = 100  # a folder with fewer may be somebody's additions; systems trust 120 to 150


def tls_context() -> ssl.SSLContext:
    """Give the context that verifies certificates and host names, TLS 1.2 or newer.

    One for all clients of the process. Reading all of the system's certificates takes 20 ms; where
    they lie in a folder by hash, OpenSSL reads those that a handshake asks for.
    """
    paths = (os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    return _context(os.environ.get("AWS_CA_BUNDLE"), *paths)


@lru_cache(maxsize=2)
def _context(bundle: str | None, file: str | None, folder: str | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if bundle:
        context.load_verify_locations(bundle)
    elif not file and (hashed := _hashed_folder(folder)):
        context.load_verify_locations(capath=hashed)
    else:
        context.set_default_verify_paths()
    return context


def _hashed_folder(named: str | None) -> str | None:
    """Find the folder that holds all the system trusts, each under its subject's hash."""
    folders = [named] if named else [ssl.get_default_verify_paths().capath, _FEDORAS]
    for folder in filter(None, folders):
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        if sum(_HASHED.fullmatch(name) is not None for name in names) >= _WHOLE:
            return folder
    return None


def line_failure(error: OSError) -> str:
    """Say what was wrong with a line, without an address; a certificate's fault by its reason."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"a certificate that does not hold: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason or 'unknown reason'}"
    return error.strerror or type(error).__name__
