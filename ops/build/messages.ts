import { join } from 'node:path';
import { createCompiledCatalog, getCatalogs } from '@lingui/cli/api';
import { getConfig, type LinguiConfigNormalized } from '@lingui/conf';
import { type CompiledMessage, compileMessageOrThrow } from '@lingui/message-utils/compileMessage';
import { root } from './tool.ts';

/**
 * Writes the messages of the code into the catalogs of all languages. Translations of unchanged messages stay; those of
 * messages that the code no longer has are removed.
 */
export const extractMessages = async (config: LinguiConfigNormalized): Promise<void> => {
  for (const catalog of await getCatalogs(config)) {
    const written = await catalog.make({ clean: true, overwrite: true, orderBy: config.orderBy });
    if (!written) throw new Error(unreadable);
  }
};

/**
 * Returns what is wrong with the catalogs, a line each: a message that is only in the code or only in a catalog, one without
 * a translation, or a translation that can't be shown.
 */
export const catalogProblems = async (config: LinguiConfigNormalized): Promise<readonly string[]> => {
  const problems: string[] = [];
  for (const catalog of await getCatalogs(config)) {
    const code = await catalog.collect();
    if (!code) throw new Error(unreadable);
    for (const [language, stored] of Object.entries(await catalog.readAll())) {
      const name = `${language}.po`;
      for (const [id, { message = id }] of Object.entries(code)) {
        const found = stored?.[id];
        if (!found || found.obsolete) problems.push(`${name} lacks a message of the code: ${message}`);
        else if (language !== config.sourceLocale && !found.translation)
          problems.push(`${name} lacks a translation: ${message}`);
        else if (found.translation) {
          const problem = translationProblem(language, message, found.translation);
          if (problem) problems.push(`${name} ${problem}: ${found.translation}`);
        }
      }
      for (const [id, { message = id }] of Object.entries(stored ?? {}))
        if (!code[id]) problems.push(`${name} has a message that the code lacks: ${message}`);
    }
  }
  return problems;
};

const unreadable = 'The messages of the code could not be read.';

const translationProblem = (language: string, message: string, translation: string): string | null => {
  const { errors } = createCompiledCatalog(language, { message: translation }, {});
  if (errors.length > 0) return 'has a translation with a wrong syntax';
  const [wanted, used] = [partsOf(message), partsOf(translation)];
  const unknown = [...used].filter((part) => !wanted.has(part));
  if (unknown.length > 0) return `has a translation with an unknown ${unknown.join(', ')}`;
  const lost = [...wanted].filter((part) => !used.has(part));
  return lost.length > 0 ? `has a translation without ${lost.join(', ')}` : null;
};

/** Returns the placeholders of a message, as `{count}`, and its elements, as `<0>`. */
const partsOf = (message: string): ReadonlySet<string> => {
  const parts = new Set<string>();
  const add = (tokens: CompiledMessage | string) => {
    for (const token of typeof tokens === 'string' ? [tokens] : tokens) {
      if (typeof token === 'string') {
        for (const [, element] of token.matchAll(/<(\d+)\/?>/g)) parts.add(`<${element}>`);
        continue;
      }
      const [name, type, choices] = token;
      parts.add(`{${name}}`);
      if (type && typeof choices === 'object' && choices !== null)
        for (const choice of Object.values(choices)) if (choice) add(choice);
    }
  };
  add(compileMessageOrThrow(message));
  return parts;
};

if (import.meta.main) {
  const config = getConfig({ configPath: join(root, 'lingui.config.ts') });
  const isCheck = process.argv.includes('--check');
  if (!isCheck) await extractMessages(config);
  const problems = await catalogProblems(config);
  for (const problem of problems) process.stderr.write(`web/language/catalogs/${problem}\n`);
  if (problems.length > 0) {
    const advice = 'Run: npm run messages. Then translate what the catalogs lack: see docs/languages.md.';
    process.stderr.write(`${problems.length} problems. ${isCheck ? advice : 'See docs/languages.md.'}\n`);
    if (isCheck) process.exitCode = 1;
  }
}
