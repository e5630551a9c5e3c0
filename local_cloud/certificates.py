"""How does a handler reach `https://{domainName}/{stage}` here? By a certificate of its own.

Nearly all published WebSocket handlers build their management endpoint like that. It is made at
every start. A browser is not asked to trust it: only the workers' SDK is, by `AWS_CA_BUNDLE`.
"""

from __future__ import annotations

import importlib.util
import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"
OPENSSL_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the server shows, and the file that makes a client believe it."""

    server_context: ssl.SSLContext
    authorities: Path  # the usual authorities and this one: handlers still reach the world


def make_certificate(folder: Path) -> Certificate | None:
    """Make a certificate for the loopback in a folder; None where there is no `openssl`."""
    program = shutil.which("openssl")
    if program is None:
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        *(program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-nodes", "-days", "30", "-subj", "/CN=local cloud", "-addext", NAMES),
        *("-addext", "keyUsage=critical,digitalSignature,keyCertSign"),
        *("-addext", "extendedKeyUsage=serverAuth"),
        *("-keyout", str(key), "-out", str(certificate)),
    ]
    try:
        subprocess.run(command, capture_output=True, check=True, timeout=OPENSSL_LIMIT_S)
    except (OSError, subprocess.SubprocessError):  # one too old to know these options
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    authorities = folder / "authorities.pem"
    authorities.write_bytes(_usual_authorities() + certificate.read_bytes())
    return Certificate(context, authorities)


def _usual_authorities() -> bytes:
    """Return the authorities that boto3 would trust by itself."""
    package = importlib.util.find_spec("botocore")
    folders = list(package.submodule_search_locations or []) if package else []
    system = ssl.get_default_verify_paths().cafile
    for file in (*(Path(folder) / "cacert.pem" for folder in folders), Path(system or "")):
        if file.is_file():
            return file.read_bytes()
    return b""
