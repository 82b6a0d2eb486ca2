export type Environment = Readonly<Record<string, string | undefined>>;

/** A text with its variables filled in, the values used, and what was wrong with it. */
export interface Substituted {
  readonly text: string;
  readonly used: readonly { readonly name: string; readonly value: string }[];
  readonly problems: readonly string[];
}

/** Replaces each `${NAME}` by the environment variable of that name; `$${NAME}` stands for a literal `${NAME}`. */
export function substitute(text: string, env: Environment): Substituted {
  const used: { name: string; value: string }[] = [];
  const problems: string[] = [];
  const filled = text.replaceAll(/\$(\$?)\{([^}]*)(\}?)/g, (whole, escaped: string, name: string, end: string) => {
    if (escaped) return whole.slice(1);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (end === '' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      problems.push('expected the name of an environment variable in ${…}, such as ${PUSHER_KEY}; $${ stands for ${');
    } else if (value === undefined) {
      problems.push(`the environment variable ${name} is not set; export ${name}=…`);
    } else if (value === '') {
      problems.push(`the environment variable ${name} is empty; export ${name}=…`);
    } else {
      used.push({ name, value });
      return value;
    }
    return whole;
  });
  return { text: filled, used, problems };
}
