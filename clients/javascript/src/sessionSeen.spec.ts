import { describe, expect, it } from "vitest";

import { FakeStorage } from "../testing/member.js";
import { tabsSessionSeen } from "./sessionSeen.js";

describe("when a browser last saw its session alive", () => {
  it("is known to all tabs", () => {
    const storage = new FakeStorage();
    const [one, other] = [tabsSessionSeen(storage), tabsSessionSeen(storage)];
    expect(other.read()).toBe(0);

    one.write(5);

    expect(other.read()).toBe(5);
  });

  it("is each tab's own where nothing can be kept", () => {
    const storage = new FakeStorage();
    const [one, other] = [tabsSessionSeen(storage), tabsSessionSeen(storage)];
    storage.isForbidden = true;

    one.write(5);

    expect([one.read(), other.read()]).toEqual([5, 0]);
  });

  it("was never when something else is kept there", () => {
    const storage = new FakeStorage();
    storage.setItem("teahouse.sessionSeen", "tea");

    expect(tabsSessionSeen(storage).read()).toBe(0);
  });
});
