// How does a picture become small enough to be taken? By scaling it down, where it is too large.

/** What the server takes: docs/protocol.md, "Limits". */
export const PICTURE_TYPES: readonly string[] = [
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
];
export const MAX_PICTURE_BYTES = 5 * 1024 * 1024;

const MAX_PIXELS = 25_000_000;
/** A smaller file hardly holds more pixels than are taken. */
const LOOKED_AT_BYTES = 2 * 1024 * 1024;
const SIDE_PX = 4_096;
const QUALITY = 0.85;

/** Give the picture itself where it will do; else a smaller one, or itself if none can be made. */
export async function shrinkPicture(file: Blob): Promise<Blob> {
  const isFine =
    PICTURE_TYPES.includes(file.type) && file.size <= LOOKED_AT_BYTES;
  // What moves would stand still.
  if (isFine || file.type === "image/gif") return file;
  try {
    const bitmap = await createImageBitmap(file);
    const isSmall = bitmap.width * bitmap.height <= MAX_PIXELS;
    const isTaken = PICTURE_TYPES.includes(file.type);
    const stays = isSmall && isTaken && file.size <= MAX_PICTURE_BYTES;
    const made = stays ? file : await drawSmaller(bitmap);
    bitmap.close();
    return made;
  } catch {
    return file;
  }
}

async function drawSmaller(bitmap: ImageBitmap): Promise<Blob> {
  const scale = Math.min(1, SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(bitmap.width * scale)),
    Math.max(1, Math.round(bitmap.height * scale)),
  );
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw.");
  // A JPEG has no transparency: what shone through would be black.
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}
