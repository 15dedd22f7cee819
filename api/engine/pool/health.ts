import type { EngineHealth } from '../engine.ts';
import type { BackendKind } from './backend.ts';

interface Member {
  readonly name: string;
  readonly kind?: BackendKind;
  readonly isReachable: boolean;
  readonly models: readonly unknown[];
}

type Kinds = readonly Pick<Member, 'kind'>[];

const areOllamas = (members: Kinds): boolean => members.every(({ kind = 'Ollama' }) => kind === 'Ollama');

/** Returns the kind of a pool: `ollama` if it has one. */
export const kindOf = (members: Kinds): 'ollama' | 'openai' =>
  members.some(({ kind = 'Ollama' }) => kind === 'Ollama') ? 'ollama' : 'openai';

/** Returns the health of a pool, which is ready if a reachable backend has a model. */
export function healthOf(members: readonly Member[]): EngineHealth {
  const answering = members.filter(({ isReachable }) => isReachable);
  const [message, named] = [countOf(members), namesOf(members)];
  if (answering.length === 0) {
    return unavailable(
      kindOf(members),
      { message, steps: areOllamas(members) ? [startThem, sayWhere] : [startEngines] },
      {
        message: named,
        steps: [
          areOllamas(members) ? startThem : startEngines,
          ...members.map(
            ({ name, kind = 'Ollama' }) =>
              `Check that this machine can reach it: "curl ${name}${kind === 'Ollama' ? '/api/version' : '/models'}".`,
          ),
          areOllamas(members) ? sayWhere : sayEngines,
        ],
      },
    );
  }
  if (answering.every(({ models }) => models.length === 0)) {
    const steps = ['Pull a model on a machine where Ollama runs: "ollama pull llama3.2".'];
    return unavailable(
      kindOf(members),
      { message: `${message} None has a model.`, steps },
      { message: `${named} None has a model.`, steps },
    );
  }
  return {
    kind: kindOf(members),
    state: 'ready',
    message,
    steps: [],
    operator: { message: named, steps: [] },
    progress: null,
  };
}

const startEngines = 'Start the engines, and check ENGINE_URL.';
const sayEngines =
  'If they run elsewhere, set their addresses: ENGINE_URL=openai+http://one:8000/v1,openai+http://other:8000/v1.';
const startThem = 'Start Ollama on the machines where it is installed: "ollama serve".';
const sayWhere =
  'If they run elsewhere, set their addresses: OLLAMA_URL=http://one:11434,http://other:11434.';

const namesOfKinds = (members: Kinds): readonly [string, string] =>
  areOllamas(members) ? ['Ollama', 'Ollamas'] : ['The engine', 'engines'];

/** "2 of 3 Ollamas answer." */
function countOf(members: readonly Pick<Member, 'isReachable' | 'kind'>[]): string {
  const up = members.filter(({ isReachable }) => isReachable).length;
  const [one, several] = namesOfKinds(members);
  if (members.length === 1) return up === 1 ? `${one} answers.` : `${one} does not answer.`;
  return up === 0
    ? `None of ${members.length} ${several} answers.`
    : `${up} of ${members.length} ${several} answer.`;
}

/** "2 of 3 Ollamas answer: http://a:11434, http://b:11434. No answer from http://c:11434." */
export function namesOf(members: readonly Pick<Member, 'name' | 'isReachable' | 'kind'>[]): string {
  const names = (isReachable: boolean) =>
    members.filter((member) => member.isReachable === isReachable).map(({ name }) => name);
  const [up, down] = [names(true), names(false)];
  const [one, several] = namesOfKinds(members);
  if (members.length === 1) {
    const [name] = [...up, ...down];
    return up.length === 1 ? `${one} answers at ${name}.` : `${one} doesn't answer at ${name}.`;
  }
  if (up.length === 0) return `None of ${members.length} ${several} answers: ${down.join(', ')}.`;
  const answering = `${up.length} of ${members.length} ${several} answer: ${up.join(', ')}.`;
  return down.length === 0 ? answering : `${answering} No answer from ${down.join(', ')}.`;
}

type Advice = Pick<EngineHealth, 'message' | 'steps'>;

const unavailable = (kind: EngineHealth['kind'], advice: Advice, operator: Advice): EngineHealth => ({
  kind,
  state: 'unavailable',
  ...advice,
  operator,
  progress: null,
});
