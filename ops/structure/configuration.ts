import { readFile, writeFile } from 'node:fs/promises';
import { variables, variablesTable } from '../../api/config/variables.ts';

/**
 * Writes what the configuration says into the README's table and into `.env.example`; with `--check`, only says whether
 * they are current.
 */
const repo = new URL('../../', import.meta.url);
const readme = new URL('README.md', repo);
const example = new URL('.env.example', repo);

const plain = (markdown: string) => markdown.replaceAll('`', '');

export const readmeWithTable = (text: string): string =>
  text.replace(
    /(<!-- configuration -->\n)[\s\S]*?(<!-- \/configuration -->)/,
    (_, begin: string, end: string) => `${begin}${variablesTable()}${end}`,
  );

export const environmentExample = (): string =>
  [
    '# Copy to .env and uncomment what is to be different. Printed from api/config by: npm run configuration',
    ...Object.entries(variables).flatMap(([name, { default: value, meaning }]) => [
      '',
      `# ${plain(meaning)}`,
      `# default: ${plain(value)}`,
      `#${name}=`,
    ]),
    '',
  ].join('\n');

if (import.meta.main) {
  const text = await readFile(readme, 'utf8');
  const isCurrent =
    text === readmeWithTable(text) &&
    (await readFile(example, 'utf8').catch(() => '')) === environmentExample();
  if (!process.argv.includes('--check')) {
    await writeFile(readme, readmeWithTable(text));
    await writeFile(example, environmentExample());
  } else if (!isCurrent) {
    process.stderr.write(
      'README.md or .env.example is not what the configuration says. Run: npm run configuration\n',
    );
    process.exitCode = 1;
  }
}
