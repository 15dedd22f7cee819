import { fileNameOf } from './fileName.ts';

describe('the name of an uploaded file', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\a.txt', 'a.txt'],
    ['a\r\nSet-Cookie: x.txt', 'aSet-Cookie: x.txt'],
    ['evil\u202Efdp.exe', 'evilfdp.exe'],
    ['..', 'file'],
    ['', 'file'],
    ['日本語.md', '日本語.md'],
    [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(196)}.pdf`],
  ])('%j becomes %j', (given, expected) => {
    expect(fileNameOf(given)).toBe(expected);
  });
});
