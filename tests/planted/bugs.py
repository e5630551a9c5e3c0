"""Which bugs are planted, where, and which check has to find each?

A bug is a change of the real source, made in a copy of the tree: nothing of it is in the tree
itself, and nothing can be in what is deployed (docs/decisions/0011). The check is the cheapest that
finds it.
"""

from __future__ import annotations

from dataclasses import dataclass

ACTIONS = "layers/teahouse/teahouse/actions"
ADAPTERS = "layers/teahouse/teahouse/adapters"
DOMAIN = "layers/teahouse/teahouse/domain"
CLIENT = "clients/javascript/src"


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug: what is replaced in which file, and what finds it."""

    number: int
    name: str
    changes: tuple[tuple[str, str, str], ...]  # file, old, new; old stands there once
    check: str  # a test of pytest, or a file of vitest

    @property
    def is_in_the_client(self) -> bool:
        return self.check.endswith(".ts")


BUGS = (
    Bug(
        1,
        "acknowledge before the write",
        (
            (
                f"{ACTIONS}/append.py",
                "    app.log.put(look.room_id, entry)\n",
                "    import threading\n\n"
                "    threading.Timer(0.3, app.log.put, (look.room_id, entry)).start()\n",
            ),
        ),
        "tests/actions/test_interleavings.py"
        "::test_wherever_a_handler_dies_what_was_acknowledged_is_there_and_a_retry_says_it_once",
    ),
    Bug(
        2,
        "no look for one's own message before the put",
        (
            (
                f"{ACTIONS}/append.py",
                "    said = already_said(run.entries, operation)\n",
                "    said = None\n",
            ),
        ),
        "tests/actions/test_append.py::test_the_same_id_again_gives_the_first_message",
    ),
    Bug(
        3,
        "a retry names a later position without looking",
        (
            (
                f"{CLIENT}/sender.ts",
                "      if (isFirst) this.#startOver(item);\n"
                "      else void this.#catchUp(item, flight);\n",
                "      this.#startOver(item);\n",
            ),
        ),
        f"{CLIENT}/sender.spec.ts",
    ),
    Bug(
        4,
        "add to a counter, then put",
        (
            (
                f"{ACTIONS}/append.py",
                "MAX_RUN_ENTRIES = 500\n",
                "MAX_RUN_ENTRIES = 500\n_COUNTED: dict[str, int] = {}\n",
            ),
            (
                f"{ACTIONS}/append.py",
                "        entry = entry_by(app, operation, author, run[-1])\n",
                "        room = operation.room_id\n"
                "        _COUNTED[room] = _COUNTED.get(room, run[-1].seq) + 1\n"
                "        entry = entry_by(app, operation, author, run[-1])\n"
                "        entry = replace(entry, seq=_COUNTED[room])\n",
            ),
        ),
        "tests/actions/test_append.py"
        "::test_conflicts_are_tried_again_until_the_deadline_then_busy_is_said",
    ),
    Bug(
        5,
        "the cursor is the highest seen",
        (
            (
                f"{CLIENT}/roomLog.ts",
                "    return this.#applied;\n",
                "    return Math.max(this.#applied, ...this.#buffer.keys());\n",
            ),
        ),
        f"{CLIENT}/heardRoom.spec.ts",
    ),
    Bug(
        6,
        "no positions in the keep-alive",
        (
            (
                f"{CLIENT}/rooms.ts",
                "    if (known.length <= MAX_POSITIONS) return Object.fromEntries(known);\n",
                "    if (known.length <= MAX_POSITIONS) return {};\n",
            ),
        ),
        f"{CLIENT}/heardRoom.spec.ts",
    ),
    Bug(
        7,
        "an eventual read of the connections",
        (
            (
                f"{ADAPTERS}/lean/connections.py",
                "self._table.query(_IN_PARTITION, partition, Heard, is_projected=True)",
                "self._table.query(\n"
                "            _IN_PARTITION, partition, Heard,\n"
                "            is_projected=True, is_consistent=False,\n"
                "        )",
            ),
        ),
        "tests/actions/test_interleavings.py"
        "::test_whoever_hears_a_room_hears_it_though_eventual_reads_know_nothing",
    ),
    Bug(
        8,
        "the backlog is read before registering",
        (
            (
                f"{ACTIONS}/join_room.py",
                "    app.connections.register(room_id, listener, connected_at + ROOM_ROW_MS)\n",
                "",
            ),
            (
                f"{ACTIONS}/join_room.py",
                "        joined = _joined(app, room, position, run, attendance)\n",
                "        joined = _joined(app, room, position, run, attendance)\n"
                "        app.connections.register(room_id, listener, connected_at + ROOM_ROW_MS)\n",
            ),
        ),
        "tests/actions/test_interleavings.py"
        "::test_what_is_said_while_somebody_joins_is_heard_or_in_the_answer",
    ),
    Bug(
        9,
        "a 410 ends the loop",
        (
            (
                f"{ADAPTERS}/aws/fan_out/call.py",
                "            self.tally.gone.append(name)\n",
                "            self.tally.gone.append(name)\n            self._until = 0.0\n",
            ),
        ),
        "tests/adapters/test_fan_out.py::test_who_is_gone_is_told_and_the_others_have_it",
    ),
    Bug(
        10,
        "two sends in flight",
        (
            (
                f"{CLIENT}/sender.ts",
                "    if (this.#flights.has(roomId) || this.#pauses.has(roomId)) return;\n"
                "    const item = this.#book.next(roomId);\n",
                "    const flying = this.#flights.get(roomId)?.clientMessageId;\n"
                "    const item = this.#book.items.find(\n"
                "      (each) =>\n"
                "        each.roomId === roomId &&\n"
                "        each.clientMessageId !== flying &&\n"
                '        (each.state === "pending" || each.state === "sending"),\n'
                "    );\n",
            ),
        ),
        f"{CLIENT}/sender.spec.ts",
    ),
    Bug(
        11,
        "the epoch is ignored after a restore",
        (
            (
                f"{ACTIONS}/append.py",
                " or app.epoch(run.entries[0].room_key) != position.epoch:\n",
                ":\n",
            ),
        ),
        "tests/actions/test_append.py::test_a_position_that_the_log_does_not_prove_is_refused",
    ),
    Bug(
        12,
        "the local store does not sync: it keeps nothing on the disk",
        (
            (
                "local_cloud/engines.py",
                'command if database is None else (*command, "--db-path", str(database))',
                "command",
            ),
        ),
        "tests/durability/test_kills.py::test_nothing_acknowledged_is_lost_by_killing_the_store",
    ),
    Bug(
        13,
        "the member row is read before the Query",
        (
            (
                f"{ACTIONS}/append.py",
                "    author = app.members.find(operation.room_id, operation.author_id)\n    said",
                "    said",
            ),
            (
                f"{ACTIONS}/append.py",
                "    run = app.log.read_run(\n        operation.room_id,\n        position.seq,\n",
                "    author = app.members.find(operation.room_id, operation.author_id)\n"
                "    run = app.log.read_run(\n        operation.room_id,\n        position.seq,\n",
            ),
        ),
        "tests/actions/test_interleavings.py::test_who_is_removed_at_any_moment_says_nothing_more",
    ),
    Bug(
        14,
        "a deleted message's slot is deleted",
        (
            (
                f"{ADAPTERS}/lean/messages.py",
                'parts.append(("Update", slot))',
                'parts.append(("Delete", self._tables.log.deleting(key)))',
            ),
        ),
        "tests/actions/test_change_message.py::test_a_deleted_message_is_blank_on_every_page",
    ),
    Bug(
        15,
        "read position: the last write wins",
        (
            (
                f"{ADAPTERS}/lean/members.py",
                '                "#rs < :seq",\n',
                '                "attribute_exists(#rs)",\n',
            ),
        ),
        "tests/contracts/test_members.py::test_the_read_position_only_rises",
    ),
    Bug(
        16,
        "the rate limit counts failures only",
        (
            (
                f"{DOMAIN}/rate_limit.py",
                "        bucket.tokens -= 1\n",
                "",
            ),
            (
                f"{DOMAIN}/rate_limit.py",
                "        if bucket.tokens < 1:\n",
                "        if bucket.tokens < 1:\n            bucket.tokens -= 1\n",
            ),
        ),
        "tests/domain/test_rate_limit.py::test_a_burst_is_let_through_and_the_next_waits",
    ),
    Bug(
        17,
        "the fan-out goes to a removed member",
        (
            (
                f"{ADAPTERS}/dynamodb/members.py",
                "                transaction.save("
                "ListenerRow.of(tombstone_item(room_id, user_id, tombstone_until)))\n",
                "",
            ),
            (
                f"{ADAPTERS}/dynamodb/members.py",
                'items = ["member", "membership", "tombstone", "left", "room"]',
                'items = ["member", "membership", "left", "room"]',
            ),
            (
                f"{ADAPTERS}/lean/members.py",
                '            "tombstone": ("Put", connections.putting(tombstone)),\n',
                "",
            ),
            (
                f"{ACTIONS}/end_membership.py",
                "        app.connections.unregister(ending.room_id, connection.id)\n",
                "        continue\n",
            ),
        ),
        "tests/actions/test_end_membership.py"
        "::test_who_is_removed_hears_nothing_more_on_any_device",
    ),
    Bug(
        18,
        "the client applies beyond a hole",
        (
            (
                f"{CLIENT}/roomLog.ts",
                "      if (event.seq === this.#applied + 1) this.#apply(event, run);\n",
                "      if (event.seq > this.#applied) this.#apply(event, run);\n",
            ),
        ),
        f"{CLIENT}/roomLog.spec.ts",
    ),
    Bug(
        19,
        "a position is believed without its slot",
        (
            (
                f"{ACTIONS}/append.py",
                "    if not run.entries or run.is_cut or",
                "    import dataclasses\n\n"
                "    if not run.entries:\n"
                "        believed = app.log.newest(operation.room_id)\n"
                "        run = dataclasses.replace(\n"
                "            run, entries=(dataclasses.replace(believed, seq=position.seq),)\n"
                "        )\n"
                "    if run.is_cut or",
            ),
        ),
        "tests/actions/test_append.py::test_a_position_that_the_log_does_not_prove_is_refused",
    ),
    Bug(
        20,
        "the appender takes the highest slot of a torn Query",
        (
            (
                f"{ADAPTERS}/lean/log.py",
                "            if int(slot.seq) != from_seq + len(entries):\n"
                "                break  # a hole: the Query saw slot n + 1 without slot n\n",
                "",
            ),
        ),
        "tests/contracts/test_log.py::test_a_torn_query_ends_the_run_at_the_hole",
    ),
    Bug(
        21,
        "the fan-out ignores a removal's tombstone",
        (
            (
                f"{ADAPTERS}/items/connections.py",
                " if row.u is not None and row.u.S not in removed]\n",
                " if row.u is not None]\n",
            ),
        ),
        "tests/contracts/test_members.py"
        "::test_a_removed_member_hears_nothing_more_until_admitted_again",
    ),
    Bug(
        22,
        "a page does not say that it holds a reaction",
        (
            (
                f"{DOMAIN}/message.py",
                "    later = replace(standing, changed_seq=entry.seq)\n",
                '    is_reaction = entry.kind.startswith("reaction")\n'
                "    seq = standing.changed_seq if is_reaction else entry.seq\n"
                "    later = replace(standing, changed_seq=seq)\n",
            ),
        ),
        "tests/properties/test_replay.py::test_a_page_says_which_entries_it_already_holds",
    ),
)
