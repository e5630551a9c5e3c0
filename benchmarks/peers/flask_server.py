"""Flask-SocketIO as it is usually written: a message is inserted, then emitted to its room.

    python flask_server.py threading|gevent PORT DATABASE

Run by an environment of its own, which holds nothing of this project. The insert is as durable as
the local cloud's: on the disk before anybody hears of the message.
"""

# mypy: ignore-errors

import sys

mode, port, database = sys.argv[1], int(sys.argv[2]), sys.argv[3]
if mode == "gevent":
    from gevent import monkey

    monkey.patch_all()

import logging  # noqa: E402
import sqlite3  # noqa: E402
import threading  # noqa: E402

from flask import Flask  # noqa: E402
from flask_socketio import SocketIO, emit, join_room  # noqa: E402

logging.getLogger("werkzeug").setLevel(logging.ERROR)
app = Flask(__name__)
socketio = SocketIO(app, async_mode=mode, cors_allowed_origins="*")
store = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
store.execute("PRAGMA journal_mode=WAL")
store.execute("PRAGMA synchronous=FULL")
store.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, room TEXT, text TEXT)")
one_at_a_time = threading.Lock()


@socketio.on("join")
def join(room):
    """Let a connection hear a room."""
    join_room(room)
    emit("joined", room)


@socketio.on("say")
def say(message):
    """Keep a message, and tell everybody in its room."""
    room, text = message["room"], message["text"]
    with one_at_a_time:
        added = store.execute("INSERT INTO messages (room, text) VALUES (?, ?)", (room, text))
    emit("said", {"id": added.lastrowid, "room": room, "text": text}, to=room)


socketio.run(app, host="127.0.0.1", port=port, allow_unsafe_werkzeug=mode == "threading")
