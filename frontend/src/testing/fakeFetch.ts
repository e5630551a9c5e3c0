// Where do calls go in tests? Nowhere: they are written down, and answered as a test says.

export type Call = [method: string, url: string, body?: unknown];
/** What is asked of an API, and the call that it makes. */
export type Case<Api> = [ask: (api: Api) => Promise<unknown>, ...Call];

export const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status });

/** A `fetch` whose answers a test hands out; without any, everything answers `{}`. */
export function fakeFetch(
  answer: (call: Call) => Response = () => json(200, {}),
) {
  const calls: Call[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}) => {
    const body = init.body === undefined ? [] : [JSON.parse(String(init.body))];
    const call = [init.method, String(url), ...body] as Call;
    calls.push(call);
    return answer(call);
  };
  return { fetch, calls };
}

/** The names of all that `cases` ask for, in order. */
export function namesIn<Api extends object>(
  cases: readonly Case<Api>[],
): string[] {
  const names = new Set<string>();
  const recorder = new Proxy({} as Api, {
    get: (_, name) => () => names.add(String(name)),
  });
  for (const [ask] of cases) void ask(recorder);
  return [...names].sort();
}
