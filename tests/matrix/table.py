"""What does the contract allow? One line an action, one column a kind of person, one table a state.

Each letter is what somebody gets who asks, by REST or on the socket:

    +  it is done          M  `muted`            C  `room_closed`
    F  `forbidden`         N  `not_found`        S  `not_signed_in`
    K  `conflict`          X  `not_a_member`, what the socket says for `not_found`

Kinds of people: owner, moderator, member, muted member, who is banned, who was removed, a stranger
with an account, a guest who is a stranger, one whose session was ended, and a program with a key of
the owner's that may only read. Who was signed out is not asked on the socket: there is none (`-`).
"""

from __future__ import annotations

PEOPLE = (
    "owner", "moderator", "member", "muted", "banned", "removed", "stranger", "guest", "revoked",
    "reader",
)  # fmt: skip
EXPECTED = {
    "+": None,
    "M": "muted",
    "C": "room_closed",
    "F": "forbidden",
    "N": "not_found",
    "S": "not_signed_in",
    "K": "conflict",
    "X": "not_a_member",
    "-": None,
}

#                      owner mod memb muted banned removed stranger guest revoked reader
PRIVATE = """
    read the room        +    +    +    +     N      N        N       N     S     +
    read its events      +    +    +    +     N      N        N       N     S     +
    read its messages    +    +    +    +     N      N        N       N     S     +
    list its members     +    +    +    +     N      N        N       N     S     +
    say something        +    +    +    M     N      N        N       N     S     F
    rename it            +    +    F    F     N      N        N       N     S     F
    make it public       +    F    F    F     N      N        N       N     S     F
    renew its code       +    +    F    F     N      N        N       N     S     F
    list its bans        +    +    F    F     N      N        N       N     S     +
    name a moderator     +    F    F    F     N      N        N       N     S     F
    mute a member        +    +    F    F     N      N        N       N     S     F
    mute a moderator     F    F    F    F     N      N        N       N     S     F
    remove a member      +    +    F    F     N      N        N       N     S     F
    remove a moderator   +    F    F    F     N      N        N       N     S     F
    remove the owner     F    F    F    F     N      N        N       N     S     F
    ban a member         +    +    F    F     N      N        N       N     S     F
    ban a moderator      +    F    F    F     N      N        N       N     S     F
    ban the owner        F    F    F    F     N      N        N       N     S     F
    lift a ban           +    +    F    F     N      N        N       N     S     F
    leave                F    +    +    +     N      N        N       N     S     F
    close it             +    F    F    F     N      N        N       N     S     F
"""

CLOSED = """
    read the room        +    +    +    +     N      N        N       N     S     +
    read its events      +    +    +    +     N      N        N       N     S     +
    read its messages    +    +    +    +     N      N        N       N     S     +
    list its members     +    +    +    +     N      N        N       N     S     +
    say something        C    C    C    M     N      N        N       N     S     F
    rename it            C    C    F    F     N      N        N       N     S     F
    make it public       C    C    F    F     N      N        N       N     S     F
    renew its code       C    C    F    F     N      N        N       N     S     F
    list its bans        +    +    F    F     N      N        N       N     S     +
    name a moderator     C    F    F    F     N      N        N       N     S     F
    mute a member        C    C    F    F     N      N        N       N     S     F
    remove a member      C    C    F    F     N      N        N       N     S     F
    ban a member         C    C    F    F     N      N        N       N     S     F
    leave                +    +    +    +     N      N        N       N     S     F
    close it             +    F    F    F     N      N        N       N     S     F
"""

# Ids that lead nowhere, or elsewhere, are all one: as if there were nothing.
FORGED = """
    read the room        N    N    N    N     N      N        N       N     S     N
    read its events      N    N    N    N     N      N        N       N     S     N
    read its messages    N    N    N    N     N      N        N       N     S     N
    list its members     N    N    N    N     N      N        N       N     S     N
    say something        N    N    N    N     N      N        N       N     S     F
    rename it            N    N    N    N     N      N        N       N     S     F
    renew its code       N    N    N    N     N      N        N       N     S     F
    list its bans        N    N    N    N     N      N        N       N     S     N
    name a moderator     N    N    N    N     N      N        N       N     S     F
    mute a member        N    N    N    N     N      N        N       N     S     F
    remove a member      N    N    N    N     N      N        N       N     S     F
    ban a member         N    N    N    N     N      N        N       N     S     F
    lift a ban           N    N    N    N     N      N        N       N     S     F
    leave                N    N    N    N     N      N        N       N     S     F
    close it             N    N    N    N     N      N        N       N     S     F
"""

PUBLIC = """
    read the room        +    +    +    +     N      N        N       N     S     +
    read its events      +    +    +    +     N      N        N       N     S     +
    read its messages    +    +    +    +     N      N        N       N     S     +
    list its members     +    +    +    +     N      N        N       N     S     +
    say something        +    +    +    M     N      N        N       N     S     F
    renew its code       K    K    F    F     N      N        N       N     S     F
    remove a member      +    +    F    F     N      N        N       N     S     F
    ban a member         +    +    F    F     N      N        N       N     S     F
    close it             +    F    F    F     N      N        N       N     S     F
"""

# On the socket. What is edited, liked and taken back was said by another member.
ON_THE_SOCKET = """
    hear it              +    +    +    +     X      X        X       X     -     +
    speak                +    +    +    M     X      X        X       X     -     F
    edit                 F    F    F    M     X      X        X       X     -     F
    take back            +    +    F    F     X      X        X       X     -     F
    like                 +    +    +    M     X      X        X       X     -     F
    mark read            +    +    +    +     X      X        X       X     -     F
    be seen to write     +    +    +    +     X      X        X       X     -     F
"""
OPEN_TO_ALL = """
    hear it              +    +    +    +     F      +        +       +     -     +
    speak                +    +    +    M     X      X        X       X     -     F
    like                 +    +    +    M     X      X        X       X     -     F
    mark read            +    +    +    +     X      X        X       X     -     F
    be seen to write     +    +    +    +     X      X        X       X     -     F
"""
CLOSED_ON_THE_SOCKET = """
    hear it              +    +    +    +     X      X        X       X     -     +
    speak                C    C    C    M     X      X        X       X     -     F
    edit                 C    C    C    M     X      X        X       X     -     F
    take back            C    C    C    C     X      X        X       X     -     F
    like                 C    C    C    M     X      X        X       X     -     F
    mark read            +    +    +    +     X      X        X       X     -     F
"""
FORGED_ON_THE_SOCKET = """
    hear it              X    X    X    X     X      X        X       X     -     X
    speak                X    X    X    X     X      X        X       X     -     F
    edit                 X    X    X    X     X      X        X       X     -     F
    take back            X    X    X    X     X      X        X       X     -     F
    like                 X    X    X    X     X      X        X       X     -     F
    mark read            X    X    X    X     X      X        X       X     -     F
    be seen to write     X    X    X    X     X      X        X       X     -     F
"""

# Of the owner and the member `another`: it has no owner, no code and no name of its own.
DIRECT = """
    read the room        +    N    N    N     N      N        N       N     S     +
    read its events      +    N    N    N     N      N        N       N     S     +
    read its messages    +    N    N    N     N      N        N       N     S     +
    list its members     +    N    N    N     N      N        N       N     S     +
    say something        +    N    N    N     N      N        N       N     S     F
    rename it            F    N    N    N     N      N        N       N     S     F
    make it public       F    N    N    N     N      N        N       N     S     F
    renew its code       F    N    N    N     N      N        N       N     S     F
    list its bans        F    N    N    N     N      N        N       N     S     F
    name a moderator     F    N    N    N     N      N        N       N     S     F
    mute a member        F    N    N    N     N      N        N       N     S     F
    remove a member      F    N    N    N     N      N        N       N     S     F
    ban a member         F    N    N    N     N      N        N       N     S     F
    lift a ban           F    N    N    N     N      N        N       N     S     F
    leave                +    N    N    N     N      N        N       N     S     F
    close it             F    N    N    N     N      N        N       N     S     F
"""
DIRECT_ON_THE_SOCKET = """
    hear it              +    X    X    X     X      X        X       X     -     +
    speak                +    X    X    X     X      X        X       X     -     F
    edit                 F    X    X    X     X      X        X       X     -     F
    take back            F    X    X    X     X      X        X       X     -     F
    like                 +    X    X    X     X      X        X       X     -     F
    mark read            +    X    X    X     X      X        X       X     -     F
    be seen to write     +    X    X    X     X      X        X       X     -     F
"""

STATES = {
    "a private room": PRIVATE + ON_THE_SOCKET,
    "a public room": PUBLIC + OPEN_TO_ALL,
    "a direct room": DIRECT + DIRECT_ON_THE_SOCKET,
    "a closed room": CLOSED + CLOSED_ON_THE_SOCKET,
    "a room that is not there": FORGED + FORGED_ON_THE_SOCKET,
    "somebody else's room": FORGED + FORGED_ON_THE_SOCKET,
}


def cells() -> list[tuple[str, str, str, str]]:
    """List state, action, person and what is expected, cell by cell."""
    found = []
    for state, table in STATES.items():
        for line in filter(str.strip, table.splitlines()):
            words = line.split()
            action, letters = " ".join(words[: -len(PEOPLE)]), words[-len(PEOPLE) :]
            cells_of = zip(PEOPLE, letters, strict=True)
            found += [(state, action, who, x) for who, x in cells_of if x != "-"]
    return found
