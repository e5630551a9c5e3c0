"""Routes of rooms, their members and their invitation codes."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET
from pydantic import Field, model_validator
from teahouse.actions.accept_invitation import accept_invitation
from teahouse.actions.ban_member import ban_member
from teahouse.actions.change_role import change_role
from teahouse.actions.change_room import change_room
from teahouse.actions.close_room import close_room
from teahouse.actions.leave_room import leave_room
from teahouse.actions.lift_ban import lift_ban
from teahouse.actions.list_bans import list_bans
from teahouse.actions.list_members import list_members
from teahouse.actions.list_people import list_people
from teahouse.actions.list_public_rooms import list_public_rooms
from teahouse.actions.list_rooms import list_rooms
from teahouse.actions.mute_member import mute_member
from teahouse.actions.open_direct_room import open_direct_room
from teahouse.actions.open_room import open_room
from teahouse.actions.preview_invitation import preview_invitation
from teahouse.actions.remove_member import remove_member
from teahouse.actions.renew_code import renew_code
from teahouse.actions.show_room import show_room
from teahouse.edge.params import CursorParam, NameParam, YesParam
from teahouse.edge.rates import (
    JOIN_BY_USER,
    LIST_PEOPLE_BY_USER,
    MODERATE_BY_USER,
    OPEN_ROOM_BY_USER,
    PREVIEW_BY_ADDRESS,
)
from teahouse.edge.rest import Api, Body, BodyId, PathId, Response
from teahouse.protocol.pages import (
    BansPage,
    CodeAnswer,
    InvitationAnswer,
    MembersPage,
    PeoplePage,
    RoomAnswer,
    RoomsPage,
)
from teahouse.protocol.views import wire_invited_room, wire_users

api = Api()
lambda_handler = api.handler


AvatarId = Annotated[str, Field(max_length=64)]


class OpenRoom(Body):
    """A room to be."""

    name: str
    description: str = ""
    kind: Literal["private", "public"] = "private"
    avatar: AvatarId | None = None


class OpenDirectRoom(Body):
    """Whom to talk to."""

    user_id: BodyId


class AcceptInvitation(Body):
    """A code that leads to a room."""

    code: str


class ChangeRoom(Body):
    """What is to be otherwise; what is left out stays."""

    name: str | None = None
    description: str | None = None
    kind: Literal["private", "public"] | None = None
    avatar: AvatarId | None = None


class ChangeMember(Body):
    """What a member may do: one of the two. `mutedUntil: null` lets somebody write again."""

    role: Literal["owner", "moderator", "member"] | None = None
    muted_until: Annotated[int, Field(ge=0, le=2**53 - 1)] | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> ChangeMember:
        said = self.model_fields_set
        if len(said) != 1 or ("role" in said and self.role is None):
            raise ValueError("either `role` or `mutedUntil`")
        return self


@api.get("/api/rooms")
def get_rooms(cursor: CursorParam = None) -> Response[str]:
    """List my rooms, most recent first."""
    page = list_rooms(api.app, api.caller().user_id, cursor=cursor)
    return api.answer(200, RoomsPage(rooms=list(page.items), next=page.cursor or UNSET))


@api.get("/api/rooms/public")
def get_public_rooms(cursor: CursorParam = None) -> Response[str]:
    """List the rooms that anybody may enter."""
    page = list_public_rooms(api.app, api.caller().user_id, cursor=cursor)
    return api.answer(200, RoomsPage(rooms=list(page.items), next=page.cursor or UNSET))


@api.post("/api/rooms")
def create_room(body: OpenRoom) -> Response[str]:
    """Open a room."""
    caller = api.caller()
    api.limit("open room", caller.user_id, OPEN_ROOM_BY_USER)
    room = open_room(
        api.app,
        owner_id=caller.user_id,
        name=body.name,
        description=body.description,
        kind=body.kind,
        avatar=body.avatar,
    )
    return api.answer(201, RoomAnswer(room=room))


@api.post("/api/direct-rooms")
def create_direct_room(body: OpenDirectRoom) -> Response[str]:
    """Open the room of two people; 200 if it is there."""
    caller = api.caller()
    api.limit("join", caller.user_id, JOIN_BY_USER)
    room, is_new = open_direct_room(api.app, by_id=caller.user_id, user_id=body.user_id)
    return api.answer(201 if is_new else 200, RoomAnswer(room=room))


@api.get("/api/rooms/<room_id>")
def get_room(room_id: PathId) -> Response[str]:
    """Show one of my rooms."""
    room = show_room(api.app, user_id=api.caller().user_id, room_id=room_id)
    return api.answer(200, RoomAnswer(room=room))


@api.patch("/api/rooms/<room_id>")
def patch_room(room_id: PathId, body: ChangeRoom) -> Response[str]:
    """Call, describe or show a room otherwise, or make it private or public."""
    caller = api.caller()
    api.limit("moderate", caller.user_id, MODERATE_BY_USER)
    room = change_room(
        api.app,
        by_id=caller.user_id,
        room_id=room_id,
        name=body.name,
        description=body.description,
        kind=body.kind,
        avatar=body.avatar,
    )
    return api.answer(200, RoomAnswer(room=room))


@api.delete("/api/rooms/<room_id>")
def delete_room(room_id: PathId) -> Response[str]:
    """Close a room; its history stays readable."""
    caller = api.caller()
    api.limit("moderate", caller.user_id, MODERATE_BY_USER)
    close_room(api.app, by_id=caller.user_id, room_id=room_id)
    return api.answer(204)


@api.post("/api/rooms/<room_id>/code")
def create_code(room_id: PathId) -> Response[str]:
    """Give a room a new invitation code."""
    caller = api.caller()
    api.limit("moderate", caller.user_id, MODERATE_BY_USER)
    code = renew_code(api.app, user_id=caller.user_id, room_id=room_id)
    return api.answer(201, CodeAnswer(code=code))


@api.get("/api/invitations/<code>", needs="nothing")
def get_invitation(code: PathId) -> Response[str]:
    """Show what one is about to join; who follows a link need not be signed in yet."""
    api.limit_address("preview invitation", PREVIEW_BY_ADDRESS)
    room = preview_invitation(api.app, code=code)
    return api.answer(200, InvitationAnswer(room=wire_invited_room(room)))


@api.post("/api/memberships")
def create_membership(body: AcceptInvitation) -> Response[str]:
    """Become a member by a code."""
    caller = api.caller()
    api.limit("join", caller.user_id, JOIN_BY_USER)
    room, is_new = accept_invitation(api.app, user_id=caller.user_id, code=body.code)
    return api.answer(201 if is_new else 200, RoomAnswer(room=room))


@api.get("/api/rooms/<room_id>/members")
def get_members(room_id: PathId, cursor: CursorParam = None) -> Response[str]:
    """List who is in a room."""
    page = list_members(api.app, user_id=api.caller().user_id, room_id=room_id, cursor=cursor)
    return api.answer(200, MembersPage(members=list(page.items), next=page.cursor or UNSET))


@api.patch("/api/rooms/<room_id>/members/<user_id>")
def change_member(room_id: PathId, user_id: PathId, body: ChangeMember) -> Response[str]:
    """Change a member's role, or mute somebody; one's own id may be `me`."""
    caller = api.caller()
    api.limit("moderate", caller.user_id, MODERATE_BY_USER)
    whom = caller.user_id if user_id == "me" else user_id
    if body.role is not None:
        change_role(api.app, by_id=caller.user_id, room_id=room_id, user_id=whom, role=body.role)
    else:
        until = body.muted_until
        mute_member(api.app, by_id=caller.user_id, room_id=room_id, user_id=whom, until=until)
    return api.answer(204)


@api.delete("/api/rooms/<room_id>/members/<user_id>")
def delete_member(room_id: PathId, user_id: PathId) -> Response[str]:
    """Leave (`me`), or remove somebody."""
    caller = api.caller()
    api.limit("moderate", caller.user_id, MODERATE_BY_USER)
    if user_id in ("me", caller.user_id):
        leave_room(api.app, user_id=caller.user_id, room_id=room_id)
    else:
        remove_member(api.app, by_id=caller.user_id, room_id=room_id, user_id=user_id)
    return api.answer(204)


@api.get("/api/rooms/<room_id>/bans")
def get_bans(room_id: PathId, cursor: CursorParam = None) -> Response[str]:
    """List who is banned, for who keeps order here."""
    page = list_bans(api.app, user_id=api.caller().user_id, room_id=room_id, cursor=cursor)
    return api.answer(200, BansPage(bans=list(page.items), next=page.cursor or UNSET))


@api.put("/api/rooms/<room_id>/bans/<user_id>")
def put_ban(room_id: PathId, user_id: PathId) -> Response[str]:
    """Ban somebody, who is removed too; once more changes nothing."""
    caller = api.caller()
    api.limit("moderate", caller.user_id, MODERATE_BY_USER)
    ban_member(api.app, by_id=caller.user_id, room_id=room_id, user_id=user_id)
    return api.answer(204)


@api.delete("/api/rooms/<room_id>/bans/<user_id>")
def delete_ban(room_id: PathId, user_id: PathId) -> Response[str]:
    """Lift a ban, if there is one."""
    caller = api.caller()
    api.limit("moderate", caller.user_id, MODERATE_BY_USER)
    lift_ban(api.app, by_id=caller.user_id, room_id=room_id, user_id=user_id)
    return api.answer(204)


@api.get("/api/users")
def get_users(
    query: NameParam = None, online: YesParam = False, cursor: CursorParam = None
) -> Response[str]:
    """List whom I share a room with, of a name or online, 50 rooms a page; administrators: all."""
    caller = api.caller()
    api.limit("list people", caller.user_id, LIST_PEOPLE_BY_USER)
    page = list_people(
        api.app, user_id=caller.user_id, query=query, is_online=online, cursor=cursor
    )
    users = wire_users({user.id: user for user in page.items})
    return api.answer(200, PeoplePage(users=users, next=page.cursor or UNSET))
