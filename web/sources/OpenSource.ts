import { createContext } from 'react';

/** Opens the passage with this number; null where citations are text. */
export const OpenSource = createContext<((number: number) => void) | null>(null);
