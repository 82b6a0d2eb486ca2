import { execFileSync } from 'node:child_process';

/** Builds the command once before the suite, so that tests of the command line run what a user runs. */
export default function build(): void {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'src/tsconfig.json'], { stdio: 'inherit' });
}
