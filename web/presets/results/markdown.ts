import { i18n } from '@lingui/core';
import { select, t } from '@lingui/core/macro';
import {
  type CodeFinding,
  type CodeReview,
  type DockerPlan,
  type ErrorExplanation,
  type HealingDiagnosis,
  type MeetingStatement,
  type MeetingSummary,
  type PlannedCommand,
  percentOf,
  placeOf,
  type Result,
  verdictLabels,
} from './types.ts';

/** Returns a result as Markdown, to paste into a ticket, a mail or a chat. */
export const markdownOf = (result: Result, text: string): string => {
  switch (result.workflow) {
    case 'ERROR_EXPLANATION':
      return errorMarkdown(result.value);
    case 'MEETING_SUMMARY':
      return meetingMarkdown(result.value);
    case 'CODE_REVIEW':
      return reviewMarkdown(result.value);
    case 'DOCKER_PLAN':
      return dockerMarkdown(result.value);
    case 'AGENT_HEALING':
      return healingMarkdown(result.value);
    default:
      return result.value === null ? text : fenced(JSON.stringify(result.value, null, 2), 'json');
  }
};

const errorMarkdown = ({ cause, location, steps, commands, confidence }: ErrorExplanation): string =>
  blocks([
    section(t`Cause`, cause),
    location && fact(t`Location:`, `\`${location}\``),
    fact(
      t`Confidence:`,
      t({
        message: select(confidence, { LOW: 'low', MEDIUM: 'medium', other: 'high' }),
        comment: 'A confidence',
      }),
    ),
    section(
      t({ message: 'Fix', context: 'how to fix an error' }),
      steps.map((step, index) => `${index + 1}. ${step}`).join('\n'),
    ),
    commands.length > 0 && section(t`Commands`, fenced(commands.join('\n'), 'sh')),
  ]);

const meetingMarkdown = ({ summary, decisions, actionItems, openQuestions }: MeetingSummary): string =>
  blocks([
    section(t`Summary`, summary),
    list(t`Decisions`, decisions.map(statement)),
    list(
      t`Action items`,
      actionItems.map(({ owner, task, due, place }) => {
        const who = owner === '' ? '' : `**${owner}:** `;
        return `${who}${task}${due === '' ? '' : ` ${t`(due ${due})`}`} (${placeOf(place)})`;
      }),
    ),
    list(t`Open questions`, openQuestions.map(statement)),
  ]);

const reviewMarkdown = ({ summary, verdict, findings }: CodeReview): string =>
  blocks([
    section(i18n._(verdictLabels[verdict]), summary),
    ...findings.map(({ file, line, severity, title, explanation, patch }) =>
      blocks([
        `### \`${file}:${line}\` ${title} (${severityOf(severity)})`,
        explanation,
        patch && fenced(patch.trimEnd(), 'diff'),
      ]),
    ),
  ]);

const dockerMarkdown = ({ summary, commands, rejected }: DockerPlan): string =>
  blocks([
    summary,
    ...commands.map(({ command, explanation, risk }) =>
      blocks([fenced(command, 'sh'), `${explanation} (${riskOf(risk)})`]),
    ),
    list(
      t`Left out`,
      rejected.map(({ command, reason }) => `\`${command.replaceAll('`', "'")}\`: ${reason}`),
    ),
  ]);

const healingMarkdown = ({ diagnosis, action, explanation, confidence }: HealingDiagnosis): string =>
  blocks([
    section(t`Diagnosis`, diagnosis),
    fact(
      t`Proposed action:`,
      action === null ? t({ message: 'none', context: 'no proposed action' }) : `\`${action}\``,
    ),
    fact(t`Confidence:`, `${percentOf(confidence)} %`),
    explanation,
  ]);

const statement = ({ text, place }: MeetingStatement): string => `${text} (${placeOf(place)})`;

const severityOf = (severity: CodeFinding['severity']): string =>
  t({
    message: select(severity, { CRITICAL: 'critical', HIGH: 'high', MEDIUM: 'medium', other: 'low' }),
    comment: 'The severity of a finding',
  });

const riskOf = (risk: PlannedCommand['risk']): string =>
  select(risk, { NONE: 'risk: none', LOW: 'risk: low', MEDIUM: 'risk: medium', other: 'risk: high' });

const section = (title: string, text: string): string => `## ${title}\n\n${text}`;

/** Returns a bold label, which ends with a colon, and its value. */
const fact = (label: string, value: string): string => `**${label}** ${value}`;

const list = (title: string, items: readonly string[]): string | false =>
  items.length > 0 && section(title, items.map((item) => `- ${item}`).join('\n'));

const blocks = (parts: readonly (string | false | null)[]): string => parts.filter(Boolean).join('\n\n');

/** Fences a text with more backticks than it has in a row. */
const fenced = (text: string, language: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
};
