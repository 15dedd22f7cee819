import type { Preset, PresetSummary } from '../preset.ts';

/** `name`: the owner has another preset of this name. `sharedName`: another shared preset has it. `full`: the limit. */
export type PresetConflict = 'name' | 'sharedName' | 'full';

/** Stores the presets of users, each with its versions. Built-in presets aren't stored. */
export interface PresetStore {
  /**
   * Writes a preset. Returns the conflict, and writes nothing, if the owner has `limit` presets or the name is taken, also
   * with simultaneous inserts; null if it was written.
   */
  insert(preset: Preset, limit: number): Promise<PresetConflict | null>;
  /** Returns the user's presets and the shared ones, in any order. */
  visibleTo(userId: string): Promise<readonly PresetSummary[]>;
  /** Returns presets that the user may see, in the order of `ids`; null for others. */
  findMany(userId: string, ids: readonly string[]): Promise<readonly (Preset | null)[]>;
  /** Returns the user's preset of this name, or else the shared one; null if there is none. */
  findByName(userId: string, name: string): Promise<Preset | null>;
  /**
   * Replaces a preset if it still has the revision before `preset.revision`. Returns `changed` if it doesn't or no longer
   * exists, the conflict of a name, or null if it was written.
   */
  replace(preset: Preset): Promise<Exclude<PresetConflict, 'full'> | 'changed' | null>;
  /** Returns whether the preset existed. */
  delete(id: string): Promise<boolean>;
  /** Returns all presets of an owner, oldest first. */
  ofOwner(ownerId: string): Promise<readonly Preset[]>;
  deleteOfOwner(ownerId: string): Promise<void>;
}
