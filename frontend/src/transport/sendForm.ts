// How does a file travel? As a form, with word of how far it is; `fetch` could not tell that.

import { ApiError } from "@teahouse/client";

/** Where a form goes, and what stands in it before the file. */
export interface UploadForm {
  id: string;
  url: string;
  fields: Readonly<Record<string, string>>;
}

export type SendForm = (
  form: UploadForm,
  file: Blob,
  options?: { signal?: AbortSignal; onProgress?: (share: number) => void },
) => Promise<void>;

/** Post the form; rejects with `ApiError` when refused, with `TypeError` when nobody answers. */
export const sendForm: SendForm = (form, file, { signal, onProgress } = {}) =>
  new Promise((resolve, reject) => {
    const giveUp = () => reject(new TypeError("The form was given up."));
    if (signal?.aborted) return giveUp();
    const request = new XMLHttpRequest();
    const body = new FormData();
    for (const [name, value] of Object.entries(form.fields))
      body.append(name, value);
    // The store reads what stands before the file, and no file name of anybody's.
    body.append("file", file, "picture");
    request.upload.onprogress = ({ loaded, total }) =>
      onProgress?.(total > 0 ? loaded / total : 0);
    request.onload = () =>
      request.status < 300 ? resolve() : reject(refusal(request.status));
    request.onerror = () => reject(new TypeError("The form was not sent."));
    request.onabort = giveUp;
    signal?.addEventListener("abort", () => request.abort());
    request.open("POST", form.url);
    request.send(body);
  });

function refusal(status: number): ApiError {
  const isLater = status === 429 || status >= 500;
  return new ApiError(
    isLater ? "busy" : "invalid",
    status,
    "The form was refused.",
    isLater,
  );
}
