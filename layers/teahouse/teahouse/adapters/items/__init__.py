"""Which keys and items do the tables hold? Written down once, for every adapter.

    LOG          room              seq            one immutable slot of a room's log

    ROOMS        pk                sk
                 R#<room>          ROOM           the room
                 R#<room>          SUMMARY        what a list shows of it; at most 1 KB
                 R#<room>          M#<user>       a member's row: role, profile, deciding slot
                 R#<room>          B#<user>       a ban: who made it, when
                 R#<room>          O#<user>#<op>  an operation without a position: its seq
                 N#<room>          <seq>          what has become of a message, if it was changed
                 N#<room>#<user>   <seq>#<emoji>  a person's reaction: the slot that put it
                 U#<user>          R#<room>       a person's list: role, read position
                 U#<user>          L#<room>       a room the person was in and has left
                 C#<code's hash>   CODE           where an invitation leads
                 PUBLIC            <time>#<room>  the public rooms
                 F#<upload>        UPLOAD         an upload, and the message that took it
                 F#<user>#         <upload>       a person's uploads
                 X#<user>          <user>         somebody of whom a person wants nothing
                 REPORTS           <report>       what was reported, in order of time
                 Q#<room>#<seq>    <user>         a person's one report of a message

    CONNECTIONS  pk                sk
                 R#<room>          <connection>   who hears the room: u (user), ttl
                 R#<room>          !<user>        tombstone of a removal: skip this person
                 C#<connection>    C              the connection, or the tombstone of its end
                 C#<connection>    R#<room>       the rooms it hears, to take back
                 U#<user>          <connection>   a person's connections

    ACCOUNTS     pk                sk
                 U#<user>          USER           the profile
                 U#<user>          S#<session>    a sign-in: hash of its secret, times
                 U#<user>          K#<key>        an API key: hash of its secret, scopes
                 U#<user>          ERASING        how far the erasing of the account has come
                 N#<user name>     NAME           lower-case name: user id, password hash,
                                                  hash of the recovery code
                 ADMINISTRATOR     FIRST          that there has been one, and who
                 T#<ticket's hash> TICKET         leave to open one socket
                 KEYS              <time>#<kid>   keys that sign access tokens

A <seq> in a key of ROOMS has 16 digits, so that keys sort as numbers do. `ttl` is in epoch seconds
and only reclaims space: DynamoDB deletes late, so every reader compares it with the clock. Log
slots have none. A row of a room's listeners stays under 100 bytes, so that 40 of them are one read
unit of 4 KB.

An item is a struct whose fields are the attributes, the two of its key first. What DynamoDB's JSON
wraps, it wraps: `{"S": "text"}`, `{"N": "12"}`.
"""
