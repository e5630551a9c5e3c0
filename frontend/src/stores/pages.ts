// How is a list read that comes in pages?

/** Ask for page after page; lists of people and bans are short. */
export async function allPages<Page extends { next?: string }>(
  ask: (from: { cursor?: string }) => Promise<Page>,
): Promise<Page[]> {
  const pages = [await ask({})];
  for (let next = pages[0]?.next; next !== undefined;) {
    const page = await ask({ cursor: next });
    pages.push(page);
    next = page.next;
  }
  return pages;
}
