import { expect, test } from "vitest";

import { socketUrl } from "./config";

test.each([
  ["https:", "teahouse.test", "wss://teahouse.test/ws"],
  ["http:", "localhost:8787", "ws://localhost:8787/ws"],
])(
  "the socket is where the page is, as safe as the page: %s//%s",
  (protocol, host, url) => {
    expect(socketUrl({ protocol, host })).toBe(url);
  },
);
