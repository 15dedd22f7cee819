import type { PresetRuns } from '../run/service.ts';
import type { Presets } from '../service.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly presets: Presets;
    readonly presetRuns: PresetRuns;
  }
}
