import { openCommand } from './command.js';
import { openFlagd } from './flagd.js';
import { openFlipper } from './flipper.js';
import { openHttp } from './http.js';
import { openLaunchDarkly } from './launchdarkly.js';
import type { FlagContext, FlagProvider, Kind, SettingsOf } from './provider.js';
import { openSandbox } from './sandbox.js';
import { openUnleash } from './unleash.js';

/** Every kind of provider. A new one is a file, a row here, and a member of ProviderSettings. */
const PROVIDERS: { readonly [K in Kind]: (settings: SettingsOf<K>, context: FlagContext) => FlagProvider } = {
  http: ({ http }, context) => openHttp(http, context),
  launchdarkly: ({ launchdarkly }, context) => openLaunchDarkly(launchdarkly, context),
  unleash: ({ unleash }, context) => openUnleash(unleash, context),
  flipper: ({ flipper }, context) => openFlipper(flipper, context),
  flagd: ({ flagd }, context) => openFlagd(flagd, context),
  command: ({ command }, context) => openCommand(command, context),
  sandbox: ({ sandbox }, context) => openSandbox(sandbox, context),
};

/** The provider that the settings ask for. It calls nobody before it is told to. */
export function openProvider<K extends Kind>(settings: SettingsOf<K>, context: FlagContext): FlagProvider {
  return PROVIDERS[settings.kind](settings, context);
}
