import type { FindCursor } from 'mongodb';
import { PageLength, type RowsWithin } from '../paging/pageSize.ts';

/** Documents of a batch, which the cursor loads at once: MongoDB sends at most 16 MB. */
const batchSize = 20;

/** Reads the first documents of a cursor, until they are larger than a page may be. */
export const readWithin = async <Stored extends object>(
  cursor: FindCursor<Stored>,
): Promise<RowsWithin<Stored>> => {
  const length = new PageLength();
  const rows: Stored[] = [];
  let isCut = false;
  for await (const document of cursor.batchSize(batchSize)) {
    // The document after the last one isn't kept: it only shows that there is one.
    if (isCut) return { rows, isCut };
    rows.push(document);
    isCut = length.add(document);
  }
  return { rows, isCut: false };
};
