import type { TargetSettings } from '../../model/settings.js';
import { openHttp } from './http.js';
import { openPusher } from './pusher.js';
import { openSandbox } from './sandbox.js';
import type { Target, TargetContext } from './target.js';

type Kind = TargetSettings['kind'];
type SettingsOf<K extends Kind> = Extract<TargetSettings, { kind: K }>;

/** Every kind of target. A new one is a file, a row here, and a member of TargetSettings. */
const TARGETS: { readonly [K in Kind]: (settings: SettingsOf<K>, context: TargetContext) => Target } = {
  pusher: (settings, context) => openPusher(settings.pusher, context),
  http: (settings, context) => openHttp(settings.http, context),
  sandbox: (settings, context) => openSandbox(settings.sandbox, context),
};

/** The target that the settings ask for. It sends nothing before it is told to. */
export function openTarget<K extends Kind>(settings: SettingsOf<K>, context: TargetContext): Target {
  return TARGETS[settings.kind](settings, context);
}
