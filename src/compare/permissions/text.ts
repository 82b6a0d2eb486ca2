import type { Json } from '../../model/json.js';
import type { Reconcile } from './permission.js';

/**
 * Texts that read the same once HTML's entities are resolved (`html`), or once both are in one Unicode normalisation
 * form (`unicode`, Unicode Standard Annex 15). Markup itself is never removed: lost tags are a difference.
 */
export function text(options: { readonly html: boolean; readonly unicode?: 'nfc' | 'nfkc' }): Reconcile {
  const read = (value: string): string => {
    const plain = options.html ? resolveEntities(value) : value;
    return options.unicode === undefined ? plain : plain.normalize(options.unicode === 'nfc' ? 'NFC' : 'NFKC');
  };
  return (control, candidate) =>
    isText(control) && isText(candidate) && read(control) === read(candidate) ? control : candidate;
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

function resolveEntities(value: string): string {
  return value.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[name as string] ?? whole;
    const code = decimal === undefined ? parseInt(hex as string, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
