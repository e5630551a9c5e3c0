// What can be asked about pictures that I bring?

import type { RestClient } from "@teahouse/client";

import type { Attachment } from "../protocol/frames";
import type { UploadForm } from "./sendForm";

export interface UploadAnnounced {
  contentType: string;
  sizeBytes: number;
  purpose: "attachment" | "avatar";
}

export function uploadsApi(rest: RestClient) {
  return {
    /** Get a form that brings one picture, within a minute. */
    announceUpload: (announced: UploadAnnounced) =>
      rest.call<UploadForm>("POST", "/api/uploads", { body: announced }),
    /** What has become of it. */
    upload: (id: string) =>
      rest.call<Attachment>("GET", `/api/uploads/${encodeURIComponent(id)}`),
  };
}
