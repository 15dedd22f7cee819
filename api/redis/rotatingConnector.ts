import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector } from 'ioredis';
import type { RedisHost } from './address.ts';

/** The time for a closed connection to end before it is destroyed, in ms. */
const disconnectTimeout = 2000;

/** Creates a connector that connects to the next of `hosts` at each attempt, so that an unreachable node costs one attempt. */
export const createRotatingConnector = (hosts: readonly RedisHost[], tls: boolean) => {
  let attempts = Math.floor(Math.random() * hosts.length);

  return class RotatingConnector extends AbstractConnector {
    constructor() {
      super(disconnectTimeout);
    }

    override async connect(): Promise<Socket> {
      this.connecting = true;
      const { host = 'localhost', port = 6379 } = hosts[attempts % hosts.length] ?? {};
      attempts += 1;
      const stream = tls ? connectTls({ host, port }) : connectTcp({ host, port });
      stream.once('error', (error) => {
        this.firstError = error;
      });
      this.stream = stream;
      return stream;
    }
  };
};
