import { marked, type Token, type Tokens } from 'marked';

/** What a reader of Markdown makes of a text: its tokens, at every depth. */
export function tokensOf(text: string): Token[] {
  const found: Token[] = [];
  void marked.walkTokens(marked.lexer(text), (token) => void found.push(token));
  return found;
}

/** Tables with the heading they stand under: a row is a list of what is shown in its cells. */
export function tablesOf(text: string): { readonly heading: string; readonly rows: string[][] }[] {
  const tables: { heading: string; rows: string[][] }[] = [];
  let heading = '';
  for (const token of marked.lexer(text)) {
    if (token.type === 'heading') heading = shown((token as Tokens.Heading).tokens);
    if (token.type !== 'table') continue;
    const { header, rows } = token as Tokens.Table;
    tables.push({ heading, rows: [header, ...rows].map((row) => row.map(({ tokens }) => shown(tokens))) });
  }
  return tables;
}

/** The text that is seen of tokens, without the invisible blanks. */
export function shown(tokens: readonly Token[]): string {
  return tokens
    .map((token): string => {
      if (token.type === 'html') return '';
      const inner = (token as { tokens?: Token[] }).tokens;
      if (inner !== undefined) return shown(inner);
      if (token.type === 'codespan') return (token as Tokens.Codespan).text;
      return decoded((token as { text?: string }).text ?? '');
    })
    .join('')
    .replaceAll('\u200b', '');
}

const NAMED = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' } as const;

function decoded(text: string): string {
  return text.replaceAll(/&#(\d+);|&(?:lt|gt|quot|amp);/g, (entity, code?: string) =>
    code === undefined ? NAMED[entity as keyof typeof NAMED] : String.fromCodePoint(Number(code)),
  );
}
