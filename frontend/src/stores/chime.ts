// How does it sound when something comes? Two soft notes, made here: no file to fetch.

const QUIET_MS = 2_000;
/** A fifth, on the middle of the keyboard. */
const NOTES_HZ = [523.25, 783.99];
const NOTE_S = 0.18;
const LOUDNESS = 0.08;

let context: AudioContext | undefined;
let soundedAt = -Infinity;

/** Sound once; what comes in shortly after is part of it. */
export function chime(): void {
  if (performance.now() - soundedAt < QUIET_MS) return;
  if (!("AudioContext" in globalThis)) return;
  soundedAt = performance.now();
  context ??= new AudioContext();
  // Browsers let nothing sound before somebody has touched the page; then it goes on.
  void context.resume();
  NOTES_HZ.forEach((hz, at) => note(context!, hz, at * NOTE_S));
}

function note(into: AudioContext, hz: number, afterS: number): void {
  const start = into.currentTime + afterS;
  const tone = into.createOscillator();
  const gain = into.createGain();
  tone.frequency.value = hz;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_S * 2);
  tone.connect(gain).connect(into.destination);
  tone.start(start);
  tone.stop(start + NOTE_S * 2);
}
