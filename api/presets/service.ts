import { demand, may } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { bytesOfText } from '../config/values/bytes.ts';
import { Failure, forbidden, notFound } from '../errors/failures.ts';
import { type Page, type PageRequest, pageOf } from '../paging/pages.ts';
import type { Ids } from '../process/ids.ts';
import { cutText } from '../text/cutText.ts';
import { rowBytes } from '../usage/storage/storage.ts';
import type { StorageQuotas } from '../usage/storage/storageQuotas.ts';
import type { DefinitionChecks } from './definition/checks.ts';
import { checkDefinition, presetLimits } from './definition/definition.ts';
import { parsePreset } from './definition/yaml.ts';
import { library } from './library.ts';
import {
  currentOf,
  keptVersions,
  type Preset,
  type PresetDefinition,
  type PresetSummary,
  summaryOf,
} from './preset.ts';
import type { PresetStore } from './store/store.ts';

/** Maximum presets per user. */
export const maxPresets = 100;

export type PresetSource = 'BUILT_IN' | 'PERSONAL' | 'SHARED';

export interface PresetFilter {
  /** Words that the name, title, description and tags together must contain; null: all. */
  readonly search: string | null;
  readonly source: PresetSource | null;
}

/** A change of a preset. Null: unchanged. */
export interface PresetEdit {
  /** A whole definition, which becomes the next version; not yet checked. */
  readonly definition: unknown;
  readonly isShared: boolean | null;
}

/** Manages presets: the viewer's own, the shared ones and the built-in ones. */
export interface Presets {
  /** Returns a page of the presets that the viewer may use, by title. */
  page(viewer: Viewer, filter: PresetFilter, page: PageRequest<string>): Promise<Page<Preset>>;
  /** Returns presets in the order of `ids`; null for one that doesn't exist or that the viewer may not see. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (Preset | null)[]>;
  /** Returns the viewer's own preset of this name, or else the shared one, or else the built-in one. Throws `NOT_FOUND`. */
  findByName(viewer: Viewer, name: string): Promise<Preset>;
  /** Throws `NOT_FOUND`. */
  find(viewer: Viewer, id: string): Promise<Preset>;
  /** Throws `BAD_USER_INPUT` for an invalid definition, `CONFLICT` for a used name or too many presets, `QUOTA_EXCEEDED`. */
  create(viewer: Viewer, definition: unknown): Promise<Preset>;
  /** Creates a preset from YAML. Throws as `create` does. */
  import(viewer: Viewer, yaml: string): Promise<Preset>;
  /** Copies a preset to the viewer's own, under a free name. */
  duplicate(viewer: Viewer, id: string): Promise<Preset>;
  /**
   * Changes a preset of the viewer; for administrators, also a shared one. Only administrators share. Throws `NOT_FOUND`,
   * `FORBIDDEN`, `BAD_USER_INPUT`, `QUOTA_EXCEEDED`, and `CONFLICT` for a used name or a simultaneous change.
   */
  update(viewer: Viewer, id: string, edit: PresetEdit): Promise<Preset>;
  /** Deletes a preset of the viewer; for administrators, also a shared one. Throws `NOT_FOUND`, `FORBIDDEN`. */
  delete(viewer: Viewer, id: string): Promise<Preset>;
  /** Whether `update` and `delete` are allowed. */
  mayChange(viewer: Viewer, preset: Preset): boolean;
}

export interface PresetsDeps {
  readonly store: PresetStore;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation' | 'checkRate'>;
  readonly checks: DefinitionChecks;
  /** Throws `CONFLICT` if all data of the user is under a legal hold. */
  readonly checkDeletable: (ownerId: string) => Promise<void>;
  readonly ids: Ids;
  readonly clock: () => Date;
}

/** The stored size of a preset, in bytes. */
const bytesOf = (preset: Preset): number =>
  rowBytes.preset + bytesOfText(JSON.stringify(preset.versions)) + bytesOfText(summaryOf(preset).description);

/** Returns the key of a preset in lists by title. */
export const listKeyOf = (preset: Preset): string => keyOf(summaryOf(preset));

const keyOf = ({ title, id }: PresetSummary): string => `${title.toLowerCase()}\u0000${id}`;

const byKey = (one: PresetSummary, other: PresetSummary): number => (keyOf(one) < keyOf(other) ? -1 : 1);

export const sourceOf = ({ ownerId, isShared }: Pick<Preset, 'ownerId' | 'isShared'>): PresetSource => {
  if (ownerId === null) return 'BUILT_IN';
  return isShared ? 'SHARED' : 'PERSONAL';
};

export const createPresets = (deps: PresetsDeps): Presets => {
  const { store, storageQuotas, checks, checkDeletable, ids, clock } = deps;
  const findMany = async (viewer: Viewer, presetIds: readonly string[]) => {
    const stored = await store.findMany(
      viewer.user.id,
      presetIds.filter((id) => !library.has(id)),
    );
    const byId = new Map(stored.flatMap((preset) => (preset ? [[preset.id, preset] as const] : [])));
    return presetIds.map((id) => library.get(id) ?? byId.get(id) ?? null);
  };

  const find = async (viewer: Viewer, id: string): Promise<Preset> => {
    demand(viewer, 'read');
    const [preset] = await findMany(viewer, [id]);
    if (!preset) throw notFound('preset');
    return preset;
  };

  const mayChange = (viewer: Viewer, { ownerId, isShared }: Preset): boolean => {
    if (ownerId === null || !may(viewer, 'writePresets')) return false;
    return isShared ? may(viewer, 'sharePresets') : ownerId === viewer.user.id;
  };

  const findChangeable = async (viewer: Viewer, id: string): Promise<Preset> => {
    demand(viewer, 'writePresets');
    const preset = await find(viewer, id);
    if (preset.ownerId === null) {
      throw forbidden('A built-in preset can’t be changed. Duplicate it, and change the copy.');
    }
    if (preset.isShared) demand(viewer, 'sharePresets');
    return preset;
  };

  /** Counts a write before the check, which takes time. */
  const checked = async (viewer: Viewer, check: () => PresetDefinition): Promise<PresetDefinition> => {
    await storageQuotas.checkRate(viewer.user);
    return checks.run(viewer.user.id, check);
  };

  const insert = async (viewer: Viewer, definition: PresetDefinition): Promise<Preset> => {
    if (library.has(definition.name)) throw nameTaken(definition.name, 'A built-in preset has');
    const createdAt = clock();
    const preset: Preset = {
      id: ids.next(),
      ownerId: viewer.user.id,
      isShared: false,
      revision: 1,
      versions: [{ version: 1, definition, createdAt }],
      createdAt,
      updatedAt: createdAt,
    };
    await storageQuotas.withReservation(viewer.user, bytesOf(preset), async () => {
      const conflict = await store.insert(preset, maxPresets);
      if (conflict === 'full') {
        throw new Failure(
          'CONFLICT',
          `You already have ${maxPresets} presets, the maximum. Delete one first.`,
        );
      }
      if (conflict) throw nameTaken(definition.name, 'You already have a preset with');
    });
    return preset;
  };

  return {
    async page(viewer, { search, source }, page) {
      demand(viewer, 'read');
      const builtIn = [...library.values()].map(summaryOf);
      const all = [...builtIn, ...(await store.visibleTo(viewer.user.id))]
        .filter((summary) => (source === null || sourceOf(summary) === source) && matches(summary, search))
        .toSorted(byKey);
      const { items, ...rest } = pageOf(all, page, keyOf);
      const found = await findMany(
        viewer,
        items.map(({ id }) => id),
      );
      // One that was deleted since is left out.
      return { ...rest, items: found.filter((preset) => preset !== null) };
    },

    findMany: async (viewer, presetIds) =>
      may(viewer, 'read') ? findMany(viewer, presetIds) : presetIds.map(() => null),

    find,

    async findByName(viewer, name) {
      demand(viewer, 'read');
      const preset = (await store.findByName(viewer.user.id, name)) ?? library.get(name);
      if (preset) return preset;
      throw new Failure(
        'NOT_FOUND',
        `There is no preset "${name.slice(0, presetLimits.name)}". GET /api/llm/presets lists all.`,
      );
    },

    async create(viewer, definition) {
      demand(viewer, 'writePresets');
      return insert(viewer, await checked(viewer, () => checkDefinition(definition)));
    },

    async import(viewer, yaml) {
      demand(viewer, 'writePresets');
      return insert(viewer, await checked(viewer, () => parsePreset(yaml)));
    },

    async duplicate(viewer, id) {
      demand(viewer, 'writePresets');
      const { definition } = currentOf(await find(viewer, id));
      const taken = new Set([
        ...library.keys(),
        ...(await store.visibleTo(viewer.user.id)).map(({ name }) => name),
      ]);
      const title = `${cutText(definition.title, presetLimits.title - 7)} (copy)`;
      await storageQuotas.checkRate(viewer.user);
      return insert(viewer, { ...definition, name: freeName(definition.name, taken), title });
    },

    async update(viewer, id, { definition, isShared }) {
      const preset = await findChangeable(viewer, id);
      if (isShared !== null && isShared !== preset.isShared) demand(viewer, 'sharePresets');
      const { version, definition: current } = currentOf(preset);
      const isSame = definition === null || definition === undefined;
      const next = await checked(viewer, () => (isSame ? current : checkDefinition(definition)));
      if (next.name !== current.name && library.has(next.name)) {
        throw nameTaken(next.name, 'A built-in preset has');
      }
      const updatedAt = clock();
      const changed: Preset = {
        ...preset,
        isShared: isShared ?? preset.isShared,
        revision: preset.revision + 1,
        versions:
          next === current
            ? preset.versions
            : keptVersions([
                ...preset.versions,
                { version: version + 1, definition: next, createdAt: updatedAt },
              ]),
        updatedAt,
      };
      const replace = async () => {
        const conflict = await store.replace(changed);
        if (conflict === 'changed') {
          throw new Failure(
            'CONFLICT',
            'The preset was changed at the same time. Load it again, and repeat.',
          );
        }
        if (conflict === 'name') throw nameTaken(next.name, 'Its owner already has a preset with');
        if (conflict) throw nameTaken(next.name, 'Another shared preset has');
      };
      const added = bytesOf(changed) - bytesOf(preset);
      // An administrator's change counts towards the owner, within the administrator's limit.
      const owner = { id: preset.ownerId ?? viewer.user.id, role: viewer.user.role };
      // A change that stores no more, such as sharing, is allowed over the storage limit too.
      await (added > 0 ? storageQuotas.withReservation(owner, added, replace) : replace());
      return changed;
    },

    async delete(viewer, id) {
      const preset = await findChangeable(viewer, id);
      if (preset.ownerId !== null) await checkDeletable(preset.ownerId);
      if (!(await store.delete(id))) throw notFound('preset');
      return preset;
    },

    mayChange,
  };
};

const matches = ({ name, title, description, tags }: PresetSummary, search: string | null): boolean => {
  const text = [name, title, description, ...tags].join(' ').toLowerCase();
  const words = (search ?? '').toLowerCase().split(/\s+/);
  return words.every((word) => text.includes(word));
};

/** Returns `name`, or `name-2` and so on. */
const freeName = (name: string, taken: ReadonlySet<string>): string => {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) {
    const suffix = `-${number}`;
    const candidate = name.slice(0, presetLimits.name - suffix.length).replace(/-$/, '') + suffix;
    if (!taken.has(candidate)) return candidate;
  }
};

const nameTaken = (name: string, who: string) =>
  new Failure('CONFLICT', `${who} the name "${name}". Choose another name.`, { field: 'name' });
