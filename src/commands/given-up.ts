import { SIDES, type Link } from '../model/timeline.js';
import { count } from '../reports/text.js';
import type { Say } from './say.js';

/** Accounts of a side that are told one by one; the report tells the others. */
const TOLD = 3;

/**
 * Tells of accounts that were given up: while connecting nothing, since a side that nobody can join ends the run with one
 * sentence of its own; then a few of each side, and how many there are besides.
 */
export class GivenUp {
  readonly #say: Say;
  readonly #links: Link[] = [];
  #isListening = false;

  constructor(say: Say) {
    this.#say = say;
  }

  note(link: Link): void {
    this.#links.push(link);
    if (this.#isListening && this.#of(link.side).length <= TOLD) this.#tell(link);
  }

  /** Connecting is over. */
  listening(): void {
    this.#isListening = true;
    for (const side of SIDES) {
      const links = this.#of(side);
      for (const link of links.slice(0, TOLD)) this.#tell(link);
      const others = links.length - TOLD;
      if (others > 0) this.#say(`${side}: ${count(others, 'more account')} given up; the report says why`);
    }
  }

  #of(side: Link['side']): Link[] {
    return this.#links.filter((link) => link.side === side);
  }

  #tell({ side, account, reason, remedy }: Link): void {
    this.#say(`${side} ${account}: given up, ${reason}${remedy === undefined ? '' : `; ${remedy}`}`);
  }
}
