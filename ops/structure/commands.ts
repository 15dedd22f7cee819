/** A shell command in a document. */
export interface Command {
  /** Variables that are set for it: `PORT=9000`. */
  readonly variables: readonly string[];
  readonly program: string;
  readonly args: readonly string[];
}

/** Returns the shell blocks of a document. */
export const shellBlocksIn = (text: string): readonly string[] =>
  [...text.matchAll(/^```(?:sh|bash)\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);

/** Returns the commands in the sentences of a document: `npm run check`. */
export const inlineCommandsIn = (text: string): readonly string[] =>
  [
    ...text
      .replaceAll(/^```[\s\S]*?^```/gm, '')
      .matchAll(/`((?:npm|node|docker|kubectl|helm|systemctl) [^`]+)`/g),
  ].map(([, command = '']) => command);

/**
 * Splits a block into its commands, at line feeds, `&&`, `||`, `|` and `;` outside of quotes. Substitutions and functions stay
 * part of their words. That is enough for what documents show; the shell itself checks the syntax.
 */
export const commandsIn = (block: string): readonly Command[] => {
  const commands: string[][] = [[]];
  let word: string | null = null;
  let quote: string | null = null;
  let depth = 0;
  const endWord = () => {
    if (word !== null) commands.at(-1)?.push(word);
    word = null;
  };
  const text = block.replaceAll('\\\n', ' ');
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quote !== null) {
      if (char === quote) quote = null;
      else word = (word ?? '') + char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= '';
    } else if (char === '#' && word === null) {
      while (at + 1 < text.length && text[at + 1] !== '\n') at += 1;
    } else if (depth === 0 && /\s/.test(char)) {
      endWord();
      if (char === '\n') commands.push([]);
    } else if (depth === 0 && /[&|;]/.test(char)) {
      endWord();
      commands.push([]);
    } else {
      if ('({'.includes(char)) depth += 1;
      if (')}'.includes(char)) depth -= 1;
      word = (word ?? '') + char;
    }
  }
  endWord();
  return commands.flatMap((words) => {
    const own = words[0] === 'sudo' ? words.slice(1) : words;
    const start = own.findIndex((each) => !/^[A-Za-z_]\w*=/.test(each));
    const variables = (start < 0 ? own : own.slice(0, start)).map((each) => each.slice(0, each.indexOf('=')));
    const [program, ...args] = start < 0 ? [] : own.slice(start);
    return program === undefined ? [] : [{ variables, program, args }];
  });
};
