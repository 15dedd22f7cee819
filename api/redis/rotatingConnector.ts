import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector } from 'ioredis';
import type { RedisHost } from './address.ts';

/** How long a connection that is closed may take to end before it is cut, in milliseconds. */
const disconnectTimeout = 2000;

/** Connects to the next of `hosts` each time, so that a node that is gone costs one try. */
export const createRotatingConnector = (hosts: readonly RedisHost[], tls: boolean) => {
  let tries = Math.floor(Math.random() * hosts.length);

  return class RotatingConnector extends AbstractConnector {
    constructor() {
      super(disconnectTimeout);
    }

    override async connect(): Promise<Socket> {
      this.connecting = true;
      const { host = 'localhost', port = 6379 } = hosts[tries % hosts.length] ?? {};
      tries += 1;
      const stream = tls ? connectTls({ host, port }) : connectTcp({ host, port });
      stream.once('error', (error) => {
        this.firstError = error;
      });
      this.stream = stream;
      return stream;
    }
  };
};
