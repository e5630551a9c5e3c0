// What did the server say? Text becomes a frame, nothing, or a `DecodeError`.

import {
  EVENT_FIELDS,
  FRAME_FIELDS,
  type FieldType,
  type ServerFrame,
} from "./frames.js";

/** A frame of a known type that is not what the contract says. */
export class DecodeError extends Error {
  constructor(readonly reason: string) {
    super(`This frame cannot be read: ${reason}.`);
    this.name = "DecodeError";
  }
}

type Fields = Readonly<Record<string, FieldType>>;
type Json = Record<string, unknown>;

/**
 * Read one frame of the server.
 *
 * Undefined for what a client ignores: no `type` (API Gateway's own errors) and unknown types.
 * Unknown fields and kinds of event stay in.
 *
 * @throws DecodeError when it is no JSON object, or lacks what its type promises.
 */
export function decodeFrame(data: unknown): ServerFrame | undefined {
  if (typeof data !== "string") throw new DecodeError("it is not text");
  const frame = parse(data);
  if (!isObject(frame)) throw new DecodeError("it is no object");
  if (typeof frame.type !== "string") return undefined;
  const fields = known<Fields>(FRAME_FIELDS, frame.type);
  if (!fields) return undefined;
  check(frame, fields, frame.type);
  if (Array.isArray(frame.events)) frame.events.forEach(checkEvent);
  if ("event" in fields) checkEvent(frame.event);
  return frame as unknown as ServerFrame;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DecodeError("it is no JSON");
  }
}

function checkEvent(event: unknown): void {
  if (!isObject(event)) throw new DecodeError("an event is no object");
  check(
    event,
    { seq: "number", kind: "string", by: "string", at: "number" },
    "event",
  );
  if (!Number.isSafeInteger(event.seq))
    throw new DecodeError("seq is no integer");
  check(
    event,
    known<Fields>(EVENT_FIELDS, String(event.kind)) ?? {},
    String(event.kind),
  );
}

function check(value: Json, fields: Fields, name: string): void {
  for (const [field, type] of Object.entries(fields)) {
    if (!isOf(type, value[field]))
      throw new DecodeError(`${name}.${field} is no ${type}`);
  }
}

function isOf(type: FieldType, value: unknown): boolean {
  if (type === "any") return value !== undefined;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  return typeof value === type;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Look a name up without finding what every object inherits. */
function known<T>(table: object, name: string): T | undefined {
  return Object.hasOwn(table, name)
    ? (table as Record<string, T>)[name]
    : undefined;
}
