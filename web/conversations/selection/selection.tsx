import { createContext, useContext } from 'react';

export interface Selection {
  /** The ids of the selected conversations; null while none can be selected. */
  readonly ids: ReadonlySet<string> | null;
  readonly toggle: (id: string) => void;
}

const SelectionContext = createContext<Selection>({ ids: null, toggle: () => {} });

export const SelectionProvider = SelectionContext.Provider;

export const useSelection = (): Selection => useContext(SelectionContext);
