/** More special ones first: browsers call themselves by the names of others too. */
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

/** What signed in, for people: `Firefox on Linux`; a program by the first word that it calls itself. */
export const deviceOf = (userAgent: string | null | undefined): string => {
  if (!userAgent) return 'A program';
  const [browser, system] = [first(browsers, userAgent), first(systems, userAgent)];
  if (browser) return system ? `${browser} on ${system}` : browser;
  return userAgent.split(/[\s/(]/, 1)[0] || 'A program';
};
