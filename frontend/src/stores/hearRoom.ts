// How does one hear a room that is not in the list yet?

import { ActionRefused } from "@teahouse/client";

import type { Position, RefusalCode } from "../protocol/frames";
import type { ChatClient } from "./services";

/** Ask to hear a room; rejects with a refusal, or as unreachable where the line is down or breaks. */
export function hearRoom(
  chat: ChatClient | undefined,
  id: string,
  position: Position,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (chat?.state !== "connected")
      return reject(new TypeError("There is no line."));
    const stops = [
      chat.on("joined", ({ roomId }) => {
        if (roomId === id) settle(resolve);
      }),
      chat.on("joinRefused", ({ roomId, code, message }) => {
        if (roomId !== id) return;
        settle(() => reject(new ActionRefused(code as RefusalCode, message)));
      }),
      chat.on("state", () =>
        settle(() => reject(new TypeError("The line broke."))),
      ),
    ];
    const settle = (how: () => void) => {
      for (const stop of stops) stop();
      how();
    };
    chat.joinRoom(id, position);
  });
}
