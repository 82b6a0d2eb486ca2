/** What becomes of a member of an object, or of an item of a list, which has no name. */
type Remake = (value: unknown, name?: string) => unknown;

/**
 * A list or object with other members, and other names for them: the very same one where nothing changes. A report is
 * large and hardly ever holds anything that has to go, so that looking for it must not cost a copy.
 */
export function remade(whole: object, remake: Remake, nameOf: (name: string) => string): object {
  return Array.isArray(whole) ? remadeList(whole, remake) : remadeMembers(whole, remake, nameOf);
}

function remadeList(list: readonly unknown[], remake: Remake): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let at = 0; at < list.length; at++) {
    const item = list[at];
    // Of the longest lists, which have nothing to change.
    if (typeof item === 'number') continue;
    const made = remake(item);
    if (made !== item) (copy ??= [...list])[at] = made;
  }
  return copy ?? list;
}

function remadeMembers(whole: object, remake: Remake, nameOf: (name: string) => string): object {
  const members = whole as Readonly<Record<string, unknown>>;
  const names = Object.keys(members);
  let copy: [string, unknown][] | undefined;
  for (let at = 0; at < names.length; at++) {
    const name = names[at] as string;
    const member = members[name];
    const newName = nameOf(name);
    const made = remake(member, name);
    if (copy === undefined) {
      if (made === member && newName === name) continue;
      copy = names.slice(0, at).map((same) => [same, members[same]]);
    }
    copy.push([newName, made]);
  }
  // From entries, since a name may be `__proto__`.
  return copy === undefined ? whole : Object.fromEntries(copy);
}
