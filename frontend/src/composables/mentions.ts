// Whom does a message name? As the server reads it: `@username`, not within a word or an address.

import type { User } from "../protocol/frames";

const MENTION = /(?<![\w.@-])@([A-Za-z0-9_.-]{5,64})/g;

/** Tell whether `text` names this person; guests have no user name to be named by. */
export function names(text: string, { username }: User): boolean {
  if (username === undefined || !text.includes("@")) return false;
  const wanted = username.toLowerCase();
  return [...text.matchAll(MENTION)].some(([, written = ""]) => {
    const name = written.toLowerCase();
    // A name may end in a dot, and so may a sentence.
    return name === wanted || name.replace(/[._-]+$/, "") === wanted;
  });
}

/** Who may be meant by what stands behind the `@`: names that begin so first. */
export function findPeople(people: readonly User[], query: string): User[] {
  const wanted = query.toLocaleLowerCase();
  const rank = ({ username = "", displayName }: User) => {
    const both = [username, displayName].map((name) =>
      name.toLocaleLowerCase(),
    );
    if (both.some((name) => name.startsWith(wanted))) return 0;
    return both.some((name) => name.includes(wanted)) ? 1 : 2;
  };
  return people
    .filter((user) => user.username !== undefined && rank(user) < 2)
    .sort((one, other) => rank(one) - rank(other));
}
