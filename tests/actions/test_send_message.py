"""Saying something: who hears it, in which order, and exactly what it costs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from teahouse.actions.send_message import send_message, send_without_position
from teahouse.actions.tell_presence import FORGOTTEN
from teahouse.app import App
from teahouse.domain.entry import Position
from teahouse.domain.errors import ChatError, Invalid, NotAMember, TooLarge
from teahouse.ports import OutcomeUnknown

from tests import engine
from tests.cast import ANN, BEN, CLEO, user
from tests.store_seam import seam
from tests.world import RecordingBroadcaster, app_on, listens, memory_app, open_den, start_of


def say(app: App, room_id: str, text: str, **changes: object):  # type: ignore[no-untyped-def]
    asked: dict[str, object] = {
        "sender_id": ANN.id,
        "room_id": room_id,
        "client_message_id": f"message-{text[:20]}-00000000000000",
        "text": text,
    }
    if "position" not in changes:
        asked["position"] = start_of(app, room_id)
    return send_message(app, **{**asked, **changes})  # type: ignore[arg-type]


def posts(app: App) -> RecordingBroadcaster:
    assert isinstance(app.broadcaster, RecordingBroadcaster)
    return app.broadcaster


def test_everyone_who_hears_the_room_gets_the_message_and_the_sender_no_echo() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    anns, bens, other = (listens(app, den, person) for person in (ANN, BEN, ANN))

    say(app, den, "hello", connection_id=anns, re="7")

    assert [f["type"] for f in posts(app).to(anns)] == ["sent"]
    assert posts(app).to(anns)[0]["re"] == "7"
    [heard] = posts(app).to(bens)
    assert heard["type"] == "events"
    assert heard["events"][0]["text"] == "hello"
    assert heard["users"][ANN.id]["displayName"] == "Ann"
    assert posts(app).to(other, "events")  # another device of the sender hears it


def test_the_sender_is_told_before_anybody_else() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    anns, _ = listens(app, den, ANN), listens(app, den, BEN)

    say(app, den, "hello", connection_id=anns)

    assert next(target for target, _ in posts(app).posts) == anns


def test_a_stranger_hears_nothing_and_a_member_does() -> None:
    app = memory_app()
    den, attic = open_den(app, BEN), open_den(app, CLEO)
    bens, cleos = listens(app, den, BEN), listens(app, attic, CLEO)

    say(app, den, "hello")

    assert posts(app).to(bens, "events")
    assert posts(app).to(cleos) == []


def test_a_repeated_send_is_told_again_and_stands_once() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    anns, bens = listens(app, den, ANN), listens(app, den, BEN)
    first = say(app, den, "hello", connection_id=anns)

    again = say(app, den, "hello", connection_id=anns)

    assert again.entry == first.entry
    assert [f.get("duplicate", False) for f in posts(app).to(anns, "sent")] == [False, True]
    assert len(posts(app).to(bens, "events")) == 2
    assert app.log.newest(den).seq == 2


def test_a_connection_that_is_gone_is_forgotten_and_fails_nobody_else() -> None:
    app = memory_app()
    den = open_den(app, BEN, CLEO)
    bens, cleos = listens(app, den, BEN), listens(app, den, CLEO)
    posts(app).gone.add(bens)

    say(app, den, "hello")

    assert app.connections.find(bens) is None
    assert app.connections.find(cleos) is not None
    assert posts(app).to(cleos, "events")


def test_of_many_that_are_gone_at_once_each_message_forgets_a_few() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    gone = [listens(app, den, BEN, f"ben-{n}=") for n in range(2 * FORGOTTEN)]
    posts(app).gone.update(gone)

    left = []
    for text in ("hello", "anybody?"):
        say(app, den, text)
        left.append(sum(app.connections.find(x) is not None for x in gone))

    assert left == [FORGOTTEN, 0]


def test_a_removed_member_hears_nothing_more_even_if_still_registered() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    bens = listens(app, den, BEN)
    say(app, den, "before")
    row = app.members.find(den, BEN.id)
    assert row is not None
    app.members.remove(row, None, tombstone_until=app.clock.now_ms() + 60_000)

    say(app, den, "after")

    assert [f["events"][0]["text"] for f in posts(app).to(bens, "events")] == ["before"]
    with pytest.raises(NotAMember):
        say(app, den, "me too", sender_id=BEN.id)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", Invalid),
        ("  \n\t ", Invalid),
        ("\u200b\u200d", Invalid),  # nothing that shows
        ("x" * 8_001, TooLarge),
        ("𝔘" * 8_000, TooLarge),  # 32,000 bytes
    ],
)
def test_text_outside_its_limits_is_refused_and_nothing_is_written(
    text: str, refusal: type[ChatError]
) -> None:
    app = memory_app()
    den = open_den(app)

    with pytest.raises(refusal):
        say(app, den, text, client_message_id="m" * 22)

    assert app.log.newest(den).seq == 1
    say(app, den, "x" * 8_000)  # the control
    assert app.log.newest(den).seq == 2


def test_text_is_trimmed_and_keeps_its_lines() -> None:
    app = memory_app()
    den = open_den(app)

    accepted = say(app, den, "  one\r\n  two\x00\t \n")

    assert accepted.entry.fact.text == "one\n  two"


def test_a_failing_summary_does_not_unsay_the_message() -> None:
    app = memory_app()

    class NoSummaries:
        def __getattr__(self, name: str) -> object:
            return getattr(memory.rooms, name)

        def summarize(self, summary: object) -> None:
            raise OutcomeUnknown

    memory, app = app, replace(app, rooms=NoSummaries())
    den = open_den(app)

    assert say(app, den, "hello").entry.seq == 2


def test_without_a_position_the_newest_slot_is_the_position_and_a_retry_is_found() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    start = start_of(app, den)

    def post(text: str) -> object:
        return send_without_position(
            app, sender_id=BEN.id, room_id=den, operation_id="o" * 22, text=text
        )

    first = post("hello")
    for n in range(600):  # further than a position may lie back
        app.log.put(den, _next(app, den, n))

    assert post("hello") == replace(first, duplicate=True)  # type: ignore[type-var]
    with pytest.raises(ChatError) as conflict:
        post("something else")
    assert conflict.value.code == "conflict"
    assert start == Position(epoch=start.epoch, seq=1)


def test_what_one_says_without_a_position_counts_as_read() -> None:
    app = memory_app()
    den = open_den(app, BEN)

    send_without_position(app, sender_id=BEN.id, room_id=den, operation_id="o" * 22, text="hello")

    [bens, anns] = [app.members.membership(den, person.id) for person in (BEN, ANN)]
    assert bens is not None
    assert anns is not None
    assert (bens.read_seq, bens.read_number) == (2, 1)
    assert anns.read_number == 0  # the control: to the others it is new


def _next(app: App, room_id: str, n: int):  # type: ignore[no-untyped-def]
    newest = app.log.newest(room_id)
    return replace(newest, seq=newest.seq + 1, operation_id=f"filling-operation-{n:05}", by=ANN.id)


@pytest.mark.parametrize("kind", ["dynamodb", "lean"])
def test_a_message_in_a_room_of_forty_costs_two_writes_and_three_reads(
    request: pytest.FixtureRequest, kind: str
) -> None:
    """Summed from the engine's own ConsumedCapacity over all tables and calls of the send."""
    app = app_on(kind, request)
    people = [user(f"person{n:02}") for n in range(39)]
    den = open_den(app, *people)
    for person in (ANN, *people):
        listens(app, den, person)
    text = "x" * 700
    say(app, den, "warm-up")
    app.summarized_at.clear()
    start = start_of(app, den)

    with seam() as seen:
        say(app, den, text, position=start)

    assert len(posts(app).posts) == 2 * 40
    assert (seen.write_units, seen.read_units) == (2, 3)
    assert dict(seen.calls) == {"Query": 2, "GetItem": 1, "PutItem": 2}


@pytest.mark.parametrize("kind", ["dynamodb", "lean"])
def test_a_slot_of_1024_bytes_is_one_write_unit_and_one_byte_more_is_two(
    request: pytest.FixtureRequest, kind: str
) -> None:
    """With ids as long as real ones. Sizes: DynamoDB guide, "Item sizes and formats"."""
    app = app_on(kind, request)
    author = replace(ANN, id=f"{app.ids.new_id()}"[:16].ljust(16, "x"))
    den = open_den(app, owner=author)
    start = start_of(app, den)

    def units_of(text: str, number: int) -> float:
        message_id = f"{number:022}"
        with seam() as seen:
            say(
                app,
                den,
                text,
                sender_id=author.id,
                position=start,
                client_message_id=message_id,
            )
        assert seen.calls["PutItem"] == 1, "the summary was written less than a second ago"
        return seen.write_units

    say(app, den, "x" * 500, sender_id=author.id, client_message_id="m" * 22)
    border = 500 + 1_024 - bytes_of_slot(request.getfixturevalue("engine_url"), den, seq=2)

    assert 600 < border < 900
    assert units_of("x" * border, 1) == 1
    assert units_of("x" * (border + 1), 2) == 2


def bytes_of_slot(engine_url: str, room_id: str, *, seq: int) -> int:
    """Weigh an item by the documented rule."""
    dynamodb = engine.client(engine_url)
    key = {"room": {"S": room_id}, "seq": {"N": str(seq)}}
    item = dynamodb.get_item(TableName="LogTable", Key=key, ConsistentRead=True)["Item"]
    dynamodb.close()
    size = 0
    for name, typed in item.items():
        (kind, value), *_ = typed.items()
        weight = len(value.encode()) if kind == "S" else (len(value.strip("0")) + 1) // 2 + 1
        size += len(name) + weight
    return size


@pytest.mark.parametrize("kind", ["dynamodb", "lean"])
def test_the_summary_is_written_at_most_once_a_second(
    request: pytest.FixtureRequest, kind: str
) -> None:
    app = app_on(kind, request)
    den = open_den(app)
    say(app, den, "one")

    with seam() as within:
        say(app, den, "two")
    app.clock.sleep(1.1)
    with seam() as later:
        say(app, den, "three")

    assert (within.write_units, later.write_units) == (1, 2)
    [(_, summary)] = app.rooms.get_many([den]).values()
    assert summary is not None
    assert (summary.text, summary.number) == ("three", 3)


def test_lists_know_at_once_of_what_is_said_by_who_follows_no_log() -> None:
    """Nobody marks it as read for a program. Control: a socket's second message is spared."""
    app = memory_app()
    den = open_den(app)

    def listed() -> str | None:
        summary = app.rooms.find_summary(den)
        return summary.text if summary else None

    say(app, den, "one")
    say(app, den, "two")
    assert listed() == "one"
    for text in ("three", "four"):
        operation_id = f"operation-of-{text}-000000"
        send_without_position(
            app, sender_id=ANN.id, room_id=den, operation_id=operation_id, text=text
        )
        assert listed() == text
