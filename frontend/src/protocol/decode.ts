// What did the server say? Unknown text becomes a frame, nothing, or a `DecodeError`.

export { DecodeError, decodeFrame } from "@teahouse/client";
