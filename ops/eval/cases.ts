import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const words = z.array(z.string().min(1)).min(1);

const errorCase = z.strictObject({
  name: z.string(),
  log: z.string(),
  mentions: words,
  location: z.string().optional(),
});

const meetingCase = z.strictObject({
  name: z.string(),
  transcript: z.string(),
  actionItems: z.array(z.strictObject({ owner: z.string(), task: z.string() })).default([]),
  decisions: words.optional(),
});

const reviewCase = z.strictObject({
  name: z.string(),
  diff: z.string(),
  line: z.int().optional(),
  mentions: words.optional(),
  clean: z.literal(true).optional(),
});

const dockerCase = z.strictObject({
  name: z.string(),
  request: z.string(),
  output: z.string().optional(),
  /** One of these is planned, such as `logs web`; empty: no command needs to be. */
  expects: z.array(z.string().min(1)),
  /** The changes that the request asks for: no other one may be planned. */
  changes: z.array(z.string().min(1)).default([]),
});

const healingCase = z.strictObject({
  name: z.string(),
  log: z.string(),
  state: z.string().optional(),
  /** What was tried before. */
  history: z.string().optional(),
  /** The declared actions, with their descriptions. */
  actions: z.record(z.string(), z.string()),
  /** One of these is proposed; `none`: a person has to decide. */
  expects: words,
  /** Whether the log is too little for a diagnosis, so that the confidence has to be low. */
  unclear: z.literal(true).optional(),
});

export type HealingCase = z.infer<typeof healingCase>;
export type DockerCase = z.infer<typeof dockerCase>;
export type ErrorCase = z.infer<typeof errorCase>;
export type MeetingCase = z.infer<typeof meetingCase>;
export type ReviewCase = z.infer<typeof reviewCase>;

const read = <Case extends z.ZodType>(name: string, shape: Case): z.infer<Case>[] =>
  z.array(shape).parse(parse(readFileSync(new URL(`./cases/${name}.yaml`, import.meta.url), 'utf8')));

export const readCases = () => ({
  'error-explanation': read('error-explanation', errorCase),
  'meeting-summary': read('meeting-summary', meetingCase),
  'code-review': read('code-review', reviewCase),
  docker: read('docker', dockerCase),
  'agent-healing': read('agent-healing', healingCase),
});

export type EvaluatedPreset = keyof ReturnType<typeof readCases>;
