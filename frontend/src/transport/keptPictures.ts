// Where do pictures wait that were chosen and not sent? In this browser, until they go.

const STORE = "pictures";

/** One of them: whose, for which room, and the file itself. */
export interface KeptPicture {
  id: string;
  place: string;
  file: File;
}

export interface KeptPictures {
  keep: (picture: KeptPicture) => Promise<void>;
  drop: (id: string) => Promise<void>;
  /** Those of one place, in the order in which they came. */
  of: (place: string) => Promise<KeptPicture[]>;
}

/** Keep them in IndexedDB; rejects where the browser has none, or no space. */
export function keptPictures(
  factory: IDBFactory = globalThis.indexedDB,
): KeptPictures {
  let opening: Promise<IDBDatabase> | undefined;

  async function run<T>(
    mode: IDBTransactionMode,
    ask: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    opening ??= opened(factory);
    opening.catch(() => (opening = undefined));
    const transaction = (await opening).transaction(STORE, mode);
    const request = ask(transaction.objectStore(STORE));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () =>
        reject(transaction.error ?? new Error("aborted"));
    });
  }

  return {
    async keep(picture) {
      await run("readwrite", (store) => store.add(picture));
    },
    async drop(id) {
      const key = await run<IDBValidKey | undefined>("readonly", (store) =>
        store.index("id").getKey(id),
      );
      if (key !== undefined)
        await run("readwrite", (store) => store.delete(key));
    },
    of: (place) =>
      run<KeptPicture[]>("readonly", (store) =>
        store.index("place").getAll(place),
      ),
  };
}

function opened(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open("teahouse-pictures", 1);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore(STORE, {
        autoIncrement: true,
      });
      store.createIndex("id", "id");
      store.createIndex("place", "place");
    };
    request.onerror = () => reject(request.error ?? new Error("not opened"));
    request.onsuccess = () => {
      // Somebody clears the site's data: they shall not have to wait for this page.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}
