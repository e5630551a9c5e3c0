// How is the REST side asked? JSON in and out, typed refusals, the session renewed once.

import { REFUSAL_CODES, RETRYABLE_CODES, type RefusalCode } from "./frames.js";
import type { EventsPage, MessagesPage, PagesApi } from "./ports.js";

/** A refusal of the REST side. Branch on `code`; `message` is for people. */
export class ApiError extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly status: number,
    message: string,
    readonly retryable: boolean,
    /** What is wrong, by field. */
    readonly fields: Readonly<Record<string, string>> = {},
    /** Seconds to wait, where the server says so. */
    readonly retryAfterS?: number,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export type Query = Record<string, string | number | undefined>;

export interface RestOptions {
  /** `https://host`; empty on the site itself. */
  origin?: string;
  /** @default globalThis.fetch */
  fetch?: typeof fetch;
  /** Bearer token, for callers without the cookie. */
  accessToken?: () => string | undefined;
  /** Renews the session when a call answers 401; true: ask again, once. */
  renewSession?: () => Promise<boolean>;
}

export interface RestCall {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  /** False where 401 is an answer about the call itself, such as a wrong password. */
  renews?: boolean;
}

/** Ask one host. Rejects with `ApiError` when refused, with fetch's `TypeError` when not reached. */
export class RestClient {
  constructor(private readonly options: RestOptions = {}) {}

  async call<T>(method: string, path: string, call: RestCall = {}): Promise<T> {
    let response = await this.#fetch(method, path, call);
    if (
      response.status === 401 &&
      call.renews !== false &&
      this.options.renewSession
    ) {
      if (await this.options.renewSession())
        response = await this.#fetch(method, path, call);
    }
    const answer = await readJson(response);
    if (!response.ok) throw refusal(response, answer);
    return answer as T;
  }

  #fetch(method: string, path: string, call: RestCall): Promise<Response> {
    const { origin = "", accessToken } = this.options;
    const token = accessToken?.();
    const headers: Record<string, string> = { ...call.headers };
    if (call.body !== undefined) headers["Content-Type"] = "application/json";
    if (token) headers.Authorization = `Bearer ${token}`;
    const ask = this.options.fetch ?? globalThis.fetch;
    return ask(`${origin}${path}${search(call.query)}`, {
      method,
      headers,
      credentials: "same-origin",
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  }
}

/** Make the two pages that a `TeahouseClient` heals itself with. */
export function pagesApi(rest: RestClient): PagesApi {
  return {
    events: (roomId, range) =>
      rest.call<EventsPage>(
        "GET",
        `/api/rooms/${encodeURIComponent(roomId)}/events`,
        {
          query: { ...range },
        },
      ),
    messages: (roomId, range) =>
      rest.call<MessagesPage>(
        "GET",
        `/api/rooms/${encodeURIComponent(roomId)}/messages`,
        {
          query: { ...range },
        },
      ),
  };
}

/** API Gateway's own answers carry no code; their status says as much. */
const CODE_OF_STATUS: Record<number, RefusalCode> = {
  400: "bad_request",
  401: "not_signed_in",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "too_large",
  422: "invalid",
  429: "too_many_requests",
  502: "busy",
  503: "busy",
  504: "busy",
};

function refusal(response: Response, answer: unknown): ApiError {
  const body = (answer ?? {}) as Record<string, unknown>;
  const code =
    REFUSAL_CODES.find((known) => known === body.code) ??
    CODE_OF_STATUS[response.status] ??
    (response.status < 500 ? "bad_request" : "internal_error");
  const retryable =
    typeof body.retryable === "boolean"
      ? body.retryable
      : RETRYABLE_CODES.some((known) => known === code);
  const retryAfterS = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new ApiError(
    code,
    response.status,
    typeof body.message === "string" ? body.message : response.statusText,
    retryable,
    (body.fields ?? {}) as Record<string, string>,
    Number.isFinite(retryAfterS) ? retryAfterS : undefined,
  );
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    if (response.ok) throw new TypeError("The answer is not JSON.");
    return undefined;
  }
}

function search(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}
