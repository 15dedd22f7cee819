import { createContext, useContext } from 'react';

/** The tools that the answer to an edited message may call. */
export const AnswerTools = createContext<readonly string[]>([]);

export const useAnswerTools = (): readonly string[] => useContext(AnswerTools);
