import { RestClient } from "@teahouse/client";
import { expect, test } from "vitest";

import { fakeFetch, namesIn, type Case } from "../testing/fakeFetch";
import { accountApi } from "./accountApi";

const cases: Case<ReturnType<typeof accountApi>>[] = [
  [
    (api) => api.changeProfile({ displayName: "Ann" }),
    "PATCH",
    "/api/me",
    { displayName: "Ann" },
  ],
  [
    (api) => api.changePassword({ old: "a", new: "b" }),
    "PATCH",
    "/api/me",
    { password: { old: "a", new: "b" } },
  ],
  [
    (api) => api.becomeAccount({ username: "ann", password: "p" }),
    "PATCH",
    "/api/me",
    { username: "ann", password: "p" },
  ],
  [(api) => api.makeRecoveryCode(), "POST", "/api/me/recovery", {}],
  [
    (api) => api.recover({ username: "ann", code: "c", password: "p" }),
    "POST",
    "/api/recoveries",
    { username: "ann", code: "c", password: "p" },
  ],
  [(api) => api.eraseMe(), "DELETE", "/api/me"],
];

test.each(cases)(
  "what is asked about my account goes where the contract says: %s %s %s",
  async (ask, ...call) => {
    const { fetch, calls } = fakeFetch();
    const rest = new RestClient({ fetch });
    await ask(accountApi(rest, rest));

    expect(calls).toEqual([call]);
  },
);

test("all that can be asked about my account is among the cases above", () => {
  const rest = new RestClient();

  expect(namesIn(cases)).toEqual(Object.keys(accountApi(rest, rest)).sort());
});

test("only a recovery asks without a session", async () => {
  const [inside, outside] = [fakeFetch(), fakeFetch()];
  const api = accountApi(new RestClient(inside), new RestClient(outside));

  for (const [ask] of cases) await ask(api);

  expect(outside.calls.map(([, url]) => url)).toEqual(["/api/recoveries"]);
  expect(inside.calls).toHaveLength(cases.length - 1);
});
