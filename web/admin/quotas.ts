import { whole } from '../usage/amounts.ts';

/** The most tokens that a quota can be of, as the server has it. */
const most = 1e12;

/** What is chosen for a period in the dialog. What is typed stays while the role's is chosen. */
export interface QuotaChoice {
  readonly isOwn: boolean;
  readonly typed: string;
}

export interface GivenQuota {
  readonly period: string;
  readonly limit: number;
  readonly isOwn: boolean;
}

export const choiceOf = (quotas: readonly GivenQuota[], period: 'DAY' | 'MONTH'): QuotaChoice => {
  const own = quotas.find((each) => each.isOwn && each.period === period);
  return { isOwn: own !== undefined, typed: own ? whole(own.limit) : '' };
};

/** Thousands are told apart as people do it anywhere; `1.5` is no whole number, and not fifteen. */
const wholeNumber = /^\d+$|^\d{1,3}(?:[\s,._'’]\d{3})+$/;

export type ReadChoice =
  | { readonly tokens: number | null; readonly problem: null }
  | { readonly tokens: null; readonly problem: string };

/** What a choice means: tokens, null for what the role has; or what is wrong with it. */
export const readChoice = ({ isOwn, typed }: QuotaChoice): ReadChoice => {
  if (!isOwn) return { tokens: null, problem: null };
  const text = typed.trim();
  if (text === '') return wrong('Give a number of tokens, or choose what the role has.');
  if (!wholeNumber.test(text)) return wrong(`“${text}” isn’t a whole number of tokens, such as 100,000.`);
  const tokens = Number(text.replace(/\D/g, ''));
  return tokens > most ? wrong(`There are ${whole(most)} tokens at most.`) : { tokens, problem: null };
};

const wrong = (problem: string): ReadChoice => ({ tokens: null, problem });
