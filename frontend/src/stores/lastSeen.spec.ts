import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";

import { startFrom } from "../model/roomState";
import { ann, ben, den, page, said } from "../testing/cast";
import { fakeApp } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import { useLastSeen } from "./lastSeen";
import { useMessages } from "./messages";
import { useRooms } from "./rooms";
import { useSession } from "./session";

const talk = startFrom(page(3, said(2, ann, "hi"), said(3, ben, "ho")));

beforeEach(() => {
  localStorage.clear();
  setActivePinia(createPinia());
});

test("what is kept is found again, as it was", () => {
  const seen = { user: ann, rooms: [den], conversations: { den: talk } };

  useLastSeen().keep(seen);

  expect(useLastSeen().recall()).toEqual(seen);
});

test("only the end of a long conversation is kept, and nothing of one further up", () => {
  const events = Array.from({ length: 60 }, (_, at) => said(at + 2, ben, "…"));
  const long = startFrom(page(61, ...events));
  const conversations = { long, up: { ...talk, isLive: false } };

  useLastSeen().keep({ user: ann, rooms: [], conversations });

  const kept = useLastSeen().recall()?.conversations;
  expect(Object.keys(kept ?? {})).toEqual(["long"]);
  expect(kept?.long?.messages).toHaveLength(40);
  expect(kept?.long).toMatchObject({ isWhole: false, users: { ben } });
});

test("what cannot be read is nothing", () => {
  localStorage.setItem("teahouse.lastSeen", "{broken");

  expect(useLastSeen().recall()).toBeUndefined();
});

test("without an answer the page shows what was seen last, and asks once the line is up", async () => {
  useLastSeen().keep({
    user: ann,
    rooms: [den],
    conversations: { den: talk },
  });
  const api = {
    me: vi.fn<ChatApi["me"]>().mockRejectedValue(new TypeError("offline")),
    rooms: vi
      .fn<ChatApi["rooms"]>()
      .mockRejectedValue(new TypeError("offline")),
    messages: vi
      .fn<ChatApi["messages"]>()
      .mockRejectedValueOnce(new TypeError("offline"))
      .mockResolvedValueOnce(page(4, said(4, ben, "back"))),
    events: vi.fn<ChatApi["events"]>().mockRejectedValue(new TypeError("")),
  };
  const { client } = fakeApp(api);
  const session = useSession();
  const messages = useMessages();

  await session.restore();
  await messages.open("den");
  expect(session.state).toBe("signedIn");
  expect(useRooms().byId.get("den")?.name).toBe(den.name);
  expect(texts()).toEqual(["hi", "ho"]);

  client.emit("state", { state: "connected" });
  await vi.waitFor(() => expect(texts()).toEqual(["back"]));

  function texts() {
    return messages.opened.get("den")?.state?.messages.map(({ text }) => text);
  }
});

test("signing out leaves nothing behind", async () => {
  const api = {
    me: vi.fn<ChatApi["me"]>().mockResolvedValue({ user: ann }),
    rooms: vi.fn<ChatApi["rooms"]>().mockResolvedValue({ rooms: [] }),
    signOut: vi.fn<ChatApi["signOut"]>().mockResolvedValue(undefined),
  };
  fakeApp(api);
  const session = useSession();
  await session.restore();
  session.keepLastSeen();
  expect(useLastSeen().recall()?.user).toEqual(ann);

  await session.signOut();

  expect(useLastSeen().recall()).toBeUndefined();
});
