import { useCallback, useMemo, useState } from 'react';
import { keepDraft, readDraft, temporaryDraft } from '../messages/drafts.ts';
import type { ListedModel } from '../models/answeringModel.ts';

const read = (name: string): readonly string[] => {
  try {
    const stored: unknown = JSON.parse(readDraft(name) || '[]');
    return Array.isArray(stored) ? stored.filter((tool) => typeof tool === 'string') : [];
  } catch {
    return [];
  }
};

/**
 * The tools that the next answers of a user may call, of those `usable`. They are a draft: kept as long as the tab is open, or
 * until the user signs out.
 */
export const useChosenTools = (
  userId: string,
  usable: readonly string[],
): readonly [readonly string[], (names: readonly string[]) => void] => {
  const draft = temporaryDraft(`${userId}.tools`);
  const [stored, setStored] = useState(() => ({ draft, names: read(draft) }));
  // The session of another user has begun.
  if (stored.draft !== draft) setStored({ draft, names: read(draft) });
  const choose = useCallback(
    (names: readonly string[]) => {
      keepDraft(draft, names.length === 0 ? '' : JSON.stringify(names));
      setStored({ draft, names });
    },
    [draft],
  );
  const all = usable.join('\n');
  const kept = useMemo(
    () => stored.names.filter((name) => all.split('\n').includes(name)),
    [stored.names, all],
  );
  return [kept, choose];
};

/** Whether a model can call tools. The server decides on a model that isn't listed. */
export const canCallTools = (model: Pick<ListedModel, 'capabilities'> | undefined): boolean =>
  model?.capabilities.includes('tools') ?? true;
