import type { EngineHealth } from './engine.ts';

interface Member {
  readonly name: string;
  readonly isReachable: boolean;
  readonly models: readonly unknown[];
}

/** The health of a pool: ready as long as one answers and has a model. */
export function healthOf(members: readonly Member[]): EngineHealth {
  const answering = members.filter(({ isReachable }) => isReachable);
  const message = countOf(members);
  if (answering.length === 0) {
    return unavailable(message, [
      'Start Ollama there: "ollama serve".',
      ...members.map(({ name }) => `See that it can be reached from here: "curl ${name}/api/version".`),
      'If they are elsewhere, say where: OLLAMA_URL=http://one:11434,http://other:11434.',
    ]);
  }
  if (answering.every(({ models }) => models.length === 0)) {
    return unavailable(`${message} None has a model.`, [
      'Get one on a machine where Ollama runs: "ollama pull llama3.2".',
    ]);
  }
  return { kind: 'ollama', state: 'ready', message, steps: [], progress: null };
}

/** "2 of 3 Ollamas answer: http://a:11434, http://b:11434. No answer from http://c:11434." */
export function countOf(members: readonly Member[]): string {
  const names = (isReachable: boolean) =>
    members.filter((member) => member.isReachable === isReachable).map(({ name }) => name);
  const [up, down] = [names(true), names(false)];
  if (members.length === 1) {
    const [name] = [...up, ...down];
    return up.length === 1 ? `Ollama answers at ${name}.` : `Ollama doesn't answer at ${name}.`;
  }
  if (up.length === 0) return `None of ${members.length} Ollamas answers: ${down.join(', ')}.`;
  const answering = `${up.length} of ${members.length} Ollamas answer: ${up.join(', ')}.`;
  return down.length === 0 ? answering : `${answering} No answer from ${down.join(', ')}.`;
}

const unavailable = (message: string, steps: readonly string[]): EngineHealth => ({
  kind: 'ollama',
  state: 'unavailable',
  message,
  steps,
  progress: null,
});
