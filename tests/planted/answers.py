"""What if an answer to a failure is taken away? The test that holds it has to see it.

The failures and their tests are tables of docs/delivery.md. What `bugs.py` takes away is not here
again.
"""

from __future__ import annotations

from tests.planted.bugs import ACTIONS, ADAPTERS, CLIENT, Bug

ANSWERS = (
    Bug(
        101,
        "a lease that has run out counts",
        (
            (
                f"{ADAPTERS}/items/connections.py",
                "sorted((c for c in found if c.is_alive(now_ms)), key",
                "sorted(found, key",
            ),
        ),
        "tests/contracts/test_connections.py::test_an_expired_connection_is_not_listed",
    ),
    Bug(
        102,
        "a keep-alive moves no lease",
        (
            (
                f"{ACTIONS}/ping.py",
                "        app.connections.renew(connection, now + LEASE_MS)\n",
                "",
            ),
        ),
        "tests/actions/test_ping.py"
        "::test_the_lease_moves_on_and_is_written_at_most_every_four_minutes",
    ),
    Bug(
        103,
        "a 410 forgets nobody",
        (
            (
                f"{ACTIONS}/tell_room.py",
                "    forget_gone(app, gone)\n",
                "",
            ),
        ),
        "tests/actions/test_send_message.py"
        "::test_a_connection_that_is_gone_is_forgotten_and_fails_nobody_else",
    ),
    Bug(
        104,
        "an end that comes first leaves no tombstone",
        (
            (
                f"{ACTIONS}/disconnect.py",
                "forget(connection_id, tombstone_until=connected_at + ROOM_ROW_MS)",
                "forget(connection_id)",
            ),
        ),
        "tests/actions/test_connect.py"
        "::test_a_disconnect_before_its_connect_leaves_nobody_connected",
    ),
    Bug(
        105,
        "a connect that comes twice is taken twice",
        (
            (
                f"{ACTIONS}/connect.py",
                "    if not app.connections.put_if_absent(connection):\n",
                "    if not app.connections.put_if_absent(connection) and not connection_id:\n",
            ),
        ),
        "tests/actions/test_connect.py::test_a_connect_that_comes_twice_is_refused_the_second_time",
    ),
    Bug(
        106,
        "the session is not looked at again after the handshake",
        (
            (
                f"{ACTIONS}/connect.py",
                "            lambda: require_alive(app, caller),\n",
                "            lambda: None,\n",
            ),
        ),
        "tests/actions/test_connect.py"
        "::test_a_session_that_ends_during_the_handshake_opens_nothing",
    ),
    Bug(
        107,
        "a duplicate is not told again",
        (
            (
                f"{ACTIONS}/send_message.py",
                "        _follow_up(app, room_id, accepted, connection_id, attendance)\n",
                "        if not accepted.duplicate:\n"
                "            _follow_up(app, room_id, accepted, connection_id, attendance)\n",
            ),
        ),
        "tests/actions/test_send_message.py::test_a_repeated_send_is_told_again_and_stands_once",
    ),
    Bug(
        108,
        "an outcome that is open is not looked for",
        (
            (
                f"{ACTIONS}/settle.py",
                "        except (OutcomeUnknown, SlotTaken):\n",
                "        except OutcomeUnknown as error:\n"
                "            raise Busy from error\n"
                "        except SlotTaken:\n",
            ),
        ),
        "tests/actions/test_append.py::test_a_lost_answer_is_found_again",
    ),
    Bug(
        109,
        "a page ends at a hole",
        (
            (
                f"{ACTIONS}/read_stretch.py",
                "        if len(run.entries) == count:\n",
                "        if run.entries and count:\n",
            ),
        ),
        "tests/actions/test_read_history.py"
        "::test_a_page_of_messages_holds_all_up_to_the_head_it_tells_or_is_none",
    ),
    Bug(
        110,
        "a page shows what had become of its messages a moment ago",
        (
            (
                f"{ACTIONS}/read_messages.py",
                "            if all(changed_at.get(x.seq, 0) <= seen_to.get(x.seq, x.seq) "
                "for x in said):\n",
                "            if changed_at or seen_to or not seen_to:\n",
            ),
        ),
        "tests/actions/test_read_history.py"
        "::test_a_page_of_messages_shows_every_change_up_to_the_head_it_tells_or_is_none",
    ),
    Bug(
        111,
        "a post that was limited is not tried again",
        (
            (
                f"{ADAPTERS}/aws/fan_out/limits.py",
                "    retries: int = 2 ",
                "    retries: int = 0 ",
            ),
        ),
        "tests/adapters/test_fan_out.py"
        "::test_a_connection_that_stays_too_slow_is_left_alone_after_two_more_tries",
    ),
    Bug(
        112,
        "nobody is closed for reading too slowly",
        ((f"{ADAPTERS}/management_api.py", "SLOW_POSTS = 5 ", "SLOW_POSTS = 10**9 "),),
        "tests/adapters/test_fan_out.py::test_who_reads_too_slowly_five_posts_in_a_row_is_closed",
    ),
    Bug(
        113,
        "the keep-alive does not say which rooms have moved on",
        (
            (
                f"{ACTIONS}/ping.py",
                "behind=sorted(mine & moved)",
                "behind=sorted(mine & moved & set())",
            ),
        ),
        "tests/actions/test_ping.py::test_a_room_with_an_entry_after_the_position_is_behind",
    ),
    Bug(
        114,
        "the keep-alive takes a position of another epoch for one of this",
        (
            (
                f"{ACTIONS}/ping.py",
                "if p.epoch.endswith(generation)}",
                "if p.epoch or generation}",
            ),
        ),
        "tests/actions/test_ping.py::test_a_position_of_a_restored_store_asks_for_a_reset",
    ),
    Bug(
        115,
        "the member row is not read again after registering",
        (
            (
                f"{ACTIONS}/join_room.py",
                "    listener = Listener(",
                "    member = app.members.find(room_id, user_id)\n    listener = Listener(",
            ),
            (
                f"{ACTIONS}/join_room.py",
                "        member = app.members.find(room_id, user_id)\n        if member",
                "        if member",
            ),
        ),
        "tests/actions/test_interleavings.py"
        "::test_who_is_removed_while_joining_hears_nothing_of_what_follows",
    ),
    Bug(
        116,
        "a hole is not fetched",
        (
            (
                f"{CLIENT}/heardRoom.ts",
                "        between(...HEALING_MS, this.#options.random),\n"
                "        () => void this.catchUp(),\n",
                "        between(...HEALING_MS, this.#options.random),\n        () => undefined,\n",
            ),
        ),
        f"{CLIENT}/heardRoom.spec.ts",
    ),
    Bug(
        117,
        "another epoch is not noticed in a push",
        (
            (
                f"{CLIENT}/heardRoom.ts",
                "    if (epoch !== log.epoch) {\n      void this.reset();\n      return;\n    }\n",
                "",
            ),
        ),
        f"{CLIENT}/heardRoom.spec.ts",
    ),
    Bug(
        118,
        "no line is opened before the two hours are over",
        (
            (
                f"{CLIENT}/connection.ts",
                "[95 * 60_000, 115 * 60_000]",
                "[195 * 60_000, 215 * 60_000]",
            ),
        ),
        f"{CLIENT}/connection.spec.ts",
    ),
    Bug(
        119,
        "all who were dropped come back at the same moment",
        (
            (
                f"{CLIENT}/backoff.ts",
                "  return random() * Math.min(longestMs, firstMs * 2 ** failures);\n",
                "  random();\n  return Math.min(longestMs, firstMs * 2 ** failures);\n",
            ),
        ),
        f"{CLIENT}/backoff.spec.ts",
    ),
    Bug(
        120,
        "who has been removed is not told that it was said",
        (
            (
                f"{ACTIONS}/append.py",
                "    if said is not None:\n"
                "        return _accepted(app, said, author, run.entries, duplicate=True)\n"
                "    if author is None:\n        raise NotAMember\n",
                "    if author is None:\n        raise NotAMember\n"
                "    if said is not None:\n"
                "        return _accepted(app, said, author, run.entries, duplicate=True)\n",
            ),
        ),
        "tests/actions/test_append.py::test_who_has_been_removed_since_is_told_that_it_was_said",
    ),
    Bug(
        121,
        "who writes waits until the clock has passed the entry before",
        (
            (
                f"{ACTIONS}/append.py",
                "    fact = operation.fact(last.number)\n    return Entry(\n",
                "    if app.clock.now_ms() < last.at:\n        raise errors.Busy\n"
                "    fact = operation.fact(last.number)\n    return Entry(\n",
            ),
        ),
        "tests/actions/test_interleavings.py"
        "::test_a_clock_that_is_wrong_or_steps_back_changes_no_order",
    ),
    Bug(
        122,
        "the client sends what no frame holds",
        (
            (
                f"{CLIENT}/text.ts",
                '  if (jsonBytes(text) > MAX_TEXT_BYTES) return "too_many_bytes";\n',
                "",
            ),
        ),
        f"{CLIENT}/client.spec.ts",
    ),
)
