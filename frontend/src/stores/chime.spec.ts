import { afterEach, beforeEach, expect, test, vi } from "vitest";

const resume = vi.fn();
const made = vi.fn();
let notes: { hz: number; from: number; to: number }[];
let nowMs: number;
let chime: () => void;

beforeEach(async () => {
  notes = [];
  nowMs = 10_000;
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  vi.stubGlobal("AudioContext", FakeAudio);
  // It remembers when it sounded last: each test begins in silence, and leaves none behind.
  vi.resetModules();
  ({ chime } = await import("./chime"));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.resetModules();
});

test("two notes sound, the second later and higher, and both end", () => {
  chime();

  const [first, second] = notes;
  expect(notes).toHaveLength(2);
  expect(second!.hz).toBeGreaterThan(first!.hz);
  expect(second!.from).toBeGreaterThan(first!.from);
  for (const { from, to } of notes) expect(to).toBeGreaterThan(from);
  expect(resume).toHaveBeenCalledOnce();
});

test("what comes right after is part of the same sound; later it sounds again", () => {
  chime();
  nowMs += 1_999;
  chime();
  expect(notes).toHaveLength(2);

  nowMs += 1;
  chime();
  expect(notes).toHaveLength(4);
  expect(made).toHaveBeenCalledOnce(); // browsers allow only a few
});

test("a browser that cannot sound stays silent, and may sound later", () => {
  vi.stubGlobal("AudioContext", undefined);
  Reflect.deleteProperty(globalThis, "AudioContext");
  chime();
  expect(notes).toEqual([]);

  vi.stubGlobal("AudioContext", FakeAudio);
  chime();
  expect(notes).toHaveLength(2);
});

/** Writes down what it should play. */
class FakeAudio {
  currentTime = 5;
  destination = {};
  resume = resume;
  constructor() {
    made();
  }
  createOscillator() {
    const note = { hz: 0, from: 0, to: 0 };
    notes.push(note);
    return {
      frequency: {
        set value(hz: number) {
          note.hz = hz;
        },
      },
      connect: (next: unknown) => next,
      start: (at: number) => (note.from = at),
      stop: (at: number) => (note.to = at),
    };
  }
  createGain = () => ({
    gain: {
      ...{ setValueAtTime: () => {}, linearRampToValueAtTime: () => {} },
      exponentialRampToValueAtTime: () => {},
    },
    connect: () => {},
  });
}
