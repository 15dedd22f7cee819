import fc from 'fast-check';
import type { Viewer } from '../../api/access/viewer.ts';
import type { StartedAnswer } from '../../api/generations/request/startedAnswer.ts';
import type { ToolDecision } from '../../api/tools/toolCall.ts';
import type { ReplicaServices } from './compose.ts';
import { type EngineMode, engineModes } from './engine.ts';
import type { Fault, Server } from './network.ts';
import { toolNames } from './tools.ts';

/** A replica that commands apply to. */
export interface TargetReplica extends Pick<ReplicaServices, 'deleteConversation' | 'deleteUser'> {
  readonly process: { readonly name: string; readonly state: 'running' | 'paused' | 'killed' };
  /** The servers to which its connection is down. */
  readonly link: { readonly down: ReadonlySet<Server> };
  readonly generations: Pick<
    ReplicaServices['generations'],
    'generate' | 'regenerate' | 'continue' | 'cancel'
  > & {
    complete(...args: Parameters<ReplicaServices['generations']['complete']>): Promise<{
      readonly generation: { readonly id: string };
      whole(signal: AbortSignal): Promise<{ readonly text: string }>;
    }>;
  };
}

/** A reader that commands apply to. */
export interface TargetReader {
  readonly id: string;
  readonly state: 'reading' | 'stalled' | 'disconnected' | 'ended';
  connect(back?: number): void;
  stall(): void;
  resume(): void;
  disconnect(): void;
}

/** A generation that clients know. */
export interface KnownGeneration {
  readonly id: string;
  readonly viewer: Viewer;
  readonly conversationId: string;
  readonly messageId: string;
}

/** What commands apply to: replicas and clients, in virtual time or in real time. */
export interface Target<Replica extends TargetReplica = TargetReplica> {
  readonly engine: { mode: EngineMode };
  readonly known: readonly KnownGeneration[];
  readonly readers: readonly TargetReader[];
  readonly replicas: readonly Replica[];
  running(): readonly Replica[];
  canStart(): boolean;
  start(): Replica;
  pause(replica: Replica): void;
  resume(replica: Replica): void;
  kill(replica: Replica): void;
  stop(replica: Replica): void;
  disconnect(replica: Replica, server: Server): void;
  reconnect(replica: Replica): void;
  fault(replica: Replica, fault: Fault): void;
  watch(one: Pick<KnownGeneration, 'id' | 'viewer'>): TargetReader;
  onStarted(viewer: Viewer, isWatched: boolean): (started: StartedAnswer) => void;
  /** Sends a client's request through a replica. */
  perform<Result>(
    label: string,
    replica: Replica,
    act: () => Promise<Result>,
    done?: (result: Result) => void,
  ): void;
  checkAnswer(id: string, text: string): void;
  /** Decides on a call of a tool that waits. Returns what it does; null if none waits. Absent: there are no tools. */
  decide?(replica: Replica, known: KnownGeneration, decision: ToolDecision): string | null;
  userOf(name: string): Viewer;
  newKey(): string;
}

/** One step of a schedule: `kind` applied to what `first` and `second` select, then a wait. */
export interface Command {
  readonly kind: Kind;
  readonly first: number;
  readonly second: number;
  readonly wait: Wait;
}

const weights = {
  wait: 5,
  generate: 4,
  'generate repeatable': 4,
  'generate with tools': 4,
  decide: 6,
  regenerate: 2,
  retry: 1,
  complete: 2,
  continue: 6,
  cancel: 6,
  'delete conversation': 1,
  'delete user': 1,
  read: 3,
  'stall reader': 3,
  'resume reader': 2,
  'disconnect reader': 2,
  pause: 5,
  resume: 4,
  kill: 2,
  start: 2,
  stop: 1,
  disconnect: 3,
  reconnect: 2,
  fault: 5,
  engine: 5,
} as const;

type Kind = keyof typeof weights;

const kinds = Object.entries(weights).flatMap(([kind, weight]) => Array<Kind>(weight).fill(kind as Kind));

const waits = [
  { steps: 0 },
  { steps: 1 },
  { steps: 2 },
  { steps: 4 },
  { steps: 8 },
  { steps: 16 },
  { ms: 60 },
  { ms: 400 },
  { ms: 1300 },
  { ms: 3000 },
  { ms: 7000 },
] as const;

type Wait = (typeof waits)[number];

const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom(...kinds),
  first: fc.nat(5),
  second: fc.nat(7),
  wait: fc.constantFrom(...waits),
});

export const commands = fc.array(command, { minLength: 1, maxLength: 14, size: 'max' });

const servers: readonly [Server, Server, Server] = ['store', 'journal', 'queue'];
const faults: readonly [Fault['kind'], Fault['kind'], Fault['kind']] = ['before', 'after', 'slow'];

const at = <Item>(items: readonly Item[], index: number): Item | undefined => items[index % items.length];

const answerInput = { model: null, options: null, idempotencyKey: null, cache: null };

/** Applies a command and returns its description; null if there is nothing to apply it to. */
export const apply = <Replica extends TargetReplica>(
  world: Target<Replica>,
  { kind, first, second }: Command,
): string | null => {
  const replica = at(world.running(), second);
  const known = at(world.known, first);
  const reader = at(world.readers, first);
  const input = {
    ...answerInput,
    prompt: `question ${first}`,
    conversationId: null,
    parentId: null,
    systemPrompt: null,
    format: null,
  };
  const isWatched = second % 4 !== 3;

  switch (kind) {
    case 'wait':
      return 'wait';
    case 'generate':
    case 'generate repeatable': {
      if (!replica) return null;
      const viewer = world.userOf(first % 2 === 0 ? 'ann' : 'bob');
      const options = kind === 'generate' ? null : { temperature: 0 };
      const prompt = kind === 'generate' ? input.prompt : 'the same question';
      const idempotencyKey = second % 2 === 0 ? null : world.newKey();
      const label = `${viewer.user.id} generates "${prompt}" at ${replica.process.name}`;
      world.perform(
        label,
        replica,
        () => replica.generations.generate(viewer, { ...input, prompt, options, idempotencyKey }),
        world.onStarted(viewer, isWatched),
      );
      return `${label}${isWatched ? ', and watches' : ''}`;
    }
    case 'generate with tools': {
      if (!replica || !world.decide) return null;
      const viewer = world.userOf(first % 2 === 0 ? 'ann' : 'bob');
      const label = `${viewer.user.id} generates "${input.prompt}" with tools at ${replica.process.name}`;
      world.perform(
        label,
        replica,
        () => replica.generations.generate(viewer, { ...input, tools: toolNames }),
        world.onStarted(viewer, isWatched),
      );
      return `${label}${isWatched ? ', and watches' : ''}`;
    }
    case 'decide': {
      if (!replica) return null;
      const decision = first % 3 === 0 ? 'DENY' : 'ALLOW';
      for (const one of world.known) {
        const done = world.decide?.(replica, one, decision);
        if (done) return done;
      }
      return null;
    }
    case 'retry': {
      // The same key twice at once, as after a lost response.
      const viewer = world.userOf('ann');
      const idempotencyKey = world.newKey();
      const both = world.running().slice(0, 2);
      for (const one of both) {
        world.perform(
          `ann generates with key ${idempotencyKey} at ${one.process.name}`,
          one,
          () => one.generations.generate(viewer, { ...input, idempotencyKey }),
          world.onStarted(viewer, isWatched),
        );
      }
      return `ann generates with one key at ${both.map(({ process }) => process.name).join(' and ')}`;
    }
    case 'regenerate': {
      if (!replica || !known) return null;
      const { viewer, messageId } = known;
      const label = `regenerate ${known.id} at ${replica.process.name}`;
      world.perform(
        label,
        replica,
        () => replica.generations.regenerate(viewer, { ...answerInput, messageId }),
        world.onStarted(viewer, isWatched),
      );
      return label;
    }
    case 'complete': {
      if (!replica) return null;
      const label = `complete at ${replica.process.name}`;
      const isSame = first % 2 === 0;
      world.perform(label, replica, async () => {
        const { generations } = replica;
        const completion = await generations.complete(world.userOf('ann'), {
          model: null,
          messages: [{ role: 'user', content: isSame ? 'the same question' : 'another question' }],
          options: isSame ? { temperature: 0 } : {},
          format: null,
        });
        const { text } = await completion.whole(new AbortController().signal);
        world.checkAnswer(completion.generation.id, text);
      });
      return label;
    }
    case 'continue':
    case 'cancel': {
      if (!replica || !known) return null;
      const label = `${kind} ${known.id} at ${replica.process.name}`;
      world.perform(label, replica, () => replica.generations[kind](known.viewer, known.id));
      return label;
    }
    case 'delete conversation': {
      if (!replica || !known) return null;
      const label = `delete the conversation of ${known.id} at ${replica.process.name}`;
      world.perform(label, replica, () => replica.deleteConversation(known.viewer, known.conversationId));
      return label;
    }
    case 'delete user': {
      if (!replica) return null;
      const label = `delete bob at ${replica.process.name}`;
      world.perform(label, replica, () => replica.deleteUser(world.userOf('bob').user));
      return label;
    }
    case 'read': {
      if (!known) return null;
      const old = world.readers.find(
        ({ id, state }) => id === known.id && (state === 'disconnected' || state === 'ended'),
      );
      if (old) old.connect(second);
      else world.watch(known);
      return `${old ? `a reader reconnects, ${second} events earlier, to` : 'watch'} ${known.id}`;
    }
    case 'stall reader':
      reader?.stall();
      return reader ? `stall a reader of ${reader.id}` : null;
    case 'resume reader':
      reader?.resume();
      return reader ? `resume a reader of ${reader.id}` : null;
    case 'disconnect reader':
      reader?.disconnect();
      return reader ? `a reader of ${reader.id} disconnects` : null;
    case 'pause':
      if (!replica) return null;
      world.pause(replica);
      return `pause ${replica.process.name}`;
    case 'resume': {
      const paused = world.replicas.find(({ process }) => process.state === 'paused');
      if (!paused) return null;
      world.resume(paused);
      return `resume ${paused.process.name}`;
    }
    case 'kill': {
      const victim = at(world.replicas, first);
      if (!victim) return null;
      world.kill(victim);
      return `kill ${victim.process.name}`;
    }
    case 'start':
      return world.canStart() ? `start ${world.start().process.name}` : null;
    case 'stop':
      if (!replica) return null;
      world.stop(replica);
      return `stop ${replica.process.name}`;
    case 'disconnect': {
      if (!replica) return null;
      const server = at(servers, first) ?? 'store';
      world.disconnect(replica, server);
      return `disconnect ${replica.process.name} from the ${server}`;
    }
    case 'reconnect': {
      const disconnected = world.replicas.find(({ link }) => link.down.size > 0);
      if (!disconnected) return null;
      world.reconnect(disconnected);
      return `reconnect ${disconnected.process.name}`;
    }
    case 'fault': {
      if (!replica) return null;
      const fault = { server: at(servers, first) ?? 'store', kind: at(faults, first >> 1) ?? 'before' };
      for (let count = 0; count <= second % 3; count += 1) world.fault(replica, fault);
      return `${(second % 3) + 1} faults "${fault.kind}" at the ${fault.server} for ${replica.process.name}`;
    }
    case 'engine':
      world.engine.mode = at(engineModes, second) ?? 'steady';
      return `engine: ${world.engine.mode}`;
  }
};
