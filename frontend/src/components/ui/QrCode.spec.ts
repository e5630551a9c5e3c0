import { mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import QrCode from "./QrCode.vue";

const LINK = "https://tea.example/join/den-code";
/** The mark in three corners by which a camera finds a code (ISO/IEC 18004, 6.3.3). */
const FINDER = [
  ...["#######", "#.....#", "#.###.#", "#.###.#"],
  ...["#.###.#", "#.....#", "#######"],
];

test("a camera finds the code by its three corners", () => {
  const { rows } = drawn(LINK);
  const end = rows.length - 7;
  const corner = (x: number, y: number) =>
    rows.slice(y, y + 7).map((row) => row.slice(x, x + 7));

  expect(corner(0, 0)).toEqual(FINDER);
  expect(corner(end, 0)).toEqual(FINDER);
  expect(corner(0, end)).toEqual(FINDER);
  expect(corner(end, end)).not.toEqual(FINDER);
});

test("another link is another picture, and both are read aloud by what they are", () => {
  expect(drawn(`${LINK}s`).rows).not.toEqual(drawn(LINK).rows);
  expect(drawn(LINK).label).toBe("QR code of the link");
});

function drawn(text: string) {
  const code = mount(QrCode, { props: { text, label: "QR code of the link" } });
  const size = Number(code.attributes("viewBox")?.split(" ")[2]);
  const path = code.get("path").attributes("d") ?? "";
  const dark = new Set(
    [...path.matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => `${x} ${y}`),
  );
  const rows = Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_, x) =>
      dark.has(`${x} ${y}`) ? "#" : ".",
    ).join(""),
  );
  return { rows, label: code.get("[role=img]").attributes("aria-label") };
}
