/** What one part of the benchmark found: a table, and the goals that were set. */
export interface Section {
  readonly title: string;
  /** Sentences: what was done, and what was left out. */
  readonly notes: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly goals: readonly Goal[];
}

/** A figure that is to be at most so much. */
export interface Goal {
  readonly what: string;
  readonly figure: number;
  readonly limit: number;
  /** `x`, `ms`, `MB` … */
  readonly unit: string;
}

/** As Markdown whose tables are aligned, so that they can be read as they are. */
export function sectionText({ title, notes, columns, rows, goals }: Section): string {
  const told = goals.map(({ what, figure, limit, unit }) => [
    what,
    `${number(figure)} ${unit}`,
    `${limit} ${unit}`,
    figure <= limit ? 'yes' : 'no',
  ]);
  return [
    `## ${title}`,
    notes.join(' '),
    table(columns, rows),
    ...(told.length === 0 ? [] : [table(['goal', 'figure', 'at most', 'met'], told)]),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Three digits that matter, or as many as stand before the point. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, n) => Math.max(column.length, 3, ...rows.map((row) => row[n]?.length ?? 0)));
  const pad = (text: string, n: number): string => {
    const width = widths[n] ?? 0;
    return n === 0 ? text.padEnd(width) : text.padStart(width);
  };
  const line = (cells: readonly string[]): string => `| ${cells.map(pad).join(' | ')} |`;
  const rule = widths.map((width, n) => (n === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(columns), line(rule), ...rows.map(line)].join('\n');
}
