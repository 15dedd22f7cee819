/** The models of each alias, in the order of preference. */
export type ModelAliases = ReadonlyMap<string, readonly string[]>;

export const modelAliasesForm =
  'give aliases such as fast=llama3.2,code=codellama:7b>llama3.2, each name once, and no alias of an alias';

/** Maximum number of aliases. */
const maxAliases = 200;

const isName = (text: string): boolean => /^[\w][\w./:@-]{0,199}$/.test(text);

/** Parses `fast=llama3.2,code=codellama:7b>llama3.2`; null if the text has another form. */
export const parseModelAliases = (text: string): ModelAliases | null => {
  const aliases = new Map<string, readonly string[]>();
  for (const pair of text.split(',')) {
    const [alias = '', targets = '', ...rest] = pair.split('=').map((part) => part.trim());
    const names = targets.split('>').map((part) => part.trim());
    if (rest.length > 0 || !isName(alias) || !names.every(isName) || aliases.has(alias)) return null;
    aliases.set(alias, names);
  }
  const isChained = [...aliases.values()].flat().some((name) => aliases.has(name));
  return isChained || aliases.size > maxAliases ? null : aliases;
};
