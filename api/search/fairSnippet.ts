import { createFairScheduler } from '../process/fairScheduler.ts';
import { type SnippetPart, snippetOf } from './snippet.ts';

/** A snippet of a long text takes up to 30 ms, and a page has a hundred: other work is done between two. */
const snippets = createFairScheduler();

/** Returns the snippet of a text for a user, round-robin with those of other users. */
export const fairSnippetOf = async (
  userId: string,
  text: string,
  words: string,
): Promise<readonly SnippetPart[]> => {
  const release = await snippets.acquire(userId);
  try {
    return snippetOf(text, words);
  } finally {
    release();
  }
};
