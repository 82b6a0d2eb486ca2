/** A number from 0 to 2³² − 1 that seed and name decide alone: FNV-1a, mixed as MurmurHash3 ends. A seeded choice sorts by it. */
export function draw(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The items in an order that the seed decides. */
export function shuffled<Item>(items: readonly Item[], seed: number, name: (item: Item) => string): Item[] {
  return items
    .map((item) => ({ item, drawn: draw(seed, name(item)) }))
    .sort((a, b) => a.drawn - b.drawn)
    .map(({ item }) => item);
}
