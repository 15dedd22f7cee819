import type { MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { locale } from '../../language/language.ts';

/** The results of the workflows, as `/api/llm/presets/{name}` sends them. */
export interface ErrorExplanation {
  readonly cause: string;
  readonly location: string;
  readonly steps: readonly string[];
  readonly commands: readonly string[];
  readonly confidence: 'LOW' | 'MEDIUM' | 'HIGH';
}

export interface TranscriptPlace {
  readonly utterance: number;
  readonly speaker: string | null;
  readonly quote: string;
  readonly startS: number | null;
}

export interface MeetingStatement {
  readonly text: string;
  readonly place: TranscriptPlace;
}

export interface MeetingSummary {
  readonly summary: string;
  readonly decisions: readonly MeetingStatement[];
  readonly actionItems: readonly {
    readonly owner: string;
    readonly task: string;
    readonly due: string;
    readonly place: TranscriptPlace;
  }[];
  readonly openQuestions: readonly MeetingStatement[];
}

export interface CodeFinding {
  readonly file: string;
  readonly line: number;
  readonly severity: 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW';
  readonly category: string;
  readonly title: string;
  readonly explanation: string;
  readonly suggestion: string;
  readonly patch: string | null;
}

export interface CodeReview {
  readonly summary: string;
  readonly verdict: 'APPROVE' | 'COMMENT' | 'REQUEST_CHANGES';
  readonly findings: readonly CodeFinding[];
}

export interface PlannedCommand {
  readonly command: string;
  readonly name:
    | 'PS'
    | 'IMAGES'
    | 'LOGS'
    | 'STATS'
    | 'INSPECT'
    | 'START'
    | 'STOP'
    | 'RESTART'
    | 'PAUSE'
    | 'UNPAUSE'
    | 'REMOVE';
  readonly container: string | null;
  readonly lines: number | null;
  readonly explanation: string;
  readonly risk: 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH';
  readonly readOnly: boolean;
}

export interface DockerPlan {
  readonly summary: string;
  readonly commands: readonly PlannedCommand[];
  readonly rejected: readonly { readonly command: string; readonly reason: string }[];
}

export interface HealingDiagnosis {
  readonly diagnosis: string;
  readonly action: string | null;
  readonly explanation: string;
  /** From 0 to 1. */
  readonly confidence: number;
}

/** The result of a run, with the workflow that shapes it. */
export type Result =
  | { readonly workflow: 'ERROR_EXPLANATION'; readonly value: ErrorExplanation }
  | { readonly workflow: 'MEETING_SUMMARY'; readonly value: MeetingSummary }
  | { readonly workflow: 'CODE_REVIEW'; readonly value: CodeReview }
  | { readonly workflow: 'DOCKER_PLAN'; readonly value: DockerPlan }
  | { readonly workflow: 'AGENT_HEALING'; readonly value: HealingDiagnosis }
  | { readonly workflow: null; readonly value: unknown };

export const verdictLabels: Readonly<Record<CodeReview['verdict'], MessageDescriptor>> = {
  APPROVE: msg`Nothing found`,
  COMMENT: msg`Minor findings`,
  REQUEST_CHANGES: msg`Changes needed`,
};

/** Returns a share from 0 to 1 in percent, without the sign. */
export const percentOf = (share: number): string => Math.round(share * 100).toLocaleString(locale());

/** Returns `1:02:03` or `2:03`. */
export const clockOf = (seconds: number): string => {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};

/** Returns where something was said, for people: `Ada, 2:03`. */
export const placeOf = ({ utterance, speaker, startS }: TranscriptPlace): string => {
  const place = startS === null ? t`line ${utterance}` : clockOf(startS);
  if (!speaker) return place;
  return t({ message: `${speaker}, ${place}`, comment: 'A speaker, and the line or time of the transcript' });
};
