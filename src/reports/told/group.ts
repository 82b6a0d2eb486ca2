/** Items that share a name, groups in the order of their first item. */
export function groupBy<Item>(items: readonly Item[], name: (item: Item) => string): [Item, ...Item[]][] {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const known = groups.get(name(item));
    if (known === undefined) groups.set(name(item), [item]);
    else known.push(item);
  }
  return [...groups.values()];
}
