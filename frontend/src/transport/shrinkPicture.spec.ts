import { afterEach, expect, test, vi } from "vitest";

import { shrinkPicture } from "./shrinkPicture";

const MIB = 1024 * 1024;
const smaller = new Blob(["small"], { type: "image/jpeg" });
const drawn: [number, number][] = [];

afterEach(() => {
  vi.unstubAllGlobals();
  drawn.length = 0;
});

/** A browser that decodes a picture of this size, and draws. */
function decodes(width: number, height: number) {
  const close = vi.fn();
  vi.stubGlobal("createImageBitmap", async () => ({ width, height, close }));
  vi.stubGlobal(
    "OffscreenCanvas",
    class {
      constructor(width: number, height: number) {
        drawn.push([width, height]);
      }
      getContext = () => ({ fillRect: () => {}, drawImage: () => {} });
      convertToBlob = async () => smaller;
    },
  );
  return close;
}

const picture = (bytes: number, type = "image/png") =>
  new Blob([new Uint8Array(bytes)], { type });

test.each([
  ["a small one", picture(9)],
  ["one that moves", picture(3 * MIB, "image/gif")],
])("%s is not looked at", async (_, file) => {
  const close = decodes(10, 10);

  expect(await shrinkPicture(file)).toBe(file);
  expect(close).not.toHaveBeenCalled();
});

test("one of many bytes and few pixels stays as it is", async () => {
  const close = decodes(2_000, 1_000);
  const file = picture(3 * MIB);

  expect(await shrinkPicture(file)).toBe(file);
  expect(close).toHaveBeenCalledOnce();
});

test.each([
  ["too many bytes", picture(6 * MIB), [2_000, 1_000], [2_000, 1_000]],
  ["too many pixels", picture(3 * MIB), [8_192, 4_096], [4_096, 2_048]],
  ["a kind that is not taken", picture(9, "image/bmp"), [30, 20], [30, 20]],
  ["a long one", picture(6 * MIB), [1, 99_999], [1, 4_096]],
] as const)("%s is drawn anew", async (_, file, [width, height], made) => {
  const close = decodes(width, height);

  expect(await shrinkPicture(file)).toBe(smaller);
  expect(drawn).toEqual([made]);
  expect(close).toHaveBeenCalledOnce();
});

test("what no browser reads is left to the server to refuse", async () => {
  vi.stubGlobal("createImageBitmap", async () => {
    throw new DOMException("no picture", "InvalidStateError");
  });
  const file = picture(6 * MIB);

  expect(await shrinkPicture(file)).toBe(file);
});
