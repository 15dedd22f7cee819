import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

export interface ModelChoice {
  readonly name: string;
  readonly label: string;
}

/** The three models that any server accepts by these names, though a fallback model may answer. */
export const planned: readonly { readonly name: string; readonly label: MessageDescriptor }[] = [
  { name: 'llama3.2', label: msg`Llama 3.2 (Fast)` },
  { name: 'mistral', label: msg`Mistral (Balanced)` },
  { name: 'codellama:7b', label: msg`CodeLlama (Code)` },
];

/** Returns the installed models other than those three. */
export const othersOf = (installed: readonly string[]): readonly ModelChoice[] =>
  installed
    .filter((name) => !planned.some((choice) => withTag(choice.name) === name))
    .map((name) => ({ name, label: name }));

export interface Installed {
  readonly name: string;
  readonly isDefault: boolean;
}

/**
 * Returns the model to select initially: the first of the three if it is installed, or if the engine is the embedded one,
 * whose only model answers for all names. Otherwise the server's default.
 */
export const firstChoice = (installed: readonly Installed[], isEmbedded: boolean): string => {
  const [first = { name: '' }] = planned;
  const names = installed.map(({ name }) => name);
  if (isEmbedded || names.includes(withTag(first.name))) return first.name;
  const others = othersOf(names);
  const byDefault = installed.find(({ isDefault }) => isDefault)?.name;
  return others.find(({ name }) => name === byDefault)?.name ?? others[0]?.name ?? first.name;
};

/** Whether a name refers to this model. A name without a tag means `latest`. */
export const isNameOf = (asked: string, model: string): boolean =>
  withTag(asked) === model || asked === model;

/** Whether a model is installed. A name without a tag means `latest`. */
export const isInstalled = (name: string, installed: readonly Installed[]): boolean =>
  installed.some((one) => isNameOf(name, one.name));

const withTag = (name: string): string => (name.includes(':') ? name : `${name}:latest`);
