// How does a program without a browser take part? It enters as a guest, says hello in the lobby,
// shows what is said there for a while, and leaves.
//
//     node --experimental-websocket examples/guest.js [http://localhost:8787] [seconds]

import {
  MemoryOutbox,
  pagesApi,
  RestClient,
  TeahouseClient,
} from "@teahouse/client";

const [origin = "http://localhost:8787", seconds = "10"] =
  process.argv.slice(2);

// `tokens: true` asks for tokens in place of the cookie that a browser would keep.
let session = await new RestClient({ origin }).call("POST", "/api/guests", {
  body: { nickname: "A program", tokens: true },
});

async function renewSession() {
  try {
    session = await new RestClient({ origin }).call(
      "POST",
      "/api/sessions/renew",
      {
        body: { refreshToken: session.refreshToken },
      },
    );
    return true;
  } catch (error) {
    if (error.code === "not_signed_in") return false;
    throw error;
  }
}

const rest = new RestClient({
  origin,
  accessToken: () => session.accessToken,
  renewSession,
});
const client = new TeahouseClient({
  url: `${origin.replace(/^http/, "ws")}/ws`,
  api: pagesApi(rest),
  outbox: new MemoryOutbox(),
  ticket: async () =>
    (await rest.call("POST", "/api/tickets", { body: {} })).ticket,
  renewSession,
});

/** Names by id, as the answers mention them. */
const names = {};
const remember = (users) => {
  for (const user of Object.values(users)) names[user.id] = user.displayName;
};
const show = ({ by, text }) => console.log(`${names[by] ?? by}: ${text}`);

client.on("state", ({ state }) => console.log(`(${state})`));
client.on("reset", ({ snapshot }) => {
  remember(snapshot.users);
  snapshot.messages.forEach(show);
});
client.on("events", ({ events, users }) => {
  remember(users);
  for (const event of events) if (event.kind === "messageSent") show(event);
});
client.on("signedOut", ({ message }) => console.log(message));

client.connect();
client.joinRoom("lobby");
client.send("lobby", "Hello from a program!");
setTimeout(() => client.close(), Number(seconds) * 1000);
