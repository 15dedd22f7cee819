import { readdirSync, readFileSync } from 'node:fs';
import { parsePreset } from './definition/yaml.ts';
import type { Preset } from './preset.ts';

const folder = new URL('./library/', import.meta.url);

/** When built-in presets were created, for lists by time: before every other preset. */
const builtInAt = new Date(0);

/** The built-in presets by name, read from `library/*.yaml` once. A file that isn't a preset throws at the start. */
export const library: ReadonlyMap<string, Preset> = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => {
      const definition = parsePreset(readFileSync(new URL(file, folder), 'utf8'));
      if (`${definition.name}.yaml` !== file)
        throw new Error(`${file} contains the preset ${definition.name}`);
      return [
        definition.name,
        {
          id: definition.name,
          ownerId: null,
          isShared: true,
          revision: 1,
          versions: [{ version: 1, definition, createdAt: builtInAt }],
          createdAt: builtInAt,
          updatedAt: builtInAt,
        } satisfies Preset,
      ];
    }),
);
