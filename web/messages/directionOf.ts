/** Letters of scripts that are written from right to left. */
const rightToLeft =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** The part of a text in which its first letter is looked for, in UTF-16 units. */
const lookedAt = 1_000;

/** Returns the direction of a text by its first letter, as `dir="auto"` does. */
export const directionOf = (text: string): 'ltr' | 'rtl' => {
  const [letter = ''] = /\p{L}/u.exec(text.slice(0, lookedAt)) ?? [];
  return rightToLeft.test(letter) ? 'rtl' : 'ltr';
};
