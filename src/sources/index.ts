import type { SourceSettings } from '../model/settings.js';
import { openPhoenix } from './phoenix.js';
import { openPusher } from './pusher.js';
import type { Source, SourceContext } from './source.js';
import { openWebSocket } from './websocket.js';

type Kind = SourceSettings['kind'];
type SettingsOf<K extends Kind> = Extract<SourceSettings, { kind: K }>;

/** Every kind of source. A new one is a file, a row here, and a member of SourceSettings. */
const SOURCES: { readonly [K in Kind]: (settings: SettingsOf<K>, context: SourceContext) => Source } = {
  pusher: (settings, context) => openPusher(settings.pusher, context),
  phoenix: (settings, context) => openPhoenix(settings.phoenix, context),
  websocket: (settings, context) => openWebSocket(settings.websocket, context),
};

/** The source that the settings ask for, not started yet. Throws a CallError where an account lacks a template's value. */
export function openSource<K extends Kind>(settings: SettingsOf<K>, context: SourceContext): Source {
  return SOURCES[settings.kind](settings, context);
}
