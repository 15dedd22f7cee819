import type { SchemaChanges } from './changes.ts';

/** The heading of what comes with the next release. */
const unreleased = '## Unreleased';

const titles: Readonly<Record<keyof SchemaChanges, string>> = {
  breaking: 'Breaking',
  dangerous: 'Look before you upgrade',
  added: 'Added',
  deprecated: 'Deprecated',
};

const kinds = ['breaking', 'dangerous', 'added', 'deprecated'] as const;

/** The lines before `## Unreleased`, its own, and those from the release after it on. */
const split = (changelog: string) => {
  const lines = changelog.split('\n');
  const from = lines.indexOf(unreleased);
  if (from === -1) throw new Error(`the changelog has no heading "${unreleased}"`);
  const until = lines.findIndex((line, index) => index > from && line.startsWith('## '));
  const end = until === -1 ? lines.length : until;
  return { before: lines.slice(0, from), section: lines.slice(from + 1, end), after: lines.slice(end) };
};

const bullet = (change: string) => `- ${change}`;

/** What is written after a change, in its line. */
const wordsOn = (section: readonly string[], change: string): string => {
  const start = bullet(change);
  return (
    section
      .find((line) => line.startsWith(start))
      ?.slice(start.length)
      .trim() ?? ''
  );
};

/**
 * The changelog with `Unreleased` as the changes are. Words that somebody wrote after a change stay, as long as there is
 * that change.
 */
export const withChanges = (changelog: string, changes: SchemaChanges): string => {
  const { before, section, after } = split(changelog);
  const parts = kinds
    .filter((kind) => changes[kind].length > 0)
    .flatMap((kind) => [
      `### ${titles[kind]}`,
      '',
      ...changes[kind].map((change) => `${bullet(change)} ${wordsOn(section, change)}`.trimEnd()),
      '',
    ]);
  return [...before, unreleased, '', ...(parts.length > 0 ? parts : ['Nothing yet.', '']), ...after].join(
    '\n',
  );
};

/** Breaking changes that nobody has written a word about. */
export const unannounced = (changelog: string, { breaking }: SchemaChanges): readonly string[] => {
  const { section } = split(changelog);
  return breaking.filter((change) => wordsOn(section, change) === '');
};

/** The changelog with what was unreleased under the heading of a release. `date` is such as 2026-11-23. */
export const withRelease = (changelog: string, version: string, date: string): string => {
  const { before, section, after } = split(changelog);
  if (after.some((line) => line.startsWith(`## ${version} `))) {
    throw new Error(`the changelog has a release ${version} already: raise the version in package.json`);
  }
  return [
    ...before,
    unreleased,
    '',
    'Nothing yet.',
    '',
    `## ${version} (${date})`,
    ...section,
    ...after,
  ].join('\n');
};
