import { directionOf } from './directionOf.ts';

it.each([
  ['plain', 'ltr'],
  ['1. "مرحبا" hello', 'rtl'],
  ['… hello مرحبا', 'ltr'],
  ['שלום', 'rtl'],
  ['123', 'ltr'],
  ['', 'ltr'],
])('%j is written %s', (text, direction) => expect(directionOf(text)).toBe(direction));
