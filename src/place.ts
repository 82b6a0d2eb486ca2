/** The package's folder, for whoever runs from `src`, from `dist` or from the bundle in `dist/bundle`. */
const ROOT = new URL(import.meta.url.includes('/dist/bundle/') ? '../../' : '../', import.meta.url);

/** Where a file of the package lies that is read at run time, such as `dist/kernel/kernel.wasm`. */
export function placeOf(path: string): URL {
  return new URL(path, ROOT);
}
