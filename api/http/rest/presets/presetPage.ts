import type { z } from 'zod';
import type { Viewer } from '../../../access/viewer.ts';
import { sizeOf } from '../../../graph/responseMeter.ts';
import { textCursors } from '../../../paging/connections.ts';
import { pageSizeLimit } from '../../../paging/pages.ts';
import { listKeyOf, type Presets } from '../../../presets/service.ts';
import { presetEntryOf, type presetList } from './presetShape.ts';

const cursors = textCursors('preset');

/** The maximum length of a cursor, in characters. */
export const maxPresetCursor = 1_024;

/** The size at which a page ends, in bytes. Only a page of one preset is larger. */
const maxPageBytes = 262_144;
/** Presets are loaded with all their versions, so only a few at a time. */
const batchSize = 10;

/** Returns a page of presets, by title: at most 100, and fewer if they are large. */
export const readPresetPage = async (
  presets: Pick<Presets, 'page'>,
  viewer: Viewer,
  { search, after }: { readonly search: string | null; readonly after: string | null },
): Promise<z.input<typeof presetList>> => {
  const entries: ReturnType<typeof presetEntryOf>[] = [];
  let bytes = 0;
  let last = after ? cursors.decode('after', after) : null;
  const pageThat = (hasNext: boolean) => ({
    presets: entries,
    next: hasNext && last !== null ? cursors.encode(last) : null,
  });
  for (;;) {
    const size = Math.min(batchSize, pageSizeLimit - entries.length);
    const batch = { direction: 'forward', size, after: last, before: null } as const;
    const { items, hasNextPage } = await presets.page(viewer, { search, source: null }, batch);
    for (const preset of items) {
      const entry = presetEntryOf(preset);
      bytes += sizeOf(entry, maxPageBytes, true);
      if (entries.length > 0 && bytes > maxPageBytes) return pageThat(true);
      entries.push(entry);
      last = listKeyOf(preset);
    }
    if (!hasNextPage || items.length === 0) return pageThat(false);
    if (entries.length === pageSizeLimit) return pageThat(true);
  }
};
