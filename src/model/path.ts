/** One step of a compiled path: a member name, an array index, every element, or any depth below. */
export type Segment =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'each' }
  | { readonly kind: 'descend' };

/** A path as RFC 9535 JSONPath, restricted to names, indices, `[*]` and (in rules) `..`. */
export interface Path {
  /** As the config spells it: `$.actor.name`. */
  readonly text: string;
  readonly segments: readonly Segment[];
}
