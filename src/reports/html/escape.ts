/** What could end the script that holds it, or what JSON leaves as it is and a browser, an editor or a reader may not. */
const UNSAFE = /[<>&\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A value as JSON that may stand in a page's `<script type="application/json">`, whatever its strings hold. */
export function embedded(value: unknown): string {
  // These can only stand inside strings, where an escape means the same.
  return JSON.stringify(value).replaceAll(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
