import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface StandinContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  state: string;
  /** What `docker logs` shows. */
  log: string;
  tty?: boolean;
}

/** What the next calls do instead of answering. */
export type DockerFault = 'hang' | 'hangInBody' | 'fail' | 'ambiguous' | 'flood' | 'garbage' | null;

/** A server that speaks the part of the Docker Engine API that the service uses, on a unix socket. For tests. */
export interface DockerStandin {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  readonly socketPath: string;
  readonly containers: StandinContainer[];
  /** Method and path of all requests. */
  readonly requests: string[];
  fault: DockerFault;
  close(): Promise<void>;
}

const idOf = (digit: string) => digit.repeat(64);

export const startDockerStandin = async (): Promise<DockerStandin> => {
  const folder = await mkdtemp(join(tmpdir(), 'docker-'));
  const socketPath = join(folder, 'docker.sock');
  const containers: StandinContainer[] = [
    { id: idOf('a'), name: 'web', image: 'nginx:1.29', state: 'running', log: 'GET / 200\nGET /admin 404\n' },
    { id: idOf('b'), name: 'db', image: 'postgres:18', state: 'running', log: 'ready\n' },
    { id: idOf('c'), name: 'old-job', image: 'busybox:1', state: 'exited', log: 'done\n' },
  ];
  const requests: string[] = [];
  const standin = { fault: null as DockerFault };

  const send = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === null ? undefined : JSON.stringify(body));
  };

  const change = (container: StandinContainer, action: string): number => {
    const { state } = container;
    if (action === 'start') {
      if (state === 'running') return 304;
      container.state = 'running';
    } else if (action === 'stop') {
      if (state === 'exited') return 304;
      container.state = 'exited';
    } else if (action === 'restart') container.state = 'running';
    else if (action === 'pause') {
      if (state !== 'running') return 409;
      container.state = 'paused';
    } else if (action === 'unpause') {
      if (state !== 'paused') return 409;
      container.state = 'running';
    } else return 404;
    return 204;
  };

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://docker');
    requests.push(`${request.method} ${url.pathname}${url.search}`);
    if (standin.fault === 'hang') return;
    if (standin.fault === 'hangInBody') {
      response.writeHead(200).write(' ');
      return;
    }
    if (standin.fault === 'ambiguous') return send(response, 400, { message: 'multiple IDs found' });
    if (standin.fault === 'fail') return send(response, 500, { message: 'the daemon is on fire' });
    if (standin.fault === 'garbage') return response.writeHead(200).end('<html>');
    if (url.pathname === '/containers/json') {
      return send(
        response,
        200,
        containers.map(({ id, name, image, state }) => ({
          Id: id,
          // A link gives a second name, which comes first.
          Names: [`/another/${name}`, `/${name}`],
          Image: image,
          ImageID: `sha256:${idOf(image.startsWith('nginx') ? '1' : '3')}`,
          State: state,
          Status: state === 'running' ? 'Up 2 hours' : 'Exited (0) 3 days ago',
        })),
      );
    }
    if (url.pathname === '/images/json') {
      return send(response, 200, [
        { Id: `sha256:${idOf('1')}`, RepoTags: ['nginx:1.29'], Size: 190_000_000 },
        { Id: `sha256:${idOf('2')}`, RepoTags: null, Size: 1 },
        { Id: `sha256:${idOf('4')}`, RepoTags: ['secret-product:1'], Size: 5_000_000 },
      ]);
    }
    const [, , given = '', action = ''] = url.pathname.split('/').map(decodeURIComponent);
    const container = containers.find(({ id, name }) => name === given || id.startsWith(given));
    if (!container) return send(response, 404, { message: `No such container: ${given}` });
    if (request.method === 'DELETE') {
      if (container.state === 'running')
        return send(response, 409, { message: 'container is running: stop it' });
      containers.splice(containers.indexOf(container), 1);
      return send(response, 204, null);
    }
    if (request.method === 'POST') return send(response, change(container, action), null);
    if (action === 'json') return send(response, 200, inspected(container));
    if (action === 'stats') return send(response, 200, stats);
    if (action === 'logs') {
      if (standin.fault === 'flood') {
        response.writeHead(200);
        const more = () => {
          while (!response.destroyed && response.write(frameOf('x'.repeat(60_000)))) {}
          if (!response.destroyed) response.once('drain', more);
        };
        return more();
      }
      const tail = Number(url.searchParams.get('tail'));
      const log = `${container.log.trimEnd().split('\n').slice(-tail).join('\n')}\n`;
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      return response.end(container.tty ? log : frameOf(log));
    }
    return send(response, 404, { message: 'page not found' });
  };

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return Object.assign(standin, {
    host: `unix://${socketPath}`,
    socketPath,
    containers,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  });
};

/** A frame of the standard output. */
const frameOf = (text: string): Buffer => {
  const body = Buffer.from(text);
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
};

const inspected = ({ id, name, image, state, tty = false }: StandinContainer) => ({
  Id: id,
  Name: `/${name}`,
  Created: '2026-01-02T03:04:05Z',
  RestartCount: 1,
  Config: {
    Image: image,
    Tty: tty,
    Env: ['POSTGRES_PASSWORD=hunter2'],
    Cmd: ['serve', '--token', 'hunter2'],
    Labels: { secret: 'hunter2' },
  },
  State: {
    Status: state,
    ExitCode: 0,
    OOMKilled: false,
    Error: 'exec: "serve --token hunter2": not found',
    Health: { Status: 'healthy', Log: ['hunter2'] },
  },
  HostConfig: { RestartPolicy: { Name: 'always' }, Memory: 0, Binds: ['/srv/hunter2:/data'] },
  NetworkSettings: { Ports: { '80/tcp': null }, Networks: { bridge: {} } },
  Mounts: [{ Type: 'volume', Name: 'data', Source: '/srv/hunter2', Destination: '/data', RW: true }],
});

const stats = {
  cpu_stats: { cpu_usage: { total_usage: 300 }, system_cpu_usage: 2_000, online_cpus: 2 },
  precpu_stats: { cpu_usage: { total_usage: 200 }, system_cpu_usage: 1_000 },
  memory_stats: { usage: 50_000_000, limit: 1_000_000_000 },
  pids_stats: { current: 4 },
  networks: { eth0: { rx_bytes: 3_000_000, tx_bytes: 1_000_000 } },
};
