import type { Collection } from 'mongodb';
import { type Preset, type PresetSummary, type PresetVersion, summaryOf } from '../preset.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly presets: Collection<PresetDocument>;
  }
}

export interface PresetDocument extends Omit<Preset, 'id' | 'versions'>, Omit<PresetSummary, 'id'> {
  readonly _id: string;
  /** Unique: the owner and the name. */
  readonly ownName: string;
  /** Unique: the name; only of shared presets. */
  readonly sharedName?: string;
  /** Unique: one of the owner's slots, whose number is the limit. Absent from documents of a store migration. */
  readonly slot?: string;
  /** As JSON: a schema may have names that MongoDB rejects, such as `$ref`. */
  readonly versions: string;
}

export const ownNameOf = (ownerId: string | null, name: string): string => `${ownerId} ${name}`;

export const presetDocumentOf = (preset: Preset): PresetDocument => {
  const { id, versions, ...rest } = preset;
  const { id: _, ...summary } = summaryOf(preset);
  return {
    _id: id,
    ...rest,
    ...summary,
    ownName: ownNameOf(preset.ownerId, summary.name),
    ...(preset.isShared && { sharedName: summary.name }),
    versions: JSON.stringify(versions),
  };
};

export const presetOf = ({
  _id: id,
  ownerId,
  isShared,
  revision,
  versions,
  createdAt,
  updatedAt,
}: PresetDocument): Preset => ({
  id,
  ownerId,
  isShared,
  revision,
  versions: JSON.parse(versions).map((version: PresetVersion) => ({
    ...version,
    createdAt: new Date(version.createdAt),
  })),
  createdAt,
  updatedAt,
});

export const summaryFrom = ({
  _id: id,
  ownerId,
  isShared,
  name,
  title,
  description,
  tags,
}: PresetDocument): PresetSummary => ({
  id,
  ownerId,
  isShared,
  name,
  title,
  description,
  tags,
});
