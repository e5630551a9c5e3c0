// Node's socket.io as it is usually written: a message is inserted, then emitted to its room.
//
//     node node_server.cjs PORT DATABASE
//
// Run in a folder of its own, which holds nothing of this project. The insert is as durable as the
// local cloud's: on the disk before anybody hears of the message.

const { createRequire } = require("node:module");

const own = createRequire(`${process.cwd()}/`);
const { Server } = own("socket.io");
const Database = own("libsql");

const [port, database] = process.argv.slice(2);
const store = new Database(database);
store.exec("PRAGMA journal_mode=WAL");
store.exec("PRAGMA synchronous=FULL");
store.exec("CREATE TABLE messages (id INTEGER PRIMARY KEY, room TEXT, text TEXT)");
const insert = store.prepare("INSERT INTO messages (room, text) VALUES (?, ?)");

const io = new Server(Number(port), { serveClient: false });
io.on("connection", (socket) => {
  socket.on("join", (room) => {
    socket.join(room);
    socket.emit("joined", room);
  });
  socket.on("say", ({ room, text }) => {
    const added = insert.run(room, text);
    io.to(room).emit("said", { id: Number(added.lastInsertRowid), room, text });
  });
});
