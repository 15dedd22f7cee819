import { problemsIn, textPropsOf } from './messages.ts';
import { parseText, readSource, sourcesOf } from './source.ts';

const isShown = (file: string) => !/\.test\.tsx?$|^web\/(testing|public)\//.test(file);

const textProps = textPropsOf(
  await Promise.all((await sourcesOf('web/ui')).filter((file) => /\.tsx$/.test(file)).map(readSource)),
);

/** Returns the problems of a component that renders `jsx`, after the lines of `before`. */
const problemsOf = (jsx: string, before = ''): readonly string[] => {
  const text = `import { t, msg, plural } from '@lingui/core/macro'; import { Trans, Plural } from '@lingui/react/macro';
${before}
const Part = ({ isB, name }) => ${jsx};`;
  return problemsIn({ tree: parseText('part.tsx', text) }, textProps);
};

describe('the texts of the web app', () => {
  it('have props that are found by their types', () => {
    for (const prop of ['label', 'hint', 'title', 'description', 'action', 'copyLabel', 'text'])
      expect([...textProps]).toContain(prop);
    expect([...textProps]).not.toContain('className');
  });

  it.each([
    ['<p>Hello</p>', ['3: a text between tags is not translated: Hello']],
    ['<p>\n  <b>{name}</b> said\n</p>', ['4: a text between tags is not translated: said']],
    ["<p>{'Hello'}</p>", ['3: a text between tags is not translated: Hello']],
    [`<p>{\`Hello \${name}\`}</p>`, ['3: a text between tags is not translated: Hello …']],
    ["<p>{isB ? 'On' : t`Off`}</p>", ['3: a text between tags is not translated: On']],
    ["<>{isB && 'On'}{name || 'None'}</>", 2],
    ["<p>{[name, isB && 'busy'].filter(Boolean).join(' · ')}</p>", 1],
    ["<p>{['Read', 'Written'].map(show)}{['top', 'bottom'].map(show)}</p>", 2],
    ["<button aria-label='Close' />", ['3: a text of aria-label is not translated: Close']],
    [`<img alt={isB ? 'A cat' : ''} title={\`\${name} sleeps\`} />`, 2],
    ['<input placeholder="Search" />', 1],
    ['<Field label="Name" hint={name ?? "Your name"} />', 2],
    [
      '<Trans>See <a title="The page" href="/">this</a>.</Trans>',
      ['3: a text of title is not translated: The page'],
    ],
    ["<i onClick={() => notify({ text: 'Done', action: { label: 'Undo', run } })} />", 2],
    ["[{ value: 'all', label: 'All' }, { value: 'none', label: isB ? 'None' : t`No` }].map(show)", 2],
    ["<i onClick={() => announce(isB ? 'Ready' : '')} />", 1],
  ])('are found: %s', (jsx, expected) => {
    const found = problemsOf(jsx);
    if (typeof expected === 'number') expect(found).toHaveLength(expected);
    else expect(found).toEqual(expected);
  });

  it.each([
    `<p>{t\`Hello\`} · {name}, {3} {"–"} <b className="font-bold" id="a">{\`\${name}: \${name}\`}</b></p>`,
    '<Trans>Hello <b>{name}</b>{" or else"}</Trans>',
    '<Plural value={3} one="# cat" other="# cats" />',
    '<p>{plural(3, { one: "# cat", other: "# cats" })}{isB === "yes" && name}</p>',
    '<a title="Ziggie" aria-label={t`Close`}>Ziggie</a>',
    '<code>npm test</code>',
    '<Field label={t`Address`} placeholder="http://localhost:11434" type="text" />',
  ])('are translated: %s', (jsx) => expect(problemsOf(jsx)).toEqual([]));

  it.each([
    ['const label = t`Hello`;', 't'],
    ["const labels = { one: plural(1, { one: '#', other: '#' }) };", 'plural'],
    ['export const title = <Trans>Hello</Trans>;', 'Trans'],
    ['const label = i18n._(msg`Hello`);', 'i18n'],
    ['class Other { static label = t`Hello`; }', 't'],
  ])('are not evaluated before a language is loaded: %s', (before, name) =>
    expect(problemsOf('null', before)).toEqual([`2: ${name} is evaluated before a language is loaded`]),
  );

  it.each([
    'const label = msg`Hello`;',
    'const label = () => t`Hello`;',
    'class Other { label = t`Hello`; }',
    'const choose = (text = t`Hello`) => text;',
  ])('may be evaluated later: %s', (before) => expect(problemsOf('null', before)).toEqual([]));

  it.each([
    ['date.toLocaleDateString(undefined, {})', 'toLocaleDateString'],
    ["count.toLocaleString('en')", 'toLocaleString'],
    ['count.toLocaleString()', 'toLocaleString'],
    ["new Intl.ListFormat('en').format(names)", 'Intl'],
    ["Intl.NumberFormat(['en', 'de'])", 'NumberFormat'],
  ])('have the locale of their language: %s', (code, name) => {
    expect(problemsOf('null', `const f = () => ${code};`)).toEqual([`2: ${name} has no or a fixed locale`]);
    const right = code.replace(/\((undefined|'en'|\['en', 'de'\])?(?=[,)])/, '(locale()');
    expect(problemsOf('null', `const f = () => ${right};`)).toEqual([]);
  });
});

describe('the classes of the web app', () => {
  it.each([
    'ml-2',
    'md:-mr-1.5',
    'file:pl-[3px]',
    'has-[input:checked]:pr-3',
    'left-0',
    'focus:right-3',
    'left-1/2',
    'text-left',
    'md:text-right',
    'border-l',
    'border-r-2',
    'rounded-l-lg',
    'rounded-r',
  ])('name no physical side: %s', (name) => {
    expect(problemsOf(`<p className="flex ${name} p-2" />`)).toEqual([`3: ${name} is not mirrored`]);
    expect(problemsOf(`<p className={\`\${name} ${name}\`} />`)).toHaveLength(1);
  });

  it.each([
    'ms-2 border-line rounded-lg text-lg -me-1 inset-x-0 end-3',
    'fixed left-1/2 -translate-1/2',
    'left-hand',
  ])('may be: %s', (names) => expect(problemsOf(`<p className="${names}" />`)).toEqual([]));
});

describe('the web app', () => {
  it('shows only texts of its catalogs, in either direction', async () => {
    const files = (await sourcesOf('web')).filter(isShown);
    expect(files.length).toBeGreaterThan(300);
    const sources = await Promise.all(files.map(readSource));
    const problems = sources.flatMap((source) =>
      problemsIn(source, textProps).map((problem) => `${source.file}:${problem}`),
    );
    expect(problems).toEqual([]);
  }, 60_000);
});
