"""What does the contract allow? One line an action, one column a kind of person, one table a state.

Each letter is what somebody gets who asks by REST:

    +  it is done          M  `muted`            C  `room_closed`
    F  `forbidden`         N  `not_found`        S  `not_signed_in`

Kinds of people: owner, moderator, member, muted member, who is banned, who was removed, a stranger
with an account, a guest who is a stranger, and one whose session was ended.
"""

from __future__ import annotations

PEOPLE = (
    "owner", "moderator", "member", "muted", "banned", "removed", "stranger", "guest", "revoked",
)  # fmt: skip
EXPECTED = {
    "+": None,
    "M": "muted",
    "C": "room_closed",
    "F": "forbidden",
    "N": "not_found",
    "S": "not_signed_in",
}

#                      owner mod memb muted banned removed stranger guest revoked
PRIVATE = """
    read the room        +    +    +    +     N      N        N       N     S
    read its events      +    +    +    +     N      N        N       N     S
    read its messages    +    +    +    +     N      N        N       N     S
    list its members     +    +    +    +     N      N        N       N     S
    say something        +    +    +    M     N      N        N       N     S
    rename it            +    +    F    F     N      N        N       N     S
    make it public       +    F    F    F     N      N        N       N     S
    renew its code       +    +    F    F     N      N        N       N     S
    list its bans        +    +    F    F     N      N        N       N     S
    name a moderator     +    F    F    F     N      N        N       N     S
    mute a member        +    +    F    F     N      N        N       N     S
    mute a moderator     F    F    F    F     N      N        N       N     S
    remove a member      +    +    F    F     N      N        N       N     S
    remove a moderator   +    F    F    F     N      N        N       N     S
    remove the owner     F    F    F    F     N      N        N       N     S
    ban a member         +    +    F    F     N      N        N       N     S
    ban a moderator      +    F    F    F     N      N        N       N     S
    ban the owner        F    F    F    F     N      N        N       N     S
    lift a ban           +    +    F    F     N      N        N       N     S
    leave                F    +    +    +     N      N        N       N     S
    close it             +    F    F    F     N      N        N       N     S
"""

CLOSED = """
    read the room        +    +    +    +     N      N        N       N     S
    read its events      +    +    +    +     N      N        N       N     S
    read its messages    +    +    +    +     N      N        N       N     S
    list its members     +    +    +    +     N      N        N       N     S
    say something        C    C    C    M     N      N        N       N     S
    rename it            C    C    F    F     N      N        N       N     S
    make it public       C    C    F    F     N      N        N       N     S
    renew its code       C    C    F    F     N      N        N       N     S
    list its bans        +    +    F    F     N      N        N       N     S
    name a moderator     C    F    F    F     N      N        N       N     S
    mute a member        C    C    F    F     N      N        N       N     S
    remove a member      C    C    F    F     N      N        N       N     S
    ban a member         C    C    F    F     N      N        N       N     S
    leave                +    +    +    +     N      N        N       N     S
    close it             +    F    F    F     N      N        N       N     S
"""

# Ids that lead nowhere, or elsewhere, are all one: as if there were nothing.
FORGED = """
    read the room        N    N    N    N     N      N        N       N     S
    read its events      N    N    N    N     N      N        N       N     S
    read its messages    N    N    N    N     N      N        N       N     S
    list its members     N    N    N    N     N      N        N       N     S
    say something        N    N    N    N     N      N        N       N     S
    rename it            N    N    N    N     N      N        N       N     S
    renew its code       N    N    N    N     N      N        N       N     S
    list its bans        N    N    N    N     N      N        N       N     S
    name a moderator     N    N    N    N     N      N        N       N     S
    mute a member        N    N    N    N     N      N        N       N     S
    remove a member      N    N    N    N     N      N        N       N     S
    ban a member         N    N    N    N     N      N        N       N     S
    lift a ban           N    N    N    N     N      N        N       N     S
    leave                N    N    N    N     N      N        N       N     S
    close it             N    N    N    N     N      N        N       N     S
"""

STATES = {
    "a private room": PRIVATE,
    "a closed room": CLOSED,
    "a room that is not there": FORGED,
    "somebody else's room": FORGED,
}


def cells() -> list[tuple[str, str, str, str]]:
    """List state, action, person and what is expected, cell by cell."""
    found = []
    for state, table in STATES.items():
        for line in table.strip().splitlines():
            words = line.split()
            action, letters = " ".join(words[: -len(PEOPLE)]), words[-len(PEOPLE) :]
            found += [(state, action, who, x) for who, x in zip(PEOPLE, letters, strict=True)]
    return found
