import { readFile, writeFile } from 'node:fs/promises';
import { variables, variablesTable } from '../../api/config/variables.ts';

/**
 * Prints the variables into the table of `docs/configuration.md` and into `.env.example`. With `--check`, only checks that
 * both are current, and exits with 1 if they are not.
 */
const repo = new URL('../../', import.meta.url);
const page = new URL('docs/configuration.md', repo);
const example = new URL('.env.example', repo);

const plain = (markdown: string) => markdown.replaceAll('`', '');

/** Returns the page with the current table of variables. */
export const pageWithTable = (text: string): string =>
  text.replace(
    /(<!-- configuration -->\n)[\s\S]*?(<!-- \/configuration -->)/,
    (_, begin: string, end: string) => `${begin}${variablesTable()}${end}`,
  );

/** Returns the text of `.env.example`: every variable, commented out. */
export const environmentExample = (): string =>
  [
    '# Copy to .env and uncomment the variables to change. Printed from api/config by: npm run configuration',
    ...Object.entries(variables).flatMap(([name, { default: value, meaning }]) => [
      '',
      `# ${plain(meaning)}`,
      `# default: ${plain(value)}`,
      `#${name}=`,
    ]),
    '',
  ].join('\n');

if (import.meta.main) {
  const text = await readFile(page, 'utf8');
  const isCurrent =
    text === pageWithTable(text) &&
    (await readFile(example, 'utf8').catch(() => '')) === environmentExample();
  if (!process.argv.includes('--check')) {
    await writeFile(page, pageWithTable(text));
    await writeFile(example, environmentExample());
  } else if (!isCurrent) {
    process.stderr.write(
      'docs/configuration.md or .env.example is not current. Run: npm run configuration\n',
    );
    process.exitCode = 1;
  }
}
