from __future__ import annotations

import pytest
from teahouse.actions.authorize_socket import authorize_socket
from teahouse.actions.issue_ticket import issue_ticket
from teahouse.actions.open_session import SignedIn
from teahouse.actions.register import register
from teahouse.app import App
from teahouse.domain.errors import Forbidden, NotSignedIn
from teahouse.domain.session import TICKET_MS, Caller

from tests.world import StoppedClock, memory_app


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def app(clock: StoppedClock) -> App:
    return memory_app(clock=clock)


@pytest.fixture
def ann(app: App) -> SignedIn:
    return register(app, username="ann-oolong", password="correct horse")


def caller_of(signed_in: SignedIn) -> Caller:
    return Caller(user_id=signed_in.user.id, session_id=signed_in.session.id)


def by_cookie(app: App, credential: str | None, *, is_own_origin: bool = True) -> Caller:
    return authorize_socket(
        app, ticket=None, credential=credential, origin=None, is_own_origin=is_own_origin
    )


def by_ticket(app: App, ticket: str, origin: str | None = None) -> Caller:
    return authorize_socket(app, ticket=ticket, credential=None, origin=origin, is_own_origin=False)


def test_our_page_opens_a_socket_with_the_cookie(app: App, ann: SignedIn) -> None:
    assert by_cookie(app, ann.credential) == caller_of(ann)


def test_another_sites_page_does_not(app: App, ann: SignedIn) -> None:
    assert by_cookie(app, ann.credential) == caller_of(ann)
    with pytest.raises(Forbidden):
        by_cookie(app, ann.credential, is_own_origin=False)


def test_nobody_is_not_signed_in(app: App, ann: SignedIn) -> None:
    assert by_cookie(app, ann.credential) == caller_of(ann)
    for credential in (None, "", "junk"):
        with pytest.raises(NotSignedIn):
            by_cookie(app, credential)


def test_a_ticket_opens_one_socket(app: App, ann: SignedIn) -> None:
    ticket, _ = issue_ticket(app, caller=caller_of(ann))

    assert by_ticket(app, ticket) == caller_of(ann)
    with pytest.raises(NotSignedIn):
        by_ticket(app, ticket)


def test_a_ticket_is_good_for_thirty_seconds(app: App, ann: SignedIn, clock: StoppedClock) -> None:
    first, expires_at = issue_ticket(app, caller=caller_of(ann))
    second, _ = issue_ticket(app, caller=caller_of(ann))
    assert expires_at == clock.ms + TICKET_MS

    clock.ms = expires_at - 1
    assert by_ticket(app, first) == caller_of(ann)
    clock.ms = expires_at
    with pytest.raises(NotSignedIn):
        by_ticket(app, second)


def test_a_ticket_of_a_session_that_has_ended_opens_nothing(app: App, ann: SignedIn) -> None:
    good, _ = issue_ticket(app, caller=caller_of(ann))
    late, _ = issue_ticket(app, caller=caller_of(ann))
    assert by_ticket(app, good) == caller_of(ann)

    app.accounts.remove_session(ann.user.id, ann.session.id)

    with pytest.raises(NotSignedIn):
        by_ticket(app, late)
    with pytest.raises(NotSignedIn):
        by_cookie(app, ann.credential)


def test_a_page_s_ticket_is_good_for_pages_of_its_origin(app: App, ann: SignedIn) -> None:
    ours, theirs = "https://chat.example.org", "https://evil.example.org"
    for other in (theirs, None, ours.upper(), f"{ours}:443"):
        ticket, _ = issue_ticket(app, caller=caller_of(ann), origin=ours)
        with pytest.raises(NotSignedIn):
            by_ticket(app, ticket, other)

    ticket, _ = issue_ticket(app, caller=caller_of(ann), origin=ours)
    assert by_ticket(app, ticket, ours) == caller_of(ann)


def test_a_program_s_ticket_is_good_for_whatever_page_it_is_given_to(
    app: App, ann: SignedIn
) -> None:
    ticket, _ = issue_ticket(app, caller=caller_of(ann))

    assert by_ticket(app, ticket, "https://partner.example.org") == caller_of(ann)


def test_a_wrong_ticket_is_not_mended_by_a_cookie(app: App, ann: SignedIn) -> None:
    with pytest.raises(NotSignedIn):
        authorize_socket(
            app, ticket="junk", credential=ann.credential, origin=None, is_own_origin=True
        )
    assert by_cookie(app, ann.credential) == caller_of(ann)


def test_tickets_cannot_be_guessed_from_what_is_kept(app: App, ann: SignedIn) -> None:
    ticket, _ = issue_ticket(app, caller=caller_of(ann))
    kept = app.accounts._store.tickets  # type: ignore[attr-defined]

    assert len(kept) == 1
    assert ticket not in repr(kept)
    with pytest.raises(NotSignedIn):
        by_ticket(app, next(iter(kept)))
