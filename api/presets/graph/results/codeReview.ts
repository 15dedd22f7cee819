import { builder } from '../../../graph/builder.ts';
import type {
  CodeFinding,
  CodeReview,
  categories,
  severities,
  verdicts,
} from '../../workflows/codeReview/codeReview.ts';

const described = <const Name extends string>(descriptions: Readonly<Record<Name, string>>) =>
  Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [name, { description }]),
  ) as Record<Name, { description: string }>;

const Severity = builder.enumType('FindingSeverity', {
  description: 'How much harm a finding can do.',
  values: described<(typeof severities)[number]>({
    CRITICAL: 'Loses data, or opens the system to attackers.',
    HIGH: 'Breaks a feature.',
    MEDIUM: 'Breaks in rare cases.',
    LOW: 'Does little harm.',
  }),
});

const Category = builder.enumType('FindingCategory', {
  description: 'The kind of a finding.',
  values: described<(typeof categories)[number]>({
    BUG: 'Wrong behaviour.',
    SECURITY: 'A security hole.',
    CONCURRENCY: 'A race or a deadlock.',
    PERFORMANCE: 'Slow, or a leak.',
    ERROR_HANDLING: 'Errors that are not handled.',
    OTHER: 'Anything else.',
  }),
});

const Verdict = builder.enumType('ReviewVerdict', {
  description: 'What a review recommends.',
  values: described<(typeof verdicts)[number]>({
    APPROVE: 'No finding.',
    COMMENT: 'Findings of medium or low severity only.',
    REQUEST_CHANGES: 'A finding of critical or high severity.',
  }),
});

const CodeFindingRef = builder.objectRef<CodeFinding>('CodeFinding').implement({
  description: 'A defect that a review found.',
  fields: (t) => ({
    file: t.exposeString('file', { description: 'The path of the file.' }),
    line: t.exposeInt('line', { description: 'The line in the new version of the file.' }),
    severity: t.expose('severity', { type: Severity, description: 'How much harm it can do.' }),
    category: t.expose('category', { type: Category, description: 'Its kind.' }),
    title: t.exposeString('title', { description: 'The defect in a few words.' }),
    explanation: t.exposeString('explanation', { description: 'Why it is one.' }),
    suggestion: t.exposeString('suggestion', {
      description: 'The text that replaces the line; empty if there is none.',
    }),
    patch: t.exposeString('patch', {
      nullable: true,
      description: 'The suggestion as a patch for `git apply` on the new version of the file.',
    }),
  }),
});

export const CodeReviewRef = builder.objectRef<CodeReview>('CodeReview').implement({
  description: 'The review of a diff or file.',
  fields: (t) => ({
    summary: t.exposeString('summary', {
      description: 'The summary; of a long diff, one line for each part.',
    }),
    verdict: t.expose('verdict', { type: Verdict, description: 'The recommendation, by the worst finding.' }),
    findings: t.field({
      type: [CodeFindingRef],
      description: 'The findings, by file and line.',
      resolve: ({ findings }) => findings,
    }),
  }),
});
