import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import { useSession } from "../../stores/session";
import { ann } from "../../testing/cast";
import { fakeApp } from "../../testing/fakeServices";
import RefusalNote from "./RefusalNote.vue";

test("a refusal is read aloud at once; without one nothing stands there", async () => {
  const { note } = await shown(undefined);
  expect(note.find("*").exists()).toBe(false);

  await note.setProps({ code: "busy" });

  expect(note.get("[role=alert]").text()).toContain("full right now");
  expect(note.find("button").exists()).toBe(false);
});

test("where the session has ended one press leads to where one signs in", async () => {
  const { note, session } = await shown("not_signed_in");
  expect(session.state).toBe("signedIn");

  await note.get("[data-testid=sign-in-again]").trigger("click");

  expect(session.state).toBe("signedOut");
  expect(session.hasEnded).toBe(true);
});

async function shown(code: string | undefined) {
  const { app } = fakeApp({
    me: async () => ({ user: ann }),
    rooms: async () => ({ rooms: [] }),
  });
  const session = useSession();
  await session.restore();
  const note = mount(RefusalNote, {
    props: { code },
    global: { provide: app._context.provides },
  });
  return { note, session };
}
