import { Failure } from '../errors/failures.ts';
import type { Engine } from './engine.ts';
import { isLastChunk, stoppable } from './stream.ts';

/** An engine as if it had no models but those that fit one of the patterns; null: with all that it has. */
export const restrictModels = (engine: Engine, patterns: readonly string[] | null): Engine => {
  if (patterns === null) return engine;
  const check = (name: string) => {
    if (isAllowedModel(name, patterns)) return;
    throw new Failure('MODEL_NOT_FOUND', `The model "${name}" answers no more: it is not of MODELS_ALLOWED.`);
  };
  return {
    get slots() {
      return engine.slots;
    },
    health: () => engine.health(),
    async models(signal) {
      return (await engine.models(signal)).filter(({ name }) => isAllowedModel(name, patterns));
    },
    async measure(model, messages, signal) {
      check(model);
      return engine.measure(model, messages, signal);
    },
    generate: (request, signal) =>
      stoppable(
        [signal],
        async function* (either) {
          check(request.model);
          yield* engine.generate(request, either);
        },
        isLastChunk,
      ),
    pull: (place, signal) =>
      stoppable([signal], async function* (either) {
        check(place.name);
        yield* engine.pull(place, either);
      }),
    async remove(place, signal) {
      check(place.name);
      await engine.remove(place, signal);
    },
    close: () => engine.close(),
  };
};

/**
 * Whether a model's name fits one of the patterns. In a pattern `*` stands for any characters but `/`, so that a name
 * with a host or a namespace in it is allowed only where a pattern has them too; one without a tag means all tags.
 */
export const isAllowedModel = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => matcherOf(pattern).test(name));

const matcherOf = (pattern: string): RegExp => {
  const source = pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
  // A colon before the last slash is a host's port, not a tag.
  const hasTag = pattern.slice(pattern.lastIndexOf('/') + 1).includes(':');
  return new RegExp(`^${source}${hasTag ? '' : '(?::[^/]*)?'}$`);
};
