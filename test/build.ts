import { execSync } from 'node:child_process';

/** Builds the command once before the suite, so that tests of the command line run what a user runs. */
export default function build(): void {
  execSync('npm run --silent build', { stdio: 'inherit' });
}
