from __future__ import annotations

import string
from datetime import UTC, datetime
from unittest.mock import patch
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import example, given
from hypothesis import strategies as st
from teahouse.adapters.aws import credentials as keys
from teahouse.adapters.aws.credentials import Credentials, current_credentials
from teahouse.adapters.aws.failures import NotConfigured
from teahouse.adapters.aws.signing import PathSigner, Signer

VISIBLE = st.characters(min_codepoint=33, max_codepoint=126)
ENCODED = st.text(max_size=20).map(lambda text: quote(text, safe=""))
SEGMENTS = st.one_of(ENCODED, st.sampled_from(["", ".", "..", "@connections", "L0SM9cO%3D", "~x"]))
PATHS = st.lists(SEGMENTS, max_size=5).map(lambda parts: "/" + "/".join(parts))
QUERIES = st.lists(st.tuples(ENCODED, ENCODED), max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
HEADERS = st.dictionaries(
    st.text(string.ascii_letters, min_size=1, max_size=8).map(lambda name: f"X-Amz-T{name}"),
    st.text(VISIBLE | st.just(" "), max_size=20),
    max_size=3,
).filter(lambda headers: len({name.lower() for name in headers}) == len(headers))
CREDENTIALS = st.builds(
    Credentials,
    st.text(string.ascii_uppercase + string.digits, min_size=16, max_size=20),
    st.text(VISIBLE, min_size=1, max_size=40),
    st.none() | st.text(VISIBLE, min_size=1, max_size=60),
)
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1))  # noqa: DTZ001 given UTC below


def signed_by_botocore(
    credentials: Credentials,
    service: str,
    request: AWSRequest,
    at: datetime,
) -> dict[str, str]:
    signer = SigV4Auth(
        BotocoreCredentials(
            credentials.access_key_id, credentials.secret_access_key, credentials.session_token
        ),
        service,
        "eu-west-1",
    )
    with patch("botocore.auth.get_current_datetime", return_value=at):
        signer.add_auth(request)
    return dict(request.headers.items())


@given(
    credentials=CREDENTIALS,
    service=st.sampled_from(["execute-api", "dynamodb"]),
    method=st.sampled_from(["POST", "GET", "DELETE"]),
    path=PATHS,
    query=QUERIES,
    headers=HEADERS,
    body=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)),
    at=TIMES,
)
@example(
    credentials=Credentials("ASIAEXAMPLE", "secret", "token"),
    service="execute-api",
    method="POST",
    path="/ws/@connections/L0SM9cOFvHcCIhw%3D",
    query="",
    headers={},
    body="茶".encode(),
    at=datetime(2026, 11, 20),  # noqa: DTZ001
)
def test_every_signature_is_botocores(
    credentials: Credentials,
    service: str,
    method: str,
    path: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
    at: datetime,
) -> None:
    target = f"{path}?{query}" if query else path
    at = at.replace(tzinfo=UTC)
    theirs = signed_by_botocore(
        credentials,
        service,
        AWSRequest(method, f"https://host.test{target}", headers=headers, data=body),
        at,
    )

    ours = Signer(service, "eu-west-1").sign(
        method,
        target,
        {"Host": "host.test", **headers},
        body,
        credentials=credentials,
        at_s=at.timestamp(),
    )

    assert headers | ours == theirs


@given(
    credentials=CREDENTIALS,
    folder=st.sampled_from(["/ws/@connections/", "/@connections/", "/a//b%3D/"]),
    name=st.text(min_size=1, max_size=20).filter(lambda name: name not in (".", ".."))
    | st.from_regex(r"[A-Za-z0-9_-]{1,15}=?", fullmatch=True),
    body=st.binary(max_size=200),
    at=TIMES,
)
@example(
    credentials=Credentials("ASIAEXAMPLE", "s" * 80, "token"),
    folder="/ws/@connections/",
    name="L0SM9cOFvHcCIhw=",
    body="茶".encode(),
    at=datetime(2026, 11, 20),  # noqa: DTZ001
)
def test_many_paths_are_signed_as_each_of_them_would_be(
    credentials: Credentials, folder: str, name: str, body: bytes, at: datetime
) -> None:
    at_s = at.replace(tzinfo=UTC).timestamp()
    signer = Signer("execute-api", "eu-west-1")
    target = folder + quote(name, safe="")
    one = signer.sign(
        "POST", target, {"Host": "host.test"}, body, credentials=credentials, at_s=at_s
    )

    many = PathSigner(
        signer, "POST", folder, "host.test", body, credentials=credentials, at_s=at_s
    ).request(name)

    head, _, sent = many.partition(b"\r\n\r\n")
    first, *fields = head.decode().split("\r\n")
    assert first == f"POST {target} HTTP/1.1"
    assert sent == body
    assert dict(field.split(": ", 1) for field in fields) == {
        "host": "host.test",
        "content-length": str(len(body)),
        **{name.lower(): value for name, value in one.items()},
    }


@pytest.fixture
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_latest", None)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAONE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "first secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "first token")


@pytest.mark.usefixtures("_environment")
def test_keys_are_those_of_the_environment_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    first = current_credentials()
    assert current_credentials() is first

    monkeypatch.setenv("AWS_SESSION_TOKEN", "second token")

    assert current_credentials() == Credentials("ASIAONE", "first secret", "second token")
    assert first == Credentials("ASIAONE", "first secret", "first token")


@pytest.mark.usefixtures("_environment")
def test_a_users_keys_have_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SESSION_TOKEN")

    assert current_credentials().session_token is None


@pytest.mark.usefixtures("_environment")
def test_without_keys_nothing_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert current_credentials()  # the control

    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(NotConfigured, match="AWS_SECRET_ACCESS_KEY"):
        current_credentials()


@pytest.mark.usefixtures("_environment")
def test_secrets_are_not_shown() -> None:
    shown = repr(current_credentials())

    assert "ASIAONE" in shown  # the control
    assert "first" not in shown
