import { RestClient } from "@teahouse/client";
import { expect, test } from "vitest";

import { fakeFetch, namesIn, type Case } from "../testing/fakeFetch";
import { uploadsApi } from "./uploadsApi";

const cases: Case<ReturnType<typeof uploadsApi>>[] = [
  [
    (api) =>
      api.announceUpload({
        contentType: "image/png",
        sizeBytes: 9,
        purpose: "attachment",
      }),
    "POST",
    "/api/uploads",
    { contentType: "image/png", sizeBytes: 9, purpose: "attachment" },
  ],
  [(api) => api.upload("p/1"), "GET", "/api/uploads/p%2F1"],
];

test.each(cases)(
  "what is asked about pictures goes where the contract says: %s %s %s",
  async (ask, ...call) => {
    const { fetch, calls } = fakeFetch();
    const rest = new RestClient({ fetch });
    await ask(uploadsApi(rest));

    expect(calls).toEqual([call]);
  },
);

test("all that can be asked about pictures is among the cases above", () => {
  const rest = new RestClient();

  expect(namesIn(cases)).toEqual(Object.keys(uploadsApi(rest)).sort());
});
