import { ApiError } from "@teahouse/client";
import { beforeEach, expect, test, vi } from "vitest";

import { fakeApp } from "../testing/fakeServices";
import type { ChatApi } from "../transport/chatApi";
import type { SendForm } from "../transport/sendForm";
import { usePictures } from "./pictures";

const api = {
  announceUpload: vi.fn<ChatApi["announceUpload"]>(),
  upload: vi.fn<ChatApi["upload"]>(),
};
const sendForm = vi.fn<SendForm>();
let pictures: ReturnType<typeof usePictures>;

beforeEach(() => {
  fakeApp(api, sendForm);
  pictures = usePictures();
  let made = 0;
  api.announceUpload.mockImplementation(async () => {
    made += 1;
    return { id: `p${made}`, url: "/media", fields: { key: `k${made}` } };
  });
  sendForm.mockResolvedValue();
  api.upload.mockImplementation(async (id) => ({ id, state: "ready" }));
});

const png = (name = "tea.png", bytes = 9) =>
  new File([new Uint8Array(bytes)], name, { type: "image/png" });
const states = () => pictures.of("den").map(({ state }) => state);

test("a picture goes at once, and the next message of its room takes it", async () => {
  let arrive = () => {};
  sendForm.mockImplementation((_form, _file, options) => {
    options?.onProgress?.(0.5);
    return new Promise((resolve) => (arrive = resolve));
  });

  pictures.add("den", [png()]);
  await vi.waitFor(() => expect(pictures.of("den")[0]?.share).toBe(0.5));
  expect(states()).toEqual(["going"]);
  expect(pictures.take("den")).toEqual([]);
  arrive();

  await vi.waitFor(() => expect(states()).toEqual(["gone"]));
  expect(api.announceUpload).toHaveBeenCalledWith({
    contentType: "image/png",
    sizeBytes: 9,
    purpose: "attachment",
  });
  expect(pictures.of("hut")).toEqual([]);
  expect(pictures.take("den")).toEqual(["p1"]);
  expect(pictures.of("den")).toEqual([]);
  expect(pictures.previews.get("p1")).toMatch(/^blob:/);
});

test("what is no picture, and the eleventh, stay here and say why", async () => {
  const text = new File(["tea"], "tea.txt", { type: "text/plain" });
  const eleven = Array.from({ length: 11 }, (_, n) => png(`${n}.png`));

  pictures.add("den", [text, ...eleven]);
  await vi.waitFor(() => expect(states()).not.toContain("going"));

  const refusals = pictures.of("den").map(({ refusal }) => refusal);
  expect(refusals[0]).toBe("not_a_picture");
  expect(refusals.at(-1)).toBe("too_many_pictures");
  expect(pictures.take("den")).toHaveLength(10);
  expect(states()).toEqual(["failed", "failed"]);
});

test("a picture that could not go is tried again, and one that is left out goes nowhere", async () => {
  sendForm.mockRejectedValueOnce(new TypeError("offline"));
  pictures.add("den", [png()]);
  await vi.waitFor(() => expect(states()).toEqual(["failed"]));
  const [picture] = pictures.of("den");
  expect(picture?.refusal).toBe("unreachable");

  pictures.retry("den", picture!.key);
  await vi.waitFor(() => expect(states()).toEqual(["gone"]));
  pictures.remove("den", picture!.key);
  expect(pictures.take("den")).toEqual([]);
});

test("what only claims to be a picture is found out before it is said", async () => {
  api.upload.mockResolvedValueOnce({
    ...{ id: "p1", state: "refused", reason: "not_a_picture" },
  });
  pictures.add("den", [png("lie.png"), png()]);
  await vi.waitFor(() => expect(states()).toEqual(["failed", "gone"]));

  expect(pictures.of("den")[0]?.refusal).toBe("not_a_picture");
  expect(pictures.take("den")).toEqual(["p2"]);
});

test("a refusal says its code, and what is too large never travels", async () => {
  api.announceUpload.mockRejectedValueOnce(
    new ApiError("too_many_requests", 429, "", true),
  );
  pictures.add("den", [png(), png("huge.png", 5 * 1024 * 1024 + 1)]);
  await vi.waitFor(() => expect(states()).toEqual(["failed", "failed"]));

  expect(pictures.of("den").map(({ refusal }) => refusal)).toEqual([
    "too_many_requests",
    "picture_too_large",
  ]);
  expect(sendForm).not.toHaveBeenCalled();
});

test("a face is taken once it may be shown, and refused with its reason", async () => {
  expect(await pictures.bringAvatar(png())).toBe("p1");

  api.upload.mockResolvedValueOnce({
    ...{ id: "p2", state: "refused", reason: "damaged" },
  });
  await expect(pictures.bringAvatar(png())).rejects.toMatchObject({
    code: "damaged",
  });
});

test("what was chosen is there again after a reload, and is let go once it was sent", async () => {
  const { keep, drop, of } = {
    keep: vi.fn(async () => {}),
    drop: vi.fn(async () => {}),
    of: vi.fn(async (place: string) => [
      { id: "kept", place, file: png("kept.png") },
    ]),
  };
  const { app } = fakeApp(api, sendForm, { keep, drop, of });
  pictures = app.runWithContext(usePictures);

  await pictures.recall("den");
  await pictures.recall("den");
  pictures.add("den", [png("new.png")]);
  await vi.waitFor(() => expect(states()).toEqual(["gone", "gone"]));

  expect(pictures.of("den").map(({ name }) => name)).toEqual([
    "kept.png",
    "new.png",
  ]);
  expect(keep).toHaveBeenCalledTimes(1);
  pictures.take("den");
  expect(drop).toHaveBeenCalledTimes(2);
  expect(drop).toHaveBeenCalledWith("kept");
});

test("leaving the page keeps what waits, and a browser that keeps nothing is no trouble", async () => {
  const never = async () => Promise.reject(new Error("private"));
  const drop = vi.fn(never);
  const { app } = fakeApp(api, sendForm, { keep: never, drop, of: never });
  pictures = app.runWithContext(usePictures);

  await pictures.recall("den");
  pictures.add("den", [png()]);
  await vi.waitFor(() => expect(states()).toEqual(["gone"]));
  pictures.forget();

  expect(pictures.of("den")).toEqual([]);
  expect(drop).not.toHaveBeenCalled();
});
