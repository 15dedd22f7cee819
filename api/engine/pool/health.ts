import type { EngineHealth } from '../engine.ts';

interface Member {
  readonly name: string;
  readonly isReachable: boolean;
  readonly models: readonly unknown[];
}

/** Returns the health of a pool, which is ready if a reachable backend has a model. */
export function healthOf(members: readonly Member[]): EngineHealth {
  const answering = members.filter(({ isReachable }) => isReachable);
  const [message, named] = [countOf(members), namesOf(members)];
  if (answering.length === 0) {
    return unavailable(
      { message, steps: [startThem, sayWhere] },
      {
        message: named,
        steps: [
          startThem,
          ...members.map(({ name }) => `Check that this machine can reach it: "curl ${name}/api/version".`),
          sayWhere,
        ],
      },
    );
  }
  if (answering.every(({ models }) => models.length === 0)) {
    const steps = ['Pull a model on a machine where Ollama runs: "ollama pull llama3.2".'];
    return unavailable(
      { message: `${message} None has a model.`, steps },
      { message: `${named} None has a model.`, steps },
    );
  }
  return {
    kind: 'ollama',
    state: 'ready',
    message,
    steps: [],
    operator: { message: named, steps: [] },
    progress: null,
  };
}

const startThem = 'Start Ollama on the machines where it is installed: "ollama serve".';
const sayWhere =
  'If they run elsewhere, set their addresses: OLLAMA_URL=http://one:11434,http://other:11434.';

/** "2 of 3 Ollamas answer." */
function countOf(members: readonly Pick<Member, 'isReachable'>[]): string {
  const up = members.filter(({ isReachable }) => isReachable).length;
  if (members.length === 1) return up === 1 ? 'Ollama answers.' : 'Ollama does not answer.';
  return up === 0
    ? `None of ${members.length} Ollamas answers.`
    : `${up} of ${members.length} Ollamas answer.`;
}

/** "2 of 3 Ollamas answer: http://a:11434, http://b:11434. No answer from http://c:11434." */
export function namesOf(members: readonly Pick<Member, 'name' | 'isReachable'>[]): string {
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

type Advice = Pick<EngineHealth, 'message' | 'steps'>;

const unavailable = (advice: Advice, operator: Advice): EngineHealth => ({
  kind: 'ollama',
  state: 'unavailable',
  ...advice,
  operator,
  progress: null,
});
