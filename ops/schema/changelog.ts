import type { SchemaChanges } from './changes.ts';

/** The heading of the changes since the last release. */
const unreleased = '## Unreleased';

const titles: Readonly<Record<keyof SchemaChanges, string>> = {
  breaking: 'Breaking',
  dangerous: 'Potentially breaking',
  added: 'Added',
  deprecated: 'Deprecated',
};

const kinds = ['breaking', 'dangerous', 'added', 'deprecated'] as const;

/** Splits the changelog into the lines before `## Unreleased`, its section, and the lines from the next heading on. */
const split = (changelog: string) => {
  const lines = changelog.split('\n');
  const from = lines.indexOf(unreleased);
  if (from === -1) throw new Error(`the changelog has no heading "${unreleased}"`);
  const until = lines.findIndex((line, index) => index > from && line.startsWith('## '));
  const end = until === -1 ? lines.length : until;
  return { before: lines.slice(0, from), section: lines.slice(from + 1, end), after: lines.slice(end) };
};

const bullet = (change: string) => `- ${change}`;

/** Returns the hand-written text after a change, on its line; empty if there is none. */
const noteOn = (section: readonly string[], change: string): string => {
  const start = bullet(change);
  return (
    section
      .find((line) => line.startsWith(start))
      ?.slice(start.length)
      .trim() ?? ''
  );
};

/** Returns the changelog with the changes under `Unreleased`. Notes stay with their change, as long as it exists. */
export const withChanges = (changelog: string, changes: SchemaChanges): string => {
  const { before, section, after } = split(changelog);
  const parts = kinds
    .filter((kind) => changes[kind].length > 0)
    .flatMap((kind) => [
      `### ${titles[kind]}`,
      '',
      ...changes[kind].map((change) => `${bullet(change)} ${noteOn(section, change)}`.trimEnd()),
      '',
    ]);
  return [...before, unreleased, '', ...(parts.length > 0 ? parts : ['Nothing yet.', '']), ...after].join(
    '\n',
  );
};

/** Returns the breaking changes without a note. */
export const unannounced = (changelog: string, { breaking }: SchemaChanges): readonly string[] => {
  const { section } = split(changelog);
  return breaking.filter((change) => noteOn(section, change) === '');
};

/**
 * Returns the changelog with the unreleased changes under the heading of a release. `date` has the form 2026-11-23. Throws
 * if the version exists already.
 */
export const withRelease = (changelog: string, version: string, date: string): string => {
  const { before, section, after } = split(changelog);
  if (after.some((line) => line.startsWith(`## ${version} `))) {
    throw new Error(`the changelog already has a release ${version}: raise the version in package.json`);
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
