// A server inside the page: one room, as much said in it as is asked for, and more on command.

(() => {
  const names = ["Ann", "Ben", "小明"];
  const users = Object.fromEntries(
    names.map((displayName, number) => [
      `u${number}`,
      {
        id: `u${number}`,
        displayName,
        color: "#0f766e",
        avatarUrl: null,
        kind: "account",
        username: `user-${number}`,
      },
    ]),
  );
  const words = [
    "tea is ready",
    "八十度，两分钟",
    "which one? the green one, or the one from last week",
    "🍵",
  ];
  const begun = Date.now() - 86_400_000;
  const seqOf = (number) => number + 1;
  // What was said is made anew from its number: kept, it would count as the page's memory.
  let saidCount = 0;
  const told = (number) => ({
    number,
    by: `u${Math.floor(number / 3) % 3}`,
    text: `${words[number % words.length]} ${number}`,
    at: begun + number * 1000,
  });
  const toldBetween = (after, last) =>
    Array.from({ length: Math.max(0, last - after) }, (_, index) =>
      told(after + 1 + index),
    );

  const message = ({ number, by, text, at }) => ({
    seq: seqOf(number),
    by,
    text,
    attachments: [],
    sentAt: at,
    reactions: [],
    version: 1,
    number,
    changedSeq: seqOf(number),
  });
  const event = ({ number, by, text, at }) => ({
    kind: "messageSent",
    seq: seqOf(number),
    by,
    at,
    text,
    clientMessageId: `id-${number}`,
    number,
    attachments: [],
  });
  const head = () => saidCount + 1;
  const room = () => ({
    id: "den",
    name: "The den",
    description: "",
    kind: "private",
    avatarUrl: null,
    role: "member",
    memberCount: 3,
    countedSeq: 1,
    epoch: "e1",
    firstSeq: 1,
    head: head(),
    readSeq: head(),
    unread: 0,
  });

  function messagesPage(query) {
    const asked = (name) =>
      query.has(name) ? Number(query.get(name)) : undefined;
    const limit = asked("limit") ?? 50;
    const before = asked("before");
    const after = asked("after");
    const end = before === undefined ? saidCount : before - 2;
    const found =
      after === undefined
        ? toldBetween(Math.max(0, end - limit), end)
        : toldBetween(after - 1, Math.min(saidCount, after - 1 + limit));
    return { epoch: "e1", head: head(), messages: found.map(message), users };
  }

  const answers = [
    [/^\/api\/me$/, () => ({ user: users.u0 })],
    [/^\/api\/rooms$/, () => ({ rooms: [room()] })],
    [/^\/api\/rooms\/den\/messages$/, messagesPage],
    [
      /^\/api\/rooms\/den\/events$/,
      () => ({ epoch: "e1", firstSeq: 1, head: head(), events: [], users }),
    ],
  ];
  window.fetch = async (address) => {
    const { pathname, searchParams } = new URL(address, location.href);
    const answer = answers.find(([pattern]) => pattern.test(pathname))?.[1];
    return new Response(
      JSON.stringify(
        answer ? answer(searchParams) : { code: "not_found", message: "" },
      ),
      {
        status: answer ? 200 : 404,
      },
    );
  };

  let line;
  window.WebSocket = class {
    constructor() {
      line = this;
      setTimeout(() => this.onopen?.());
    }
    send(text) {
      const { action, id: re } = JSON.parse(text);
      const position = {
        roomId: "den",
        epoch: "e1",
        firstSeq: 1,
        head: head(),
      };
      const answer = {
        hello: {
          type: "welcome",
          user: users.u0,
          rooms: [room()],
          more: false,
          now: Date.now(),
          unreadNotifications: 0,
          pingS: 30,
          serverVersion: "0",
        },
        joinRoom: {
          type: "joined",
          ...position,
          events: [],
          users,
          more: false,
          online: Object.keys(users),
        },
        ping: { type: "pong", behind: [], reset: [] },
      }[action];
      if (answer)
        setTimeout(() =>
          this.onmessage?.({ data: JSON.stringify({ ...answer, re }) }),
        );
    }
    close() {}
  };

  window.scene = {
    fill: (count) => {
      saidCount = Math.max(saidCount, count);
    },
    /** Let `count` more messages come in, all in one frame. */
    push: (count) => {
      const events = toldBetween(saidCount, saidCount + count).map(event);
      saidCount += count;
      line.onmessage({
        data: JSON.stringify({
          type: "events",
          roomId: "den",
          epoch: "e1",
          events,
          users: {},
        }),
      });
    },
    newest: () => told(saidCount).text,
    frame: () =>
      new Promise((done) => requestAnimationFrame(() => setTimeout(done))),
  };
  window.scene.fill(
    Number(new URL(location.href).searchParams.get("said") ?? 50),
  );
})();
