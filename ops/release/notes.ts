import type { Commit } from './git.ts';

/** The sections of the notes, in order. A commit is in the first whose paths it touches. */
const sections: readonly { readonly title: string; readonly holds: (path: string) => boolean }[] = [
  { title: 'Web app', holds: (path) => path.startsWith('web/') },
  { title: 'Programs and client package', holds: (path) => path.startsWith('client/') },
  {
    title: 'APIs',
    holds: (path) => path.startsWith('schema/schema.graphql') || /^api\/(http|graph|federation)\//.test(path),
  },
  { title: 'Server', holds: (path) => path.startsWith('api/') },
  {
    title: 'Operations',
    holds: (path) =>
      /^(docker-compose\.yml|ops\/(backup|docker|doctor|grafana|helm|prometheus|store|systemd)\/)/.test(path),
  },
  { title: 'Documentation', holds: (path) => path === 'README.md' || path.startsWith('docs/') },
];

/** Tests and tools of the repository, which nobody who runs the product notices. */
const isInternal = (path: string): boolean => /\.(test|contract|testing|faults|abuse)\.tsx?$/.test(path);

/** A line in the body of a commit that announces a breaking change: `Breaking: what to do instead`. */
const breakingLine = /^Breaking: (.+)$/m;

/** Words that begin the subjects of commits that add something. */
const adding = /^(Accept|Add|Allow|Export|Import|Let|Offer|Play|Search|Serve|Show|Support|Upload)\b/;

export type Level = 'major' | 'minor' | 'patch';

export interface ReleaseInput {
  /** The current version of the package, such as `0.1.0`. */
  readonly version: string;
  readonly commits: readonly Commit[];
  /** The section *Unreleased* of the changelog of the schema; empty if there is none. */
  readonly schemaChanges: string;
  /** The SQLite migrations that are new since the last release, and whether the one of MongoDB changed. */
  readonly storeChanges: readonly string[];
}

/** Returns the breaking changes: of the schema, and those that commits announce. */
const breakingChanges = ({ commits, schemaChanges }: ReleaseInput): readonly string[] => {
  const [, ofSchema = ''] = /### Breaking\n+([\s\S]*?)(?=\n#{2,3} |$)/.exec(schemaChanges) ?? [];
  const lines = ofSchema.split('\n').filter((line) => line.startsWith('- '));
  const announced = commits.flatMap(({ body }) => breakingLine.exec(body)?.[1] ?? []);
  return [...lines.map((line) => line.slice(2)), ...announced];
};

/** Returns how the version is raised. Before 1.0.0, a breaking change raises the second number, as SemVer allows. */
export const levelOf = (input: ReleaseInput): Level => {
  const isBefore1 = input.version.startsWith('0.');
  if (breakingChanges(input).length > 0) return isBefore1 ? 'minor' : 'major';
  const adds =
    input.commits.some(({ subject, paths }) => adding.test(subject) && !paths.every(isInternal)) ||
    /### Added/.test(input.schemaChanges);
  return adds && !isBefore1 ? 'minor' : 'patch';
};

/** Returns the next version. Throws for a version that is not of three numbers. */
export const nextVersion = (version: string, level: Level): string => {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(version) ?? [];
  if (patch === undefined) throw new Error(`The version "${version}" does not have the form 1.2.3.`);
  if (level === 'major') return `${Number(major) + 1}.0.0`;
  return level === 'minor' ? `${major}.${Number(minor) + 1}.0` : `${major}.${minor}.${Number(patch) + 1}`;
};

/** Returns the release notes in Markdown, for `CHANGELOG.md`. */
export const releaseNotes = (input: ReleaseInput, version: string, day: string): string => {
  const bySection = Map.groupBy(
    input.commits.filter(({ subject }) => !/^(Join|Merge) /.test(subject)),
    ({ paths }) => {
      const noticed = paths.filter((path) => !isInternal(path));
      return sections.find(({ holds }) => noticed.some(holds))?.title ?? null;
    },
  );
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`### ${title}`, '', ...items.map((item) => `- ${item}`), ''];
  return [
    `## ${version} (${day})`,
    '',
    ...list('Breaking changes', breakingChanges(input)),
    ...list('Changes of the stores', input.storeChanges),
    ...sections.flatMap(({ title }) =>
      list(
        title,
        (bySection.get(title) ?? []).map(({ subject, hash }) => `${subject} (${hash})`),
      ),
    ),
  ].join('\n');
};
