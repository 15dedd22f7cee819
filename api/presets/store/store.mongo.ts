import type { Collections } from '../../mongo/collections.ts';
import type { RunMongo } from '../../mongo/connection.ts';
import { isDuplicate } from '../../mongo/errors.ts';
import { type Preset, summaryOf } from '../preset.ts';
import {
  ownNameOf,
  type PresetDocument,
  presetDocumentOf,
  presetOf,
  summaryFrom,
} from './documents.mongo.ts';
import type { PresetConflict, PresetStore } from './store.ts';

const visible = (userId: string) => ({ $or: [{ ownerId: userId }, { isShared: true }] });

export const mongoPresetStore = (run: RunMongo): PresetStore => ({
  insert: (preset, limit) => run(({ presets }) => insert(presets, preset, limit)),
  visibleTo: (userId) =>
    run(async ({ presets }) => {
      const projection = { versions: 0 };
      return (await presets.find(visible(userId), { projection }).toArray()).map(summaryFrom);
    }),
  findMany: (userId, ids) =>
    run(async ({ presets }) => {
      const found = await presets.find({ ...visible(userId), _id: { $in: [...ids] } }).toArray();
      const byId = new Map(found.map((document) => [document._id, presetOf(document)]));
      return ids.map((id) => byId.get(id) ?? null);
    }),
  findByName: (userId, name) =>
    run(async ({ presets }) => {
      const found =
        (await presets.findOne({ ownName: ownNameOf(userId, name) })) ??
        (await presets.findOne({ sharedName: name }));
      return found && presetOf(found);
    }),
  replace: (preset) =>
    run(async ({ presets }) => {
      const { _id, ...fields } = presetDocumentOf(preset);
      try {
        const { matchedCount } = await presets.updateOne(
          { _id, revision: preset.revision - 1 },
          { $set: fields, ...(!preset.isShared && { $unset: { sharedName: '' } }) },
        );
        return matchedCount > 0 ? null : 'changed';
      } catch (error) {
        const conflict = isDuplicate(error) ? await nameConflict(presets, preset) : null;
        if (conflict) return conflict;
        throw error;
      }
    }),
  delete: (id) => run(async ({ presets }) => (await presets.deleteOne({ _id: id })).deletedCount > 0),
  ofOwner: (ownerId) =>
    run(async ({ presets }) =>
      (await presets.find({ ownerId }).sort({ createdAt: 1, _id: 1 }).toArray()).map(presetOf),
    ),
  deleteOfOwner: (ownerId) =>
    run(async ({ presets }) => {
      await presets.deleteMany({ ownerId });
    }),
});

const nameConflict = async (
  presets: Collections['presets'],
  preset: Preset,
): Promise<'name' | 'sharedName' | null> => {
  const { id, ownerId, name } = summaryOf(preset);
  const other = { _id: { $ne: id } };
  if (await presets.findOne({ ownName: ownNameOf(ownerId, name), ...other })) return 'name';
  if (preset.isShared && (await presets.findOne({ sharedName: name, ...other }))) return 'sharedName';
  return null;
};

/** Maximum attempts to insert. Each failed one means that another insert took the slot. */
const maxTries = 1000;

/** Inserts a preset into a free slot of its owner. A slot is unique, so the limit holds without a transaction. */
const insert = async (
  presets: Collections['presets'],
  preset: Preset,
  limit: number,
): Promise<PresetConflict | null> => {
  const { ownerId } = preset;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const conflict = await nameConflict(presets, preset);
    if (conflict) return conflict;
    const present: Pick<PresetDocument, 'slot'>[] = await presets
      .find({ ownerId }, { projection: { slot: 1 } })
      .toArray();
    const taken = new Set(present.flatMap(({ slot }) => slot ?? []));
    const slots = Math.max(0, limit - (present.length - taken.size));
    const free = Array.from({ length: slots }, (_, number) => `${ownerId} ${number}`).filter(
      (slot) => !taken.has(slot),
    );
    // Random, so that simultaneous inserts seldom choose the same slot.
    const slot = free[Math.floor(Math.random() * free.length)];
    if (slot === undefined) return 'full';
    try {
      await presets.insertOne({ ...presetDocumentOf(preset), slot });
      return null;
    } catch (error) {
      // Another insert took the slot or the name.
      if (!isDuplicate(error) || (await presets.findOne({ _id: preset.id }))) throw error;
    }
  }
  throw new Error('no free slot for a preset');
};
