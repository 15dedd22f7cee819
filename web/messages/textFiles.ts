/** The maximum length of a message in the field, in UTF-16 code units. The field gets slow with more. */
export const maxMessageLength = 100_000;

/** The maximum number of files that are read at once. */
const maxFiles = 20;

export interface TextFiles {
  /** The files as Markdown, each in a code block under its name; empty if none is text. */
  readonly text: string;
  /** Why files were left out; null for none. */
  readonly problem: string | null;
}

/** Reads files that were dropped or pasted. Only text can be added to a message. */
export const readTextFiles = async (files: readonly File[]): Promise<TextFiles> => {
  const texts: string[] = [];
  const problems: string[] = [];
  if (files.length > maxFiles) problems.push(`Only the first ${maxFiles} files were read.`);
  for (const file of files.slice(0, maxFiles)) {
    const content = file.size > maxMessageLength * 4 ? null : await file.text().catch(() => null);
    if (content === null || content.length > maxMessageLength) {
      problems.push(
        `“${file.name}” is too large. A message has at most ${maxMessageLength.toLocaleString()} characters.`,
      );
    } else if (/[\0\ufffd]/.test(content)) {
      problems.push(`“${file.name}” is not a text file. Only the text of files can be added to a message.`);
    } else texts.push(asBlock(file.name, content));
  }
  return { text: texts.join('\n\n'), problem: problems.length > 0 ? problems.join(' ') : null };
};

const asBlock = (name: string, content: string): string => {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const language = /\.([a-z0-9]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return `${name}:\n\n${fence}${language}\n${content.replace(/\n$/, '')}\n${fence}\n`;
};
