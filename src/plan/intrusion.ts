import type { Account, SourceSettings } from '../model/settings.js';
import { fillIn } from '../sources/template.js';

/** A channel (topic) that belongs to one account, as the settings of sources that ask for nothing else. */
export interface Aim {
  /** The account's channel, and that of another account, by name. */
  readonly own: string;
  readonly foreign: string;
  /** Asks for the account's own channel, with its own credentials. */
  readonly asOwner: SourceSettings;
  /** Asks for the other account's channel, still with its own credentials: those are filled in by the source. */
  readonly asIntruder: SourceSettings;
}

/**
 * What to ask for, channel by channel: credentials stay templates, which the source fills with the asking account's
 * values, while the channel's name is filled with the other account's. A channel that both share is nobody's, and left
 * out; a plain WebSocket names none.
 */
export function aims(source: SourceSettings, account: Account, other: Account): Aim[] {
  return templatesOf(source).flatMap((template) => {
    const [own, foreign] = [fillIn(template, account), fillIn(template, other)];
    if (own === foreign) return [];
    return [{ own, foreign, asOwner: askingFor(source, own), asIntruder: askingFor(source, foreign) }];
  });
}

function templatesOf(source: SourceSettings): readonly string[] {
  if (source.kind === 'pusher') return source.pusher.channels;
  return source.kind === 'phoenix' ? source.phoenix.topics : [];
}

function askingFor(source: SourceSettings, channel: string): SourceSettings {
  if (source.kind === 'pusher') return { kind: 'pusher', pusher: { ...source.pusher, channels: [channel] } };
  if (source.kind === 'phoenix') return { kind: 'phoenix', phoenix: { ...source.phoenix, topics: [channel] } };
  return source;
}
