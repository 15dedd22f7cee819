import {
  type CodeReview,
  type DockerPlan,
  type ErrorExplanation,
  type HealingDiagnosis,
  type MeetingStatement,
  type MeetingSummary,
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
    `## Cause\n\n${cause}`,
    location && `**Location:** \`${location}\``,
    `**Confidence:** ${confidence.toLowerCase()}`,
    `## Fix\n\n${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}`,
    commands.length > 0 && `## Commands\n\n${fenced(commands.join('\n'), 'sh')}`,
  ]);

const meetingMarkdown = ({ summary, decisions, actionItems, openQuestions }: MeetingSummary): string =>
  blocks([
    `## Summary\n\n${summary}`,
    list('Decisions', decisions.map(statement)),
    list(
      'Action items',
      actionItems.map(({ owner, task, due, place }) => {
        const who = owner === '' ? '' : `**${owner}:** `;
        return `${who}${task}${due === '' ? '' : ` (due ${due})`} (${placeOf(place)})`;
      }),
    ),
    list('Open questions', openQuestions.map(statement)),
  ]);

const reviewMarkdown = ({ summary, verdict, findings }: CodeReview): string =>
  blocks([
    `## ${verdictLabels[verdict]}\n\n${summary}`,
    ...findings.map(({ file, line, severity, title, explanation, patch }) =>
      blocks([
        `### \`${file}:${line}\` ${title} (${severity.toLowerCase()})`,
        explanation,
        patch && fenced(patch.trimEnd(), 'diff'),
      ]),
    ),
  ]);

const dockerMarkdown = ({ summary, commands, rejected }: DockerPlan): string =>
  blocks([
    summary,
    ...commands.map(({ command, explanation, risk }) =>
      blocks([fenced(command, 'sh'), `${explanation} (risk: ${risk.toLowerCase()})`]),
    ),
    list(
      'Left out',
      rejected.map(({ command, reason }) => `\`${command.replaceAll('`', "'")}\`: ${reason}`),
    ),
  ]);

const healingMarkdown = ({ diagnosis, action, explanation, confidence }: HealingDiagnosis): string =>
  blocks([
    `## Diagnosis\n\n${diagnosis}`,
    `**Proposed action:** ${action === null ? 'none' : `\`${action}\``}`,
    `**Confidence:** ${Math.round(confidence * 100)} %`,
    explanation,
  ]);

const statement = ({ text, place }: MeetingStatement): string => `${text} (${placeOf(place)})`;

const list = (title: string, items: readonly string[]): string | false =>
  items.length > 0 && `## ${title}\n\n${items.map((item) => `- ${item}`).join('\n')}`;

const blocks = (parts: readonly (string | false | null)[]): string => parts.filter(Boolean).join('\n\n');

/** Fences a text with more backticks than it has in a row. */
const fenced = (text: string, language: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
};
