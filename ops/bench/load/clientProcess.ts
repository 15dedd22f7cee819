import { once } from 'node:events';
import { startProgram } from '../processes.ts';
import type { Command, Load, LoadResult, Report, Window } from './load.ts';

/** A run of clients in their own process. */
export interface RunningLoad {
  /** Resolves when all streams have their first token. */
  readonly flowing: Promise<void>;
  /** Resolves when all streams have ended. */
  readonly ended: Promise<LoadResult>;
  /** Begins a window. */
  mark(): void;
  /** Ends the window. */
  read(): Promise<Window>;
}

/** A process of clients. */
export interface ClientProcess {
  run(load: Load): RunningLoad;
  /** Opens sockets with a silent subscription; they stay open until `stop`. */
  idle(url: string, token: string, sockets: number): Promise<void>;
  stop(): Promise<void>;
}

export const startClients = async (): Promise<ClientProcess> => {
  const { child } = await startProgram('load/clients.ts', [], 'others');
  const send = (command: Command) => void child.send(command);

  const next = <Type extends Report['type']>(type: Type): Promise<Extract<Report, { type: Type }>> =>
    new Promise((resolve, reject) => {
      const onMessage = (message: Report) => {
        if (message.type !== type) return;
        child.off('message', onMessage);
        child.off('exit', onExit);
        resolve(message as Extract<Report, { type: Type }>);
      };
      const onExit = () => reject(new Error('The process of the clients exited.'));
      child.on('message', onMessage);
      child.once('exit', onExit);
    });

  return {
    run(load) {
      const flowing = next('flowing').then(() => undefined);
      // A load of which every stream fails has no first token.
      flowing.catch(() => {});
      const ended = next('ended').then(({ result }) => result);
      send({ type: 'run', load });
      return {
        flowing: Promise.race([flowing, ended.then(() => undefined)]),
        ended,
        mark: () => send({ type: 'mark' }),
        async read() {
          const reply = next('window');
          send({ type: 'read' });
          return (await reply).window;
        },
      };
    },
    async idle(url, token, sockets) {
      const subscribed = next('subscribed');
      send({ type: 'idle', url, token, sockets });
      await subscribed;
    },
    async stop() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
};
