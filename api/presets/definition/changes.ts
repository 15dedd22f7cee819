import { isDeepStrictEqual } from 'node:util';
import type { PresetDefinition } from '../preset.ts';

/** A field in which two versions differ. Values other than texts are JSON; null: absent. */
export interface PresetChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Returns the fields in which two definitions differ, in the order of the definition. */
export const changesBetween = (before: PresetDefinition, after: PresetDefinition): readonly PresetChange[] =>
  (Object.keys(after) as (keyof PresetDefinition)[])
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .map((field) => ({ field, before: textOf(before[field]), after: textOf(after[field]) }));

const textOf = (value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
};
