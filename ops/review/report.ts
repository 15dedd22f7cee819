import { createHash } from 'node:crypto';
import type { PresetRun } from '../../client/public.ts';
import type { Options } from './options.ts';

export type Review = NonNullable<PresetRun['codeReview']>;
export type Finding = Review['findings'][number];

export interface Report {
  readonly findings: readonly Finding[];
  /** A line for each file. */
  readonly summary: readonly string[];
  /** Files whose review failed, with the reason. */
  readonly failures: readonly { readonly file: string; readonly reason: string }[];
}

/** Returns a report in a format of the command. */
export const formatted = (report: Report, format: Options['format']): string => {
  switch (format) {
    case 'json':
      return JSON.stringify(report, null, 2);
    case 'github':
      return report.findings.map(annotation).join('\n');
    case 'gitlab':
      return JSON.stringify(report.findings.map(qualityIssue), null, 2);
    case 'markdown':
      return markdown(report);
    default:
      return plain(report);
  }
};

const plain = ({ findings, summary, failures }: Report): string =>
  [
    ...findings.map(
      ({ file, line, severity, title, explanation, suggestion }) =>
        `${file}:${line}: ${severity.toLowerCase()}: ${title}\n  ${explanation}${suggestion && `\n  Suggestion: ${suggestion}`}`,
    ),
    ...summary,
    ...failures.map(({ file, reason }) => `${file}: not reviewed. ${reason}`),
    count(findings),
  ].join('\n');

const markdown = ({ findings, summary, failures }: Report): string =>
  [
    `## Code review: ${count(findings)}`,
    ...summary.map((line) => `- ${line}`),
    ...findings.map(({ file, line, severity, title, explanation, patch }) =>
      [
        `\n### \`${file}:${line}\` ${title} (${severity.toLowerCase()})\n\n${explanation}`,
        ...(patch ? [`\n${fenced(patch.trimEnd())}`] : []),
      ].join('\n'),
    ),
    ...failures.map(({ file, reason }) => `\n**${file}** was not reviewed: ${reason}`),
  ].join('\n');

const fenced = (text: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}`;
};

const count = (findings: readonly Finding[]): string =>
  findings.length === 1 ? '1 finding' : `${findings.length} findings`;

const levels = { CRITICAL: 'error', HIGH: 'error', MEDIUM: 'warning', LOW: 'notice' } as const;

/** A workflow command of GitHub Actions. A model's text must not end it and begin another one. */
const annotation = ({ file, line, severity, title, explanation }: Finding): string => {
  const text = (value: string) =>
    value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (value: string) => text(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${levels[severity]} file=${property(file)},line=${line},title=${property(title)}::${text(explanation)}`;
};

const gitlabSeverities = { CRITICAL: 'critical', HIGH: 'major', MEDIUM: 'minor', LOW: 'info' } as const;

/** An issue of GitLab's code quality report. */
const qualityIssue = ({ file, line, severity, category, title, explanation }: Finding) => ({
  description: `${title}: ${explanation}`,
  check_name: category.toLowerCase(),
  fingerprint: createHash('sha256').update(`${file}\n${line}\n${category}\n${title}`).digest('hex'),
  severity: gitlabSeverities[severity],
  location: { path: file, lines: { begin: line } },
});
