/** Is a newer version of the page there? The service worker brings it; the person chooses when. */

import { defineStore } from "pinia";
import { ref } from "vue";
import type { TrustedTypePolicyFactory } from "trusted-types/lib";

const WORKER = "/sw.js";
/** How often a page that stays open looks for a new version. */
const LOOK_EVERY_MS = 60 * 60 * 1000;

export const useVersion = defineStore("version", () => {
  const hasNew = ref(false);
  let registration: ServiceWorkerRegistration | undefined;
  let isReloading = false;
  let lookedAt = 0;

  /** Keep the page for when there is no network, and listen for new versions of it. */
  async function watch(): Promise<void> {
    const workers = navigator.serviceWorker as
      ServiceWorkerContainer | undefined;
    if (!workers) return;
    // The first worker takes over a page that is as new as itself.
    let isFirst = workers.controller === null;
    workers.addEventListener("controllerchange", () => {
      if (isReloading) location.reload();
      else if (!isFirst) hasNew.value = true;
      isFirst = false;
    });
    try {
      registration = await workers.register(workerUrl());
    } catch {
      // Private windows and old browsers have none; everything else works all the same.
      return;
    }
    lookedAt = Date.now();
    if (registration.waiting) await meet(registration.waiting);
    registration.addEventListener("updatefound", () => follow(registration));
    document.addEventListener("visibilitychange", look);
  }

  /** Go over to the new version. Drafts and unsent messages stay. */
  function reload(): void {
    isReloading = true;
    if (registration?.waiting)
      registration.waiting.postMessage({ ask: "takeOver" });
    else location.reload();
  }

  function follow(found: ServiceWorkerRegistration | undefined): void {
    const worker = found?.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller)
        void meet(worker);
    });
  }

  /** A page that came from the network may be the new version already. */
  async function meet(worker: ServiceWorker): Promise<void> {
    if (!(await belongsTo(worker))) hasNew.value = true;
    else {
      isReloading = false;
      worker.postMessage({ ask: "takeOver" });
    }
  }

  function look(): void {
    if (document.hidden || Date.now() - lookedAt < LOOK_EVERY_MS) return;
    lookedAt = Date.now();
    // Offline there is nothing to find; the next look will tell.
    void registration?.update().catch(() => {});
  }

  return { hasNew, watch, reload };
});

/** Ask a worker whether the script of this page is one of its files. */
function belongsTo(worker: ServiceWorker): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>(
    "script[type=module][src]",
  );
  const path = script ? new URL(script.src).pathname : "";
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => {
      port1.close();
      resolve(data === true);
    };
    worker.postMessage({ ask: "has", path }, [port2]);
  });
}

/** The site's policy takes no plain text for the address of a script. */
function workerUrl(): string {
  const { trustedTypes } = window as {
    trustedTypes?: TrustedTypePolicyFactory;
  };
  const policy = trustedTypes?.createPolicy("teahouse", {
    createScriptURL: (_address: string) => WORKER,
  });
  return (policy?.createScriptURL(WORKER) ?? WORKER) as string;
}
