"""Whom does a client of AWS's trust, and how much of it does it read?"""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from teahouse.adapters.aws.failures import ConnectionFailed
from teahouse.adapters.aws.signed_http import SignedHttp
from teahouse.adapters.aws.tls import tls_context

from tests.adapters.aws_endpoint import answer
from tests.adapters.conftest import Serve
from tests.certificates import Authority

MANY = 150  # as many as a system trusts


def folder_by_hash(folder: Path, authority: Authority | None) -> Path:
    """Make a folder as systems have them: names that are hashes of subjects."""
    folder.mkdir()
    for number in range(MANY):
        (folder / f"{number:08x}.0").write_text("")
    if authority is not None:
        command = ["openssl", "x509", "-noout", "-hash", "-in", str(authority.file)]
        told = subprocess.run(command, check=True, capture_output=True, text=True)
        (folder / f"{told.stdout.strip()}.0").symlink_to(authority.file)
    return folder


@pytest.fixture
def http(monkeypatch: pytest.MonkeyPatch) -> Iterator[SignedHttp]:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    http = SignedHttp("dynamodb", "AWS_ENDPOINT_URL_DYNAMODB")
    yield http
    http.close()


def ask(http: SignedHttp) -> bytes:
    return http.request("POST", "/", {}, b"{}", deadline_s=5.0).body


def test_certificates_in_a_folder_by_hash_are_read_when_they_are_asked_for(
    serve: Serve,
    http: SignedHttp,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority = Authority(tmp_path)
    serve(
        tls=authority.certificate(),
        service="dynamodb",
        behave=lambda asked: answer(200, body=b"{}"),
    )
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(folder_by_hash(tmp_path / "some", None)))
    with pytest.raises(ConnectionFailed, match="certificate"):
        ask(http)

    monkeypatch.setenv("SSL_CERT_DIR", str(folder_by_hash(tmp_path / "all", authority)))

    assert tls_context().cert_store_stats()["x509"] == 0
    assert ask(http) == b"{}"
    assert tls_context().cert_store_stats()["x509"] == 1


def test_a_file_that_the_environment_names_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_DIR", str(folder_by_hash(tmp_path / "all", authority)))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)

    assert tls_context().cert_store_stats()["x509"] == 1

    monkeypatch.delenv("SSL_CERT_FILE")  # the control
    assert tls_context().cert_store_stats()["x509"] == 0


def test_whatever_is_read_certificates_and_names_are_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(folder_by_hash(tmp_path / "all", None)))

    context = tls_context()

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
