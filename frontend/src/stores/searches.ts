// Where was something said, and by whom?

import { defineStore } from "pinia";

import type { Message, User } from "../protocol/frames";
import { useServices } from "./services";

/** A message that was found, and who said it. */
export interface Found {
  message: Message & { roomId: string };
  by: User | undefined;
}

export const useSearches = defineStore("searches", () => {
  const { api } = useServices();

  /** Look in one room or in all of mine; `next` goes on, also after a page without anything. */
  async function page(
    query: string,
    roomId?: string,
    cursor?: string,
  ): Promise<{ found: Found[]; next: string | undefined }> {
    const { messages, users, next } = await api.search({
      q: query,
      ...(roomId !== undefined && { roomId }),
      ...(cursor !== undefined && { cursor }),
    });
    const found = messages.map((message) => ({
      message,
      by: users[message.by],
    }));
    return { found, next };
  }

  return { page };
});
