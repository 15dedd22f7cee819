import { t } from '@lingui/core/macro';

/** More specific names first, because browsers also list the names of other browsers. */
const browsers = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
] as const;

const systems = [
  [/\b(?:iPhone|iPod)\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
] as const;

const first = (names: readonly (readonly [RegExp, string])[], text: string): string | undefined =>
  names.find(([sign]) => sign.test(text))?.[1];

/** Returns a readable name of a user agent: `Firefox on Linux`; for a program, the first word of its user agent. */
export const deviceOf = (userAgent: string | null | undefined): string => {
  if (!userAgent) return t`A program`;
  const [browser, system] = [first(browsers, userAgent), first(systems, userAgent)];
  if (browser)
    return system
      ? t({ message: `${browser} on ${system}`, comment: 'For example: Firefox on Linux' })
      : browser;
  return userAgent.split(/[\s/(]/, 1)[0] || t`A program`;
};
