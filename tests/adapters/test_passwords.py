from __future__ import annotations

import os

import pytest
from argon2 import extract_parameters
from teahouse.adapters import passwords
from teahouse.adapters.passwords import Argon2Passwords


def test_a_password_matches_its_own_hash_and_no_other() -> None:
    argon2 = Argon2Passwords()
    hashed = argon2.hash("correct horse")

    assert argon2.matches("correct horse", hashed)
    assert not argon2.matches("correct hors", hashed)
    assert not argon2.matches("correct horse", "no hash at all")


def test_the_same_password_is_hashed_differently_each_time() -> None:
    argon2 = Argon2Passwords()

    assert argon2.hash("correct horse") != argon2.hash("correct horse")


def test_nobody_costs_as_much_as_somebody() -> None:
    argon2 = Argon2Passwords()
    somebody = argon2.hash("correct horse")

    assert not argon2.matches("correct horse", None)
    assert extract_parameters(passwords._NOBODY) == extract_parameters(somebody)


def test_every_hash_waits_for_one_of_as_many_places_as_there_are_cores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = passwords._ROOM
    taken = Turnstile()
    monkeypatch.setattr(passwords, "_ROOM", taken)
    argon2 = Argon2Passwords()

    argon2.matches("correct horse", argon2.hash("correct horse"))
    argon2.matches("correct horse", None)

    assert taken.passages == 3
    assert places._initial_value == os.cpu_count()  # type: ignore[attr-defined]


class Turnstile:
    """Counts who goes through."""

    def __init__(self) -> None:
        self.passages = 0

    def __enter__(self) -> None:
        self.passages += 1

    def __exit__(self, *exc: object) -> None:
        return None
