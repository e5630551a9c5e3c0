"""Is a signature verified in full? What botocore signs passes; any change to it does not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.credentials import Credentials
from local_cloud.signatures import MAX_SKEW_S, Refusal, Request, Signatures

CONNECTION_ID = "L0SM9cOFvHcCIhw="
Call = Callable[[Any], object]


def signed_by_a_client(service: str, path: str, credentials: Credentials, call: Call) -> Request:
    """Return the request that a real client would send for a call."""
    sent: list[Any] = []
    client = boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:8787{path}",
        region_name="us-east-1",
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token,
    )

    def answer(request: Any, **_: Any) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, {}, Raw())

    client.meta.events.register(f"before-send.{service}", answer)
    call(client)
    client.close()
    return as_received(sent[0].method, sent[0].url, sent[0].headers, sent[0].body or b"")


def signed_by_hand(
    credentials: Credentials, method: str, url: str, headers: dict[str, str], body: bytes
) -> Request:
    """Return a request signed by botocore's signer alone."""
    request = AWSRequest(method, url, headers=headers, data=body)
    keys = BotocoreCredentials(
        credentials.access_key_id, credentials.secret_access_key, credentials.session_token
    )
    SigV4Auth(keys, "execute-api", "us-east-1").add_auth(request)
    return as_received(method, url, request.headers, body)


def as_received(method: str, url: str, headers: Any, body: bytes) -> Request:
    split = urlsplit(url)
    lower = {
        name.lower(): value.decode() if isinstance(value, bytes) else value
        for name, value in headers.items()
    }
    path = (split.path or "/") + (f"?{split.query}" if split.query else "")
    return Request(method, path, {"host": split.netloc, **lower}, body)


class Raw:
    """The body of an answer, empty."""

    def stream(self, **_: Any) -> Any:
        return iter([b"{}"])


def post(client: Any) -> object:
    return client.post_to_connection(ConnectionId=CONNECTION_ID, Data=b"welcome, \xff")


def put(client: Any) -> object:
    return client.put_item(TableName="Cups", Item={"cup": {"S": "茶 ~/+ ="}})


CALLS: list[tuple[str, str, Call]] = [
    ("dynamodb", "", put),
    ("dynamodb", "", lambda client: client.list_tables()),
    ("apigatewaymanagementapi", "/ws", post),
    ("apigatewaymanagementapi", "", post),
    (
        "apigatewaymanagementapi",
        "/ws",
        lambda client: client.get_connection(ConnectionId=CONNECTION_ID),
    ),
    (
        "apigatewaymanagementapi",
        "/ws",
        lambda client: client.delete_connection(ConnectionId="-_0/+9cOFvHcCIh="),
    ),
]


@pytest.fixture(scope="module")
def signatures() -> Signatures:
    return Signatures()


@pytest.fixture(scope="module")
def pour(signatures: Signatures) -> Credentials:
    return signatures.credentials_for("Pour")


@pytest.mark.parametrize(("service", "path", "call"), CALLS)
def test_what_botocore_signs_is_verified(
    signatures: Signatures, pour: Credentials, service: str, path: str, call: Call
) -> None:
    request = signed_by_a_client(service, path, pour, call)

    assert signatures.judge(request) == "Pour"
    capitals = {name.title(): value for name, value in request.headers.items()}
    assert signatures.verify(request.method, request.path, capitals, request.body) == "Pour"


def test_an_id_with_an_equals_sign_travels_encoded(pour: Credentials) -> None:
    request = signed_by_a_client("apigatewaymanagementapi", "/ws", pour, post)

    assert request.path == "/ws/@connections/L0SM9cOFvHcCIhw%3D"


@given(
    path=st.text("aB0-_.~/%3D@ é", max_size=12),
    query=st.dictionaries(
        st.text("ab-_~", min_size=1, max_size=3), st.text("xY ~/&=é"), max_size=3
    ),
    value=st.text("a b\t,", max_size=8),
    body=st.binary(max_size=20),
)
def test_whatever_is_signed_is_verified(
    path: str, query: dict[str, str], value: str, body: bytes
) -> None:
    signatures = Signatures()
    encoded = quote("/" + path.replace("%", ""), safe="/@~")
    url = f"http://127.0.0.1:1{encoded}" + (
        f"?{urlencode(query, quote_via=quote)}" if query else ""
    )
    headers = {"X-Amz-Meta": value, "Content-Type": "text/plain"}

    request = signed_by_hand(signatures.credentials_for("Pour"), "POST", url, headers, body)

    assert signatures.judge(request) == "Pour"


@pytest.mark.parametrize(("service", "path", "call"), CALLS[:3:2])
def test_any_change_is_found(
    signatures: Signatures, pour: Credentials, service: str, path: str, call: Call
) -> None:
    request = signed_by_a_client(service, path, pour, call)
    assert signatures.judge(request) == "Pour", "the control: unchanged"
    signed = request.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0]

    changed = [
        *(
            Request(request.method, request.path, request.headers, body)
            for body in one_byte_changed(request.body)
        ),
        Request("PUT", request.path, request.headers, request.body),
        Request(request.method, request.path + "x", request.headers, request.body),
        Request(request.method, request.path + "?x=1", request.headers, request.body),
        *(
            Request(request.method, request.path, {**request.headers, name: other}, request.body)
            for name in signed.split(";")
            for other in (request.headers[name] + "x", "x" + request.headers[name])
        ),
    ]

    assert len(changed) > 15
    assert [one for one in changed if not isinstance(signatures.judge(one), Refusal)] == []


def one_byte_changed(body: bytes) -> list[bytes]:
    return [body[:index] + bytes([byte ^ 1]) + body[index + 1 :] for index, byte in enumerate(body)]


def test_every_byte_of_the_authorization_counts(signatures: Signatures, pour: Credentials) -> None:
    request = signed_by_a_client("dynamodb", "", pour, put)
    right = request.headers["authorization"]
    assert signatures.judge(request) == "Pour", "the control: unchanged"

    for index, character in enumerate(right):
        wrong = right[:index] + chr(ord(character) ^ 1) + right[index + 1 :]
        headers = {**request.headers, "authorization": wrong}
        judged = signatures.judge(Request("POST", "/", headers, request.body))
        assert isinstance(judged, Refusal), wrong


def test_a_stranger_a_wrong_secret_and_a_lost_token_are_refused(
    signatures: Signatures, pour: Credentials
) -> None:
    key, secret, token = pour.access_key_id, pour.secret_access_key, pour.session_token
    cases = {
        Credentials(key, secret, token): "Pour",  # the control
        Credentials("ASIA234567ABCDEFGHIJ", secret, token): Refusal.UNKNOWN_KEY,
        Credentials(key, secret[:-1], token): Refusal.MISMATCH,
        Credentials(key, secret, token + "x"): Refusal.UNKNOWN_KEY,
        Credentials(key, secret, ""): Refusal.UNKNOWN_KEY,
    }

    for credentials, expected in cases.items():
        request = signed_by_hand(credentials, "POST", "http://127.0.0.1:1/", {}, b"")
        assert signatures.judge(request) == expected


def test_functions_have_keys_of_their_own(signatures: Signatures, pour: Credentials) -> None:
    drink = signatures.credentials_for("Drink")

    assert drink != pour
    assert signatures.credentials_for("Drink") == drink
    assert drink.secret_access_key not in repr(drink)
    request = signed_by_hand(drink, "POST", "http://127.0.0.1:1/", {}, b"")
    assert signatures.judge(request) == "Drink"


def test_a_request_is_good_for_five_minutes() -> None:
    now_s = signed_at_s = time.time()
    signatures = Signatures(lambda: now_s)
    pour = signatures.credentials_for("Pour")
    request = signed_by_hand(pour, "POST", "http://127.0.0.1:1/", {}, b"")

    judged = {}
    for age_s in (-MAX_SKEW_S - 5, -MAX_SKEW_S + 5, 0, MAX_SKEW_S - 5, MAX_SKEW_S + 5):
        now_s = signed_at_s + age_s
        judged[age_s] = signatures.judge(request)

    assert judged == {
        -305: Refusal.OUT_OF_TIME,
        -295: "Pour",
        0: "Pour",
        295: "Pour",
        305: Refusal.OUT_OF_TIME,
    }


def test_a_signature_is_for_one_service(signatures: Signatures, pour: Credentials) -> None:
    request = signed_by_hand(pour, "POST", "http://127.0.0.1:1/", {}, b"")

    assert signatures.judge(request, "execute-api") == "Pour"
    assert signatures.judge(request, "dynamodb") == Refusal.WRONG_SCOPE


def test_an_amz_header_that_is_not_signed_is_refused(
    signatures: Signatures, pour: Credentials
) -> None:
    """Else X-Amz-Target could be put upon a request that was signed without one."""
    request = signed_by_hand(pour, "POST", "http://127.0.0.1:1/", {}, b"{}")
    assert signatures.judge(request) == "Pour", "the control: without the header"

    headers = {**request.headers, "x-amz-target": "DynamoDB_20120810.DeleteTable"}
    judged = signatures.judge(Request("POST", "/", headers, b"{}"))

    assert judged == Refusal.MISMATCH


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Basic YW5uOnRlYQ=="},
        {"authorization": "AWS4-HMAC-SHA256 Credential=x"},
        {"x-amz-date": "yesterday"},
        {"x-amz-date": "20269999T999999Z"},
        {"x-amz-date": "é" * 20},
    ],
)
def test_what_is_no_signature_is_refused(
    signatures: Signatures, pour: Credentials, headers: dict[str, str]
) -> None:
    request = signed_by_hand(pour, "POST", "http://127.0.0.1:1/", {}, b"")
    given_headers = {**request.headers, **headers} if headers else {"host": "127.0.0.1:1"}

    assert isinstance(signatures.judge(Request("POST", "/", given_headers, b"")), Refusal)


def test_a_verification_takes_less_than_a_tenth_of_a_millisecond(
    signatures: Signatures, pour: Credentials
) -> None:
    request = signed_by_a_client("dynamodb", "", pour, put)

    durations_s = []
    for _ in range(500):
        started_at = time.perf_counter()
        signatures.judge(request)
        durations_s.append(time.perf_counter() - started_at)

    assert sorted(durations_s)[50] < 100e-6, "the quickest tenth: the machine may be busy"
