import type { ReplaySettings, Settings, TargetSettings } from '../../model/settings.js';
import { allower } from '../allow.js';
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

/**
 * Where the events of a replay are sent.
 * @throws CallError for templates that an account cannot fill, or a target that lacks something
 */
export function openTargets(
  settings: Settings,
  { control, candidate, timeoutMs, inFlight, allow }: ReplaySettings,
): { readonly control: Target; readonly candidate?: Target } {
  const context = { settings, timeoutMs, inFlight, allows: allower(allow) };
  return {
    control: openTarget(control, context),
    ...(candidate === undefined ? {} : { candidate: openTarget(candidate, context) }),
  };
}
