import { createContext, useContext } from 'react';

/** The tag that the list of conversations is filtered by. */
export interface TagFilter {
  /** Null: the list shows all conversations. */
  readonly tag: string | null;
  /** Filters the list, and shows it if it is hidden. */
  readonly show: (tag: string | null) => void;
}

export const TagFilterContext = createContext<TagFilter>({ tag: null, show: () => {} });

export const useTagFilter = (): TagFilter => useContext(TagFilterContext);
