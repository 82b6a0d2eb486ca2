import type { Path } from '../model/path.js';

/** Whether a difference (its path as the comparison spells it) lies at one of the paths, or below it. */
export function liesAt(paths: readonly Path[]): (difference: string) => boolean {
  const patterns = paths.map(patternOf);
  return (difference) => patterns.some((pattern) => pattern.test(difference));
}

function patternOf({ segments }: Path): RegExp {
  const steps = segments.map((segment) => {
    switch (segment.kind) {
      case 'name':
        return `(?:\\.${escaped(segment.name)}|\\[${escaped(JSON.stringify(segment.name))}\\])`;
      case 'index':
        return `\\[${segment.index}\\]`;
      case 'each':
        return String.raw`(?:\[\d+\]|\.\w+|\["(?:[^"\\]|\\.)*"\])`;
      case 'descend':
        return '.*';
      default:
        return segment satisfies never;
    }
  });
  return new RegExp(`^\\$${steps.join('')}(?![^.[])`, 's');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
