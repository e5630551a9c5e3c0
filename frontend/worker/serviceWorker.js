// What is there when the network is not? The page itself: never what was said, nor who says it.
//
// The build writes the files of one version over SHELL; a new version waits until a page lets it
// take over.

const SHELL = ["__SHELL__"];
const CACHE = "teahouse-__VERSION__";
/** Tabs of the version before may still want their own files. */
const KEPT_VERSIONS = 2;
/** A network that does not answer is no network. */
const PATIENCE_MS = 3_000;
/** Never ours: people's words and pictures, and the socket. */
const LIVE = /^\/(api|ws|media|socket\.io)(\/|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldVersions().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  const { ask, path } = event.data ?? {};
  if (ask === "takeOver") self.skipWaiting();
  if (ask === "has") event.ports[0]?.postMessage(SHELL.includes(path));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (LIVE.test(pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (SHELL.includes(pathname) || pathname.startsWith("/assets/"))
    event.respondWith(file(request));
});

/** The newest page there is; the kept one when nobody answers in time. */
async function page(request) {
  const kept = caches.match("/index.html");
  try {
    const answer = await fetch(request, {
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return answer.status >= 500 ? ((await kept) ?? answer) : answer;
  } catch (error) {
    const shell = await kept;
    if (shell) return shell;
    throw error;
  }
}

/** A file with its version in its name: once fetched, it never changes. */
async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(CACHE);
    await cache.put(request, answer.clone());
  }
  return answer;
}

async function dropOldVersions() {
  const names = (await caches.keys()).filter((name) =>
    name.startsWith("teahouse-"),
  );
  const old = names.filter((name) => name !== CACHE);
  await Promise.all(
    old.slice(0, 1 - KEPT_VERSIONS).map((name) => caches.delete(name)),
  );
}
