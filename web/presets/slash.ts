/** A slash command that is being typed: `/code-re`, or `/translate Good morning`. */
export interface SlashCommand {
  /** The beginning of a preset's name, or all of it. */
  readonly name: string;
  /** The text after the name; null while the name is being typed. */
  readonly text: string | null;
}

/** Returns the command at the start of a message; null if it is none. */
export const slashCommandOf = (message: string): SlashCommand | null => {
  const match = /^\/([a-z][a-z0-9-]{0,59})?(?:\s([\s\S]*))?$/.exec(message);
  if (!match || (match[1] === undefined && match[2] !== undefined)) return null;
  return { name: match[1] ?? '', text: match[2] ?? null };
};

/** Returns the presets that a command can mean: the one of its name, or while it is typed those whose name has it. */
export const candidatesOf = <Preset extends { readonly name: string }>(
  { name, text }: SlashCommand,
  presets: readonly Preset[],
): readonly Preset[] => {
  if (text !== null) return presets.filter((preset) => preset.name === name);
  const rank = (preset: Preset) => (preset.name.startsWith(name) ? 0 : 1);
  return presets
    .filter((preset) => preset.name.includes(name))
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, 6);
};
