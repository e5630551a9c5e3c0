// Where is the server? On the host that served the page, always.

/** The socket's address on a page's own host. */
export function socketUrl(
  page: Pick<Location, "protocol" | "host"> = location,
): string {
  return `${page.protocol === "https:" ? "wss:" : "ws:"}//${page.host}/ws`;
}
