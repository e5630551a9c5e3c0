import { describe, expect, it } from "vitest";

import { ApiError, pagesApi, RestClient, type RestOptions } from "./rest.js";

interface Asked {
  url: string;
  init: RequestInit;
}

/** A REST client whose answers a test hands out, oldest first. */
function restWith(answers: Response[], options: RestOptions = {}) {
  const asked: Asked[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}) => {
    asked.push({ url: String(url), init });
    return answers.shift() ?? new Response(null, { status: 204 });
  };
  return { rest: new RestClient({ ...options, fetch }), asked };
}

const json = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) => new Response(JSON.stringify(body), { status, headers });
const notSignedIn = () =>
  json(401, {
    code: "not_signed_in",
    message: "Please sign in.",
    retryable: false,
  });

describe("a call", () => {
  it("sends JSON and the token, and gives the answer", async () => {
    const { rest, asked } = restWith([json(201, { room: 1 })], {
      origin: "https://teahouse.test",
      accessToken: () => "secret",
    });

    expect(
      await rest.call("POST", "/api/rooms", { body: { name: "茶" } }),
    ).toEqual({ room: 1 });
    expect(asked).toMatchObject([
      {
        url: "https://teahouse.test/api/rooms",
        init: {
          method: "POST",
          body: '{"name":"茶"}',
          headers: {
            "Content-Type": "application/json",
            Authorization: "Bearer secret",
          },
        },
      },
    ]);
  });

  it("asks for a page, leaving out what is not asked for", async () => {
    const { rest, asked } = restWith([]);
    await rest.call("GET", "/api/rooms", {
      query: { cursor: undefined, limit: 5, q: "a b" },
    });

    expect(asked[0]?.url).toBe("/api/rooms?limit=5&q=a+b");
    expect(asked[0]?.init.body).toBeUndefined();
  });

  it("gives nothing for an empty answer", async () => {
    expect(await restWith([]).rest.call("DELETE", "/api/me")).toBeUndefined();
  });
});

describe("a refusal", () => {
  const refusalOf = async (response: Response): Promise<ApiError> => {
    const { rest } = restWith([response]);
    return rest.call("GET", "/").then(
      () => expect.unreachable(),
      (error: unknown) => error as ApiError,
    );
  };

  it("is an ApiError with the code, the fields and the time to wait", async () => {
    const body = {
      code: "too_many_requests",
      message: "Slowly.",
      retryable: true,
    };
    const error = await refusalOf(
      json(429, { ...body, fields: { a: "b" } }, { "Retry-After": "7" }),
    );

    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      ...body,
      status: 429,
      fields: { a: "b" },
      retryAfterS: 7,
    });
  });

  it.each([
    [403, "forbidden", false],
    [413, "too_large", false],
    [418, "bad_request", false],
    [429, "too_many_requests", true],
    [500, "internal_error", true],
    [503, "busy", true],
    [504, "busy", true],
  ])("of API Gateway itself (%i) is %s", async (status, code, retryable) => {
    const error = await refusalOf(json(status, { message: "Forbidden" }));

    expect(error).toMatchObject({ status, code, retryable, fields: {} });
  });

  it("may be no JSON at all", async () => {
    const error = await refusalOf(new Response("<html>", { status: 502 }));

    expect(error).toMatchObject({ code: "busy", status: 502 });
  });

  it("is not what happens when nobody answers", async () => {
    const fetch = () => Promise.reject(new TypeError("fetch failed"));

    await expect(new RestClient({ fetch }).call("GET", "/")).rejects.toThrow(
      TypeError,
    );
  });
});

describe("a session that has ended", () => {
  it("is renewed, and the call is made once more", async () => {
    let renewed = 0;
    const { rest, asked } = restWith([notSignedIn(), json(200, { ok: true })], {
      renewSession: async () => ++renewed > 0,
    });

    expect(await rest.call("GET", "/api/me")).toEqual({ ok: true });
    expect(renewed).toBe(1);
    expect(asked).toHaveLength(2);
  });

  it("is renewed only once a call", async () => {
    const { rest, asked } = restWith([notSignedIn(), notSignedIn()], {
      renewSession: async () => true,
    });

    await expect(rest.call("GET", "/api/me")).rejects.toMatchObject({
      code: "not_signed_in",
    });
    expect(asked).toHaveLength(2);
  });

  it("is told when it cannot be renewed", async () => {
    const { rest, asked } = restWith([notSignedIn()], {
      renewSession: async () => false,
    });

    await expect(rest.call("GET", "/api/me")).rejects.toMatchObject({
      code: "not_signed_in",
    });
    expect(asked).toHaveLength(1);
  });

  it("is not renewed where 401 is about the call itself", async () => {
    const { rest } = restWith([notSignedIn()], {
      renewSession: () => expect.unreachable(),
    });

    await expect(
      rest.call("POST", "/api/sessions", { renews: false }),
    ).rejects.toThrow(ApiError);
  });
});

it("knows the two pages a client heals itself with", async () => {
  const { rest, asked } = restWith([json(200, {}), json(200, {})]);
  const pages = pagesApi(rest);
  await pages.events("a/b", { after: 3, limit: 200 });
  await pages.messages("den", { limit: 50 });

  expect(asked.map(({ url }) => url)).toEqual([
    "/api/rooms/a%2Fb/events?after=3&limit=200",
    "/api/rooms/den/messages?limit=50",
  ]);
});
