from __future__ import annotations

from typing import Any

import pytest
from teahouse.actions.enter_as_guest import enter_as_guest
from teahouse.actions.recognize import recognize_session
from teahouse.actions.recover import make_recovery_code, recover
from teahouse.actions.register import register
from teahouse.actions.sign_in import sign_in
from teahouse.domain.errors import ChatError, Forbidden, Invalid, NotSignedIn

from tests.actions.test_change_me import CountingPasswords, caller_of, open_socket
from tests.world import RecordingBroadcaster, memory_app

ANN: dict[str, Any] = {"username": "ann-oolong", "password": "correct horse"}


def test_a_code_opens_the_account_once_and_ends_every_session() -> None:
    wire = RecordingBroadcaster()
    app = memory_app(broadcaster=wire)
    ann = register(app, **ANN)
    open_socket(app, ann, "here=")
    code = make_recovery_code(app, caller=caller_of(ann))

    back = recover(app, username="Ann-Oolong", code=code, password="other horse")

    assert back.user == ann.user
    assert recognize_session(app, back.credential).user_id == ann.user.id
    with pytest.raises(NotSignedIn):
        recognize_session(app, ann.credential)
    assert wire.closed == ["here="]
    assert sign_in(app, username="ann-oolong", password="other horse").user == ann.user
    with pytest.raises(NotSignedIn):
        recover(app, username="ann-oolong", code=code, password="third horse")


def test_a_new_code_kills_the_old_one() -> None:
    app = memory_app()
    ann = register(app, **ANN)
    old, new = (make_recovery_code(app, caller=caller_of(ann)) for _ in range(2))

    with pytest.raises(NotSignedIn):
        recover(app, username="ann-oolong", code=old, password="other horse")

    assert recover(app, username="ann-oolong", code=new, password="other horse").user == ann.user


def test_only_the_hash_of_a_code_is_kept() -> None:
    app = memory_app()
    ann = register(app, **ANN)
    code = make_recovery_code(app, caller=caller_of(ann))

    proof = app.proofs.find("ann-oolong")

    assert proof is not None
    assert proof.recovery_hash is not None
    assert code not in repr(proof)


def test_a_guest_has_nothing_to_recover() -> None:
    app = memory_app()
    guest = enter_as_guest(app, nickname=None, language="en")

    with pytest.raises(Forbidden):
        make_recovery_code(app, caller=caller_of(guest))


def test_whoever_has_no_code_hears_the_same_after_the_same_work() -> None:
    """Counts calls, not seconds: each refusal costs one look-up and one hash."""
    passwords = CountingPasswords()
    app = memory_app(passwords=passwords)
    ann = register(app, **ANN)
    register(app, username="ben-oolong", password="correct horse")
    make_recovery_code(app, caller=caller_of(ann))
    heard = []
    for username, code in (
        ("ann-oolong", "wrong"),
        ("ben-oolong", "has no code"),
        ("ben-oolong", ""),
        ("nobody-here", "wrong"),
        ("不可能", "wrong"),
        ("x" * 5000, "wrong"),
    ):
        passwords.work.clear()
        with pytest.raises(NotSignedIn) as refusal:
            recover(app, username=username, code=code, password="other horse")
        heard.append((shown(refusal.value), dict(passwords.work)))

    assert len({repr(each) for each in heard}) == 1
    assert heard[0][1] == {"hash": 1}


def test_a_password_that_is_not_acceptable_leaves_the_code_alive() -> None:
    app = memory_app()
    ann = register(app, **ANN)
    code = make_recovery_code(app, caller=caller_of(ann))

    with pytest.raises(Invalid):
        recover(app, username="ann-oolong", code=code, password="short")

    assert recover(app, username="ann-oolong", code=code, password="other horse").user == ann.user


def shown(error: ChatError) -> tuple[str, str, object]:
    """Give what the caller sees of a refusal."""
    return error.code, error.message, error.fields
