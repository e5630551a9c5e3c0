// Which pictures do I bring, how far are they, and what do they look like meanwhile?

import { defineStore } from "pinia";
import { reactive } from "vue";

import {
  MAX_PICTURE_BYTES,
  PICTURE_TYPES,
  shrinkPicture,
} from "../transport/shrinkPicture";
import { codeOf, PictureRefused } from "./refusals";
import { useServices } from "./services";
import { useSession } from "./session";

/** One picture that is to go with the next message of a room. */
export interface PictureToSend {
  key: number;
  /** What the file is called here; nobody else is told. */
  name: string;
  /** An address of its looks in this page; none for what is no picture. */
  preview: string | undefined;
  state: "going" | "gone" | "failed";
  /** How much of it has gone: 0 to 1. Then it is looked at, until it is `gone`. */
  share: number;
  id?: string;
  refusal?: string;
}

/** A file on its way, and how it is kept for after a reload. */
interface Waiting {
  file: File;
  keptId: string;
  given: AbortController;
}

export { PICTURE_TYPES };

/** So many pictures go with one message. */
export const MAX_PICTURES = 10;
/** Looks of pictures that were sent; older ones are shown as everybody sees them. */
const KEPT_PREVIEWS = 60;
/** A picture is looked at within a second or two; one that takes longer is told of later. */
const LOOK_MS = 400;
const LOOKS = 40;

export const usePictures = defineStore("pictures", () => {
  const { api, sendForm, keptPictures } = useServices();
  const waiting = reactive(new Map<string, PictureToSend[]>());
  const previews = reactive(new Map<string, string>());
  const files = new Map<number, Waiting>();
  /** Places whose kept pictures are here again. */
  const recalled = new Set<string>();
  let newest = 0;

  /** The pictures of the next message of a room. */
  function of(roomId: string): readonly PictureToSend[] {
    return waiting.get(roomId) ?? [];
  }

  /** Bring pictures; each goes at once, so that the message need not wait for them later. */
  function add(roomId: string, added: readonly File[]): void {
    const place = placeOf(roomId);
    for (const file of added) {
      const id = crypto.randomUUID();
      put(roomId, file, id);
      if (file.type.startsWith("image/"))
        void keptPictures.keep({ id, place, file }).catch(unkept);
    }
  }

  /** Bring what was chosen for a room before a reload; its forms may have run out meanwhile. */
  async function recall(roomId: string): Promise<void> {
    const place = placeOf(roomId);
    if (recalled.has(place)) return;
    recalled.add(place);
    const kept = await keptPictures.of(place).catch(unkept);
    if (placeOf(roomId) !== place) return;
    for (const { id, file } of kept ?? []) put(roomId, file, id);
  }

  /** Two people in one browser see nothing of each other's. */
  function placeOf(roomId: string): string {
    return `${useSession().user?.id ?? ""}/${roomId}`;
  }

  function put(roomId: string, file: File, keptId: string): void {
    if (!waiting.has(roomId)) waiting.set(roomId, []);
    const list = waiting.get(roomId)!;
    newest += 1;
    const isPicture = file.type.startsWith("image/");
    files.set(newest, { file, keptId, given: new AbortController() });
    list.push({
      ...{ key: newest, name: file.name, share: 0, state: "going" },
      preview: isPicture ? URL.createObjectURL(file) : undefined,
    });
    const picture = list.at(-1)!;
    const taken = list.filter(({ state }) => state !== "failed");
    if (taken.length > MAX_PICTURES) fail(picture, "too_many_pictures");
    else if (!isPicture) fail(picture, "not_a_picture");
    else void bring(picture);
  }

  /** Try once more what failed. */
  function retry(roomId: string, key: number): void {
    const picture = of(roomId).find((one) => one.key === key);
    if (picture?.state === "failed") void bring(picture);
  }

  /** Leave one out. */
  function remove(roomId: string, key: number): void {
    const picture = of(roomId).find((one) => one.key === key);
    if (!picture) return;
    unkeep([key]);
    letGo(roomId, picture);
  }

  function letGo(roomId: string, { key, preview }: PictureToSend): void {
    files.get(key)?.given.abort();
    if (preview) URL.revokeObjectURL(preview);
    drop(roomId, [key]);
  }

  function unkeep(keys: readonly number[]): void {
    for (const key of keys) {
      const keptId = files.get(key)?.keptId;
      if (keptId) void keptPictures.drop(keptId).catch(unkept);
    }
  }

  /** Take those that have gone: a message names them from now on. */
  function take(roomId: string): string[] {
    const gone = of(roomId).filter(({ state }) => state === "gone");
    for (const { id, preview } of gone) if (id && preview) show(id, preview);
    const keys = gone.map(({ key }) => key);
    unkeep(keys);
    drop(roomId, keys);
    return gone.flatMap(({ id }) => id ?? []);
  }

  /** Upload a picture for one's face; gives its id once it may be shown. */
  async function bringAvatar(file: File): Promise<string> {
    return upload(file, "avatar");
  }

  async function bring(picture: PictureToSend): Promise<void> {
    const { file, given } = files.get(picture.key)!;
    picture.state = "going";
    picture.share = 0;
    try {
      picture.id = await upload(file, "attachment", {
        signal: given.signal,
        onProgress: (share) => (picture.share = share),
      });
      picture.state = "gone";
    } catch (error) {
      if (!given.signal.aborted) fail(picture, codeOf(error));
    }
  }

  async function upload(
    file: File,
    purpose: "attachment" | "avatar",
    options: Parameters<typeof sendForm>[2] = {},
  ): Promise<string> {
    const picture = await shrinkPicture(file);
    if (!PICTURE_TYPES.includes(picture.type))
      throw new PictureRefused("not_a_picture");
    if (picture.size > MAX_PICTURE_BYTES)
      throw new PictureRefused("picture_too_large");
    const form = await api.announceUpload({
      contentType: picture.type,
      sizeBytes: picture.size,
      purpose,
    });
    await sendForm(form, picture, options);
    await settled(form.id);
    return form.id;
  }

  /** Wait until it was looked at: a message that names a refused picture would be refused. */
  async function settled(id: string): Promise<void> {
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const { state, reason } = await api.upload(id);
      if (state === "ready") return;
      if (state === "refused")
        throw new PictureRefused(reason ?? "not_a_picture");
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  function fail(picture: PictureToSend, refusal: string): void {
    picture.state = "failed";
    picture.refusal = refusal;
  }

  function show(id: string, preview: string): void {
    previews.set(id, preview);
    const [[oldestId, oldest] = []] = previews;
    if (previews.size <= KEPT_PREVIEWS || !oldestId || !oldest) return;
    URL.revokeObjectURL(oldest);
    previews.delete(oldestId);
  }

  function drop(roomId: string, keys: readonly number[]): void {
    for (const key of keys) files.delete(key);
    waiting.set(
      roomId,
      (waiting.get(roomId) ?? []).filter(({ key }) => !keys.includes(key)),
    );
  }

  /** Let go of all here; what was kept is there when its person is back. */
  function forget(): void {
    for (const roomId of waiting.keys())
      for (const picture of of(roomId)) letGo(roomId, picture);
    recalled.clear();
    for (const preview of previews.values()) URL.revokeObjectURL(preview);
    waiting.clear();
    previews.clear();
  }

  return {
    of,
    previews,
    add,
    recall,
    retry,
    remove,
    take,
    bringAvatar,
    forget,
  };
});

/** Some browsers keep nothing: then a reload forgets the pictures, and all else goes on. */
function unkept(): undefined {
  return undefined;
}
