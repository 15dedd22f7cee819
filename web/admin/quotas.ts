import { t } from '@lingui/core/macro';
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
const wholeNumber = /^\d+$|^\d{1,3}(?:[\s,._'’٬]\d{3})+$/;

/** Replaces the digits of Arabic and Persian. */
const withLatinDigits = (text: string): string =>
  text.replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 0xf));

/** Reads a whole number, in a usual form or in the form of the person's locale, as `1,00,000` in India. Null for others. */
const readWhole = (text: string): number | null => {
  const latin = withLatinDigits(text);
  const read = Number(latin.replace(/\D/g, ''));
  return wholeNumber.test(latin) || whole(read) === text ? read : null;
};

export type ReadChoice =
  | { readonly tokens: number | null; readonly problem: null }
  | { readonly tokens: null; readonly problem: string };

/** Returns the chosen limit in tokens, null for the role's limit, or what is wrong with the input. */
export const readChoice = ({ isOwn, typed }: QuotaChoice): ReadChoice => {
  if (!isOwn) return { tokens: null, problem: null };
  const text = typed.trim();
  if (text === '') return wrong(t`Enter a number of tokens, or choose the role’s limit.`);
  const tokens = readWhole(text);
  if (tokens === null) {
    const example = whole(100_000);
    return wrong(t`“${text}” isn’t a whole number of tokens, such as ${example}.`);
  }
  const maximum = whole(most);
  return tokens > most ? wrong(t`There are ${maximum} tokens at most.`) : { tokens, problem: null };
};

const wrong = (problem: string): ReadChoice => ({ tokens: null, problem });
