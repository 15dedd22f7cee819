import { notFound } from '../../errors/failures.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { textCursors } from '../../paging/connections.ts';
import { changesBetween, type PresetChange } from '../definition/changes.ts';
import { currentOf, type Preset, type PresetVersion } from '../preset.ts';
import { sourceOf } from '../service.ts';
import { PresetVersionRef } from './presetVersion.ts';

/** An Int's. */
const versionBounds = { min: 1, max: 2 ** 31 - 1 };

export const PresetSourceRef = builder.enumType('PresetSource', {
  description: 'Where a preset comes from.',
  values: {
    BUILT_IN: { description: 'Part of this service.' },
    PERSONAL: { description: "The viewer's own." },
    SHARED: { description: 'Shared with all users by an administrator.' },
  },
});

const PresetChangeRef = builder.objectRef<PresetChange>('PresetChange').implement({
  description: 'A field in which two versions of a preset differ.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'The name of the field.' }),
    before: t.exposeString('before', {
      nullable: true,
      description: 'The earlier value: a text, or JSON; null: absent.',
    }),
    after: t.exposeString('after', { nullable: true, description: 'The later value, in the same form.' }),
  }),
});

export const PresetRef = builder.objectRef<Preset>('Preset');

builder.node(PresetRef, {
  description: 'A prompt with variables, a model and the shape of its result.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [...(await context.presets.findMany(viewerOf(context), ids))],
  fields: (t) => ({
    source: t.field({
      type: PresetSourceRef,
      description: 'Where the preset comes from.',
      resolve: sourceOf,
    }),
    viewerCanChange: t.boolean({
      description: 'Whether the viewer may change and delete the preset.',
      resolve: (preset, _args, context) => context.presets.mayChange(viewerOf(context), preset),
    }),
    current: t.field({
      type: PresetVersionRef,
      description: 'The current version.',
      resolve: currentOf,
    }),
    versions: t.field({
      type: [PresetVersionRef],
      description: 'The kept versions, newest first: at most 20, fewer if they are long.',
      resolve: ({ versions }) => versions.toReversed(),
    }),
    changes: t.field({
      type: [PresetChangeRef],
      description: 'The fields in which two kept versions differ. `NOT_FOUND` for other versions.',
      args: {
        from: t.arg.int({ required: true, description: 'The earlier version.', bounds: versionBounds }),
        to: t.arg.int({ required: true, description: 'The later version.', bounds: versionBounds }),
      },
      resolve: (preset, { from, to }) =>
        changesBetween(versionOf(preset, from).definition, versionOf(preset, to).definition),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the preset was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the preset was last changed.' }),
  }),
});

const versionOf = ({ versions }: Preset, wanted: number): PresetVersion => {
  const found = versions.find(({ version }) => version === wanted);
  if (!found) throw notFound('version of the preset');
  return found;
};

export const PresetEdge = builder.edgeObject({
  type: PresetRef,
  name: 'PresetEdge',
  description: 'A preset in a list.',
});

export const PresetConnection = builder.connectionObject(
  { type: PresetRef, name: 'PresetConnection', description: 'A page of presets, by title.' },
  PresetEdge,
);

export const cursors = textCursors('preset');
