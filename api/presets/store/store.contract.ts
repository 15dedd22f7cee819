import { at, insertMember, newId, type OpenStores } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { checkDefinition } from '../definition/definition.ts';
import { type Preset, type PresetDefinition, summaryOf } from '../preset.ts';

export const newPreset = (
  ownerId: string,
  given: Partial<Preset> = {},
  definition: Partial<PresetDefinition> = {},
): Preset => ({
  id: newId(),
  ownerId,
  isShared: false,
  revision: 1,
  versions: [
    {
      version: 1,
      definition: checkDefinition({
        name: `preset-${newId().toLowerCase()}`,
        title: 'A preset',
        template: 'Hello',
        ...definition,
      }),
      createdAt: at(1),
    },
  ],
  createdAt: at(1),
  updatedAt: at(2),
  ...given,
});

export function describePresetStore(open: OpenStores): void {
  describe('a preset store', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const newOwner = () => insertMember(stores);
    const insert = async (...given: Parameters<typeof newPreset>): Promise<Preset> => {
      const preset = newPreset(...given);
      expect(await stores.presets.insert(preset, 1000)).toBeNull();
      return preset;
    };
    const schema = {
      type: 'object',
      properties: { 'a.b': { $ref: '#/$defs/x' } },
      $defs: { x: { type: 'string' } },
    };

    it('returns a preset unchanged, by id and by name', async () => {
      const owner = await newOwner();
      const plain = await insert(owner);
      const full = await insert(
        owner,
        {},
        {
          description: 'All fields',
          icon: '🔍',
          tags: ['code'],
          systemPrompt: 'Be brief.',
          template: 'Say {{what}}',
          variables: [
            {
              name: 'what',
              label: 'What',
              type: 'CHOICE',
              description: 'd',
              required: false,
              choices: ['a', 'b'],
              default: 'a',
            },
          ],
          model: 'x:1b',
          fallbackModels: ['y:2b'],
          options: { temperature: 0, stop: ['.'] },
          outputSchema: schema,
        },
      );
      for (const preset of [plain, full]) {
        expect(await stores.presets.findMany(owner, [preset.id])).toEqual([preset]);
        expect(await stores.presets.findByName(owner, summaryOf(preset).name)).toEqual(preset);
      }
      expect(await stores.presets.ofOwner(owner)).toEqual(
        [plain, full].toSorted((one, other) => (one.id < other.id ? -1 : 1)),
      );
    });

    it('shows users their own presets and the shared ones only', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      const own = await insert(owner);
      const shared = await insert(owner, { isShared: true });
      const visible = await stores.presets.visibleTo(other);
      expect(visible).toContainEqual(summaryOf(shared));
      expect(visible).not.toContainEqual(summaryOf(own));
      expect(await stores.presets.visibleTo(owner)).toContainEqual(summaryOf(own));
      expect(await stores.presets.findMany(other, [own.id, newId(), shared.id])).toEqual([
        null,
        null,
        shared,
      ]);
      expect(await stores.presets.findByName(other, summaryOf(own).name)).toBeNull();
      expect(await stores.presets.findByName(other, summaryOf(shared).name)).toEqual(shared);
    });

    it('prefers a user’s own preset to a shared one of the same name', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      const shared = await insert(owner, { isShared: true });
      const { name } = summaryOf(shared);
      const own = await insert(other, {}, { name });
      expect(await stores.presets.findByName(other, name)).toEqual(own);
      expect(await stores.presets.findByName(owner, name)).toEqual(shared);
    });

    it('rejects a second preset of a name, for one owner and among the shared ones', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      const shared = await insert(owner, { isShared: true });
      const { name } = summaryOf(shared);
      expect(await stores.presets.insert(newPreset(owner, {}, { name }), 1000)).toBe('name');
      expect(await stores.presets.insert(newPreset(other, { isShared: true }, { name }), 1000)).toBe(
        'sharedName',
      );
      const own = await insert(other, {}, { name });
      expect(await stores.presets.replace({ ...own, isShared: true, revision: 2 })).toBe('sharedName');
      const second = await insert(owner);
      const renamed = { ...second, revision: 2, versions: own.versions };
      expect(await stores.presets.replace(renamed)).toBe('name');
      expect(await stores.presets.findMany(owner, [second.id])).toEqual([second]);
    });

    it('holds the limit of an owner with simultaneous inserts', async () => {
      const owner = await newOwner();
      const inserted = await Promise.all(
        Array.from({ length: 20 }, () => stores.presets.insert(newPreset(owner), 8)),
      );
      expect(inserted.filter((conflict) => conflict === null)).toHaveLength(8);
      expect(inserted.filter((conflict) => conflict === 'full')).toHaveLength(12);
      expect(await stores.presets.ofOwner(owner)).toHaveLength(8);
    });

    it('replaces a preset once for each revision', async () => {
      const owner = await newOwner();
      const preset = await insert(owner, { isShared: true });
      const changed = { ...preset, revision: 2, isShared: false, updatedAt: at(9) };
      const results = await Promise.all([stores.presets.replace(changed), stores.presets.replace(changed)]);
      expect(results.toSorted()).toEqual(['changed', null]);
      expect(await stores.presets.findMany(owner, [preset.id])).toEqual([changed]);
      // Its name is free for another shared preset.
      await insert(await newOwner(), { isShared: true }, { name: summaryOf(preset).name });
      expect(await stores.presets.replace(newPreset(owner, { revision: 2 }))).toBe('changed');
    });

    it('deletes a preset once, and all presets of an owner', async () => {
      const [owner, other] = [await newOwner(), await newOwner()];
      const [first, second] = [await insert(owner), await insert(owner)];
      const kept = await insert(other);
      expect(await stores.presets.delete(first.id)).toBe(true);
      expect(await stores.presets.delete(first.id)).toBe(false);
      expect(await stores.presets.findMany(owner, [first.id, second.id])).toEqual([null, second]);
      await stores.presets.deleteOfOwner(owner);
      expect(await stores.presets.ofOwner(owner)).toEqual([]);
      expect(await stores.presets.ofOwner(other)).toEqual([kept]);
    });
  });
}
