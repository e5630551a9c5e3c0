"""What does the core need from the world? One Protocol a port; `adapters` makes them real.

Method names have fixed meanings: `get` returns or raises NotFound, `find` returns or gives None,
`page` returns one page and a cursor, `put_if_absent` tells whether it was absent. Reads on the way
of a message are strongly consistent; where a port may answer late, its docstring says so.
"""

from teahouse.ports.accounts import Accounts, Passwords, Proofs, Tokens
from teahouse.ports.connections import Broadcaster, Connections
from teahouse.ports.moderation import Moderation
from teahouse.ports.notifications import Notifications
from teahouse.ports.reading import OutcomeUnknown, Page, Run, SlotTaken
from teahouse.ports.rooms import Members, Messages, RoomLog, Rooms
from teahouse.ports.safety import Safety
from teahouse.ports.surroundings import Clock, Ids
from teahouse.ports.uploads import ObjectStore, Pictures, Uploads

__all__ = [
    "Accounts",
    "Broadcaster",
    "Clock",
    "Connections",
    "Ids",
    "Members",
    "Messages",
    "Moderation",
    "Notifications",
    "ObjectStore",
    "OutcomeUnknown",
    "Page",
    "Passwords",
    "Pictures",
    "Proofs",
    "RoomLog",
    "Rooms",
    "Run",
    "Safety",
    "SlotTaken",
    "Tokens",
    "Uploads",
]
