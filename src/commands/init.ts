import { exampleConfig } from '../config/template.js';
import { exportJsonSchema } from '../config/schema.js';
import { write } from './result.js';

/** `parity init`: prints a first config, or the config's JSON Schema. */
export async function init(options: { readonly schema?: boolean }): Promise<number> {
  await write(options.schema === true ? `${JSON.stringify(exportJsonSchema(), null, 2)}\n` : exampleConfig());
  return 0;
}
