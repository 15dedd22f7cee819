import { estimateTextTokens } from '../../../engine/estimate.ts';
import { badInput } from '../../../errors/failures.ts';
import type { Workflow } from '../workflow.ts';
import { excerptOf } from './excerpt.ts';

export const confidences = ['LOW', 'MEDIUM', 'HIGH'] as const;

export interface ErrorExplanation {
  readonly cause: string;
  /** The file and line, as the log writes them; empty if it names none. */
  readonly location: string;
  readonly steps: readonly string[];
  readonly commands: readonly string[];
  readonly confidence: (typeof confidences)[number];
}

const text = (maxLength: number) => ({ type: 'string', maxLength });

const schema = {
  type: 'object',
  properties: {
    cause: { ...text(400), minLength: 1, description: 'The cause in plain words.' },
    location: { ...text(120), description: 'The file and line; "" if the log names none.' },
    steps: { type: 'array', minItems: 1, maxItems: 5, items: { ...text(160), minLength: 1 } },
    commands: { type: 'array', maxItems: 3, items: { ...text(120), minLength: 1 } },
    confidence: { enum: confidences },
  },
  required: ['cause', 'location', 'steps', 'commands', 'confidence'],
  additionalProperties: false,
};

/** Explains a log. From a log that exceeds the context, the lines around the errors and its end are used. */
export const errorExplanation: Workflow<ErrorExplanation> = {
  input: 'log',
  schema,
  async run({ values, partTokens, ask }) {
    const log = String(values.log);
    if (!/[\p{L}\p{N}]/u.test(log)) throw badInput('variables.log', 'variables.log contains no text.');
    const fitting = estimateTextTokens(log) <= partTokens ? log : excerptOf(log, partTokens);
    const [answer] = await ask([{ values: { ...values, log: fitting }, schema }]);
    const explanation = answer as ErrorExplanation;
    return { ...explanation, commands: explanation.commands.filter((command) => !isDestructive(command)) };
  },
};

/** Usual commands that delete or overwrite data, or that run what they download: never suggested. No list is complete. */
const destructive = [
  /\brm\s+(-\S+\s+)*(-\w*[rf]|--(recursive|force))/i,
  /\bfind\b.*\s-(delete|exec\s+rm)\b/i,
  /\btruncate\s+(-s|--size)\b/i,
  /\b(del|erase|rmdir|rd)\s+(\/\w\s+)*\/s\b/i,
  /\bremove-item\b/i,
  /\b(mkfs|shred|wipefs)\b/i,
  /\bdd\b.*\bof=/i,
  />\s*\/dev\/(sd|nvme|disk)/i,
  /\bdrop\s+(database|table|schema)\b/i,
  /\btruncate\s+table\b/i,
  /\bdelete\s+from\b/i,
  /\bgit\s+(reset\s+--hard|clean\s+-\w*f|push\s+.*(--force|-f)\b|(checkout|restore)\s+(--\s+)?\.|branch\s+-D\b)/,
  /\bdocker\s+(system|volume|image|container|network|builder)\s+(prune|rm)\b/i,
  /\bdocker\s+rm\b/i,
  /\bdocker[ -]compose\b.*\bdown\b.*\s(-v|--volumes)\b/i,
  /\bkubectl\s+delete\b/i,
  /\bchmod\s+(-\w+\s+)*0?777\b/i,
  /\b(curl|wget)\b.*\|\s*(sudo\s+)?((ba|z|da)?sh|python\d?|node|perl|ruby)\b/i,
  /\b((ba|z|da)?sh|eval|source)\b.*[<$]\(\s*(curl|wget)\b/i,
  /:\(\)\s*\{/,
];

export const isDestructive = (command: string): boolean => destructive.some((each) => each.test(command));
