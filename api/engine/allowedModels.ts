import { Failure } from '../errors/failures.ts';
import type { Engine } from './engine.ts';
import { openedStream, stoppable } from './stream.ts';

/** Restricts an engine to the models whose names match one of the patterns; null: no restriction. */
export const restrictModels = (engine: Engine, patterns: readonly string[] | null): Engine => {
  if (patterns === null) return engine;
  const check = (name: string) => {
    if (!isAllowedModel(name, patterns)) throw notAllowed(name);
  };
  return {
    get slots() {
      return engine.slots;
    },
    health: () => engine.health(),
    async models(signal) {
      return (await engine.models(signal)).filter(({ name }) => isAllowedModel(name, patterns));
    },
    async measure(model, ...rest) {
      check(model);
      return engine.measure(model, ...rest);
    },
    generate: (request, signal, accept) =>
      isAllowedModel(request.model, patterns)
        ? engine.generate(request, signal, accept)
        : openedStream([signal], async () => {
            throw notAllowed(request.model);
          }),
    async embed(request, signal) {
      check(request.model);
      return engine.embed(request, signal);
    },
    pull: (location, signal) =>
      stoppable([signal], async function* (either) {
        check(location.name);
        yield* engine.pull(location, either);
      }),
    async remove(location, signal) {
      check(location.name);
      await engine.remove(location, signal);
    },
    close: () => engine.close(),
  };
};

/**
 * Whether a model's name matches one of the patterns. `*` matches any characters but `/`, so a name with a host or a
 * namespace needs a pattern that has them too. A pattern without a tag matches all tags.
 */
export const isAllowedModel = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => matcherOf(pattern).test(name));

const matcherOf = (pattern: string): RegExp => {
  const source = pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
  // A colon before the last slash belongs to the port of a host, not to a tag.
  const hasTag = pattern.slice(pattern.lastIndexOf('/') + 1).includes(':');
  return new RegExp(`^${source}${hasTag ? '' : '(?::[^/]*)?'}$`);
};

const notAllowed = (name: string): Failure =>
  new Failure('MODEL_NOT_FOUND', `Model "${name}" is not allowed by MODELS_ALLOWED.`);
