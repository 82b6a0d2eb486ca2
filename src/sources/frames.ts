export { afterSpace, rawAt, stringAt, stringEnd, valueEnd, type Step } from '../model/raw-json.js';

/** How much of an unreadable frame is kept. */
const KEPT_CHARACTERS = 2_048;

/** The beginning of a frame that could not be read. */
export function beginning(text: string): string {
  return text.length <= KEPT_CHARACTERS ? text : text.slice(0, KEPT_CHARACTERS);
}
