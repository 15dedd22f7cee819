import { whole } from '../usage/amounts.ts';

/** The server's maximum of a quota, in tokens. */
const most = 1e12;

/** The choice for a period in the dialog. The typed number is kept while the role's limit is selected. */
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

/** Accepts the usual separators of thousands; `1.5` is not a whole number, and not fifteen. */
const wholeNumber = /^\d+$|^\d{1,3}(?:[\s,._'’]\d{3})+$/;

export type ReadChoice =
  | { readonly tokens: number | null; readonly problem: null }
  | { readonly tokens: null; readonly problem: string };

/** Returns the chosen limit in tokens, null for the role's limit, or what is wrong with the input. */
export const readChoice = ({ isOwn, typed }: QuotaChoice): ReadChoice => {
  if (!isOwn) return { tokens: null, problem: null };
  const text = typed.trim();
  if (text === '') return wrong('Enter a number of tokens, or choose the role’s limit.');
  if (!wholeNumber.test(text)) return wrong(`“${text}” isn’t a whole number of tokens, such as 100,000.`);
  const tokens = Number(text.replace(/\D/g, ''));
  return tokens > most ? wrong(`There are ${whole(most)} tokens at most.`) : { tokens, problem: null };
};

const wrong = (problem: string): ReadChoice => ({ tokens: null, problem });
