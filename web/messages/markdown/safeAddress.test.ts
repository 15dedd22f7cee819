import { safeAddress } from './safeAddress.ts';

describe('an address of a model', () => {
  it.each([
    ['https://example.com', 'https://example.com/'],
    ['HTTPS://EXAMPLE.com/A', 'https://example.com/A'],
    ['http://example.com/a b', 'http://example.com/a%20b'],
    ['mailto:a@example.com', 'mailto:a@example.com'],
    ['tel:+49123', 'tel:+49123'],
    ['#note', '#note'],
    ['/a/../b?c#d', '/b?c#d'],
    ['./a', '/a'],
    ['../a', '/a'],
    ['//evil.example/a', '/a'],
    ['/\\evil.example', '/'],
    ['/.//evil.example', '/.//evil.example'],
    ['./%2e//evil.example', '/.//evil.example'],
  ])('is normalized: %j', (address, expected) => {
    expect(safeAddress(address)).toBe(expected);
  });

  it.each([
    '',
    'a',
    '?a',
    '# a',
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.com/x',
    'https://',
    '\\\\evil.example',
    'ziggie:x',
  ])('is not followed: %j', (address) => {
    expect(safeAddress(address)).toBeNull();
  });
});
