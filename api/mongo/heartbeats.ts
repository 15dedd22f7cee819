import type { MongoClient } from 'mongodb';

/** Added to the driver's own time limits before a check counts as stuck, in milliseconds. */
const marginMs = 2000;
/** After a pause of the whole process all timers are due, so a late check gets this time to end, in milliseconds. */
const graceMs = 1000;

/**
 * Calls `onStuck` once when a check of a server (a heartbeat) neither succeeds nor fails in time. A driver whose check is
 * stuck doesn't notice that its server is back: each call fails until the process is restarted.
 *
 * This happens in the driver 7.9.0 when a heartbeat is written to a socket that is destroyed, but has not emitted `close`:
 * the write waits for `drain`, which never comes, and no time limit applies.
 */
export const watchHeartbeats = (client: MongoClient, onStuck: (address: string) => void): (() => void) => {
  const { connectTimeoutMS, heartbeatFrequencyMS } = client.options;
  // Connecting and the handshake have a limit each; a streamed heartbeat waits for up to `heartbeatFrequencyMS`.
  const limitMs = 2 * connectTimeoutMS + heartbeatFrequencyMS + marginMs;
  const pending = new Map<string, NodeJS.Timeout>();

  const ended = ({ connectionId }: { readonly connectionId: string }) => {
    clearTimeout(pending.get(connectionId));
    pending.delete(connectionId);
  };
  const stop = () => {
    for (const timer of pending.values()) clearTimeout(timer);
    pending.clear();
    client.removeListener('serverHeartbeatStarted', started);
    client.removeListener('serverHeartbeatSucceeded', ended);
    client.removeListener('serverHeartbeatFailed', ended);
    client.removeListener('serverClosed', closed);
  };
  const after = (ms: number, run: () => void) => setTimeout(run, ms).unref();
  const started = ({ connectionId }: { readonly connectionId: string }) => {
    clearTimeout(pending.get(connectionId));
    const isLate = () => {
      const isStuck = () => {
        stop();
        onStuck(connectionId);
      };
      pending.set(connectionId, after(graceMs, isStuck));
    };
    pending.set(connectionId, after(limitMs, isLate));
  };
  const closed = ({ address }: { readonly address: string }) => ended({ connectionId: address });

  client.on('serverHeartbeatStarted', started);
  client.on('serverHeartbeatSucceeded', ended);
  client.on('serverHeartbeatFailed', ended);
  client.on('serverClosed', closed);
  return stop;
};
