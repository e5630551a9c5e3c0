import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { sendForm } from "./sendForm";

/** A request that goes where a test makes it go. */
class FakeRequest {
  static last: FakeRequest;
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } =
    {};
  onload = () => {};
  onerror = () => {};
  onabort = () => {};
  status = 0;
  readonly open = vi.fn();
  readonly send = vi.fn();
  readonly abort = vi.fn(() => this.onabort());
  constructor() {
    FakeRequest.last = this;
  }
  answers(status: number) {
    this.status = status;
    this.onload();
  }
}

const form = { id: "p1", url: "/media", fields: { key: "k", policy: "x" } };
const file = new File(["tea"], "<img src=x>.png", { type: "image/png" });

beforeEach(() => vi.stubGlobal("XMLHttpRequest", FakeRequest));
afterEach(() => vi.unstubAllGlobals());

test("the fields go before the file, whose name stays here", async () => {
  const sent = sendForm(form, file);
  const [body] = FakeRequest.last.send.mock.calls[0] as [FormData];
  FakeRequest.last.answers(204);
  await sent;

  expect(FakeRequest.last.open).toHaveBeenCalledWith("POST", "/media");
  expect([...body.keys()]).toEqual(["key", "policy", "file"]);
  expect((body.get("file") as File).name).toBe("picture");
});

test("it is told how far it is", async () => {
  const onProgress = vi.fn();
  const sent = sendForm(form, file, { onProgress });
  FakeRequest.last.upload.onprogress?.({ loaded: 1, total: 4 });
  FakeRequest.last.upload.onprogress?.({ loaded: 1, total: 0 });
  FakeRequest.last.answers(200);
  await sent;

  expect(onProgress.mock.calls).toEqual([[0.25], [0]]);
});

test.each([
  [400, "invalid", false],
  [403, "invalid", false],
  [429, "busy", true],
  [503, "busy", true],
])("%i is %s", async (status, code, retryable) => {
  const sent = sendForm(form, file);
  FakeRequest.last.answers(status);

  await expect(sent).rejects.toMatchObject({ code, status, retryable });
});

test("no answer, and giving up, are no refusals", async () => {
  const unanswered = sendForm(form, file);
  FakeRequest.last.onerror();
  await expect(unanswered).rejects.toBeInstanceOf(TypeError);

  const given = new AbortController();
  const givenUp = sendForm(form, file, { signal: given.signal });
  given.abort();
  await expect(givenUp).rejects.toBeInstanceOf(TypeError);
  expect(FakeRequest.last.abort).toHaveBeenCalledOnce();
  await expect(
    sendForm(form, file, { signal: given.signal }),
  ).rejects.toBeInstanceOf(TypeError);
});
