import { codeFileName, previewKindOf } from './codeFile.ts';

it.each([
  ['python', 'code.py'],
  ['TypeScript', 'code.ts'],
  ['sql', 'code.sql'],
  ['', 'code.txt'],
  ['../../etc', 'code.txt'],
  ['constructor', 'code.constructor'],
  ['c++', 'code.cpp'],
  ['a language that nobody knows', 'code.txt'],
])('saves code in %p as %s', (language, name) => {
  expect(codeFileName(language)).toBe(name);
});

it.each([
  ['html', '<p>', 'page'],
  ['SVG', '<svg/>', 'page'],
  ['xml', '<?xml version="1.0"?>\n<svg xmlns="x">', 'page'],
  ['xml', '<feed/>', null],
  ['mermaid', 'graph TD', 'diagram'],
  ['js', '<svg>', null],
  ['', '<svg>', null],
])('previews %s of %p as %p', (language, code, kind) => {
  expect(previewKindOf(language, code)).toBe(kind);
});
