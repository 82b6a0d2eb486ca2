/** An annotation as GitHub's runner understands a line of the log. */
export interface Annotated {
  readonly level: string;
  readonly title: string;
  readonly message: string;
}

/**
 * Reads a log as the runner does: a line that begins, after blanks, with `::` and has a further `::` is a command; what stands
 * before its first blank is its name, then properties with commas between them.
 */
export function annotated(log: string): Annotated[] {
  return log.split(/\r\n|\r|\n/).flatMap((line) => {
    const found = /^\s*::(\w+)(?: ([^]*?))?::([^]*)$/.exec(line);
    if (found === null) return [];
    const [, level = '', properties = '', data = ''] = found;
    const title = properties.split(',').find((property) => property.startsWith('title='));
    return [{ level, title: unescaped(title?.slice('title='.length) ?? ''), message: unescaped(data) }];
  });
}

function unescaped(text: string): string {
  const meant = { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%' } as const;
  return text.replaceAll(/%(?:0D|0A|3A|2C|25)/g, (escape) => meant[escape as keyof typeof meant]);
}
