import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from './redis.ts';
import { shell } from './shell.ts';

/** The timeout of a start, in milliseconds. */
const startTimeoutMs = 20_000;

/** A running nginx or Caddy. */
export interface WebProxy {
  /** `https://localhost:…`, or `http:` if the configuration has no TLS. The certificate is self-signed. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface WebProxyOptions {
  /** A folder for the proxy's files. */
  readonly folder: string;
  /** The name of the configuration in `docs/proxies.md`, such as `nginx smallest`. */
  readonly name: string;
  /** The URL of the service. */
  readonly upstream: string;
  /** The port to listen on. */
  readonly port?: number;
}

/** Returns a configuration of `docs/proxies.md`. */
const configurationOf = async (name: string): Promise<string> => {
  const page = await readFile(new URL('../../../docs/proxies.md', import.meta.url), 'utf8');
  const block = page.split(`\`\`\`${name}\n`)[1]?.split('```')[0];
  if (block === undefined) throw new Error(`docs/proxies.md has no configuration "${name}".`);
  return block;
};

/** Runs a configuration of the documentation with local addresses and certificates in place of the example's. */
export const startWebProxy = async (options: WebProxyOptions): Promise<WebProxy> => {
  const { folder, name, upstream, port = await freePort() } = options;
  const [program = ''] = name.split(' ');
  await mkdir(folder, { recursive: true });
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  await shell(
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost ` +
      `-addext subjectAltName=DNS:localhost -keyout ${key} -out ${certificate} 2>/dev/null`,
  );
  const written = (await configurationOf(name)).replaceAll('127.0.0.1:8000', new URL(upstream).host);
  const isTls = program === 'caddy' || written.includes(' ssl ');
  const file = join(folder, program === 'caddy' ? 'Caddyfile' : 'nginx.conf');
  const child =
    program === 'caddy'
      ? await startCaddy(file, written, { port, certificate, key, folder })
      : await startNginx(file, written, { port, certificate, key, folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'close');
  await untilAccepting(port, child, () => output);
  return {
    url: `${isTls ? 'https' : 'http'}://localhost:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
};

interface Local {
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
  readonly folder: string;
}

const startNginx = async (
  file: string,
  server: string,
  { port, certificate, key, folder }: Local,
): Promise<ChildProcess> => {
  const local = server
    .replace(/listen \d+/, `listen 127.0.0.1:${port}`)
    .replace(/ssl_certificate \S+;/, `ssl_certificate ${certificate};`)
    .replace(/ssl_certificate_key \S+;/, `ssl_certificate_key ${key};`)
    .replace(/server_name \S+;/, 'server_name localhost;');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
    .join('\n');
  await writeFile(
    file,
    `daemon off;\nmaster_process off;\npid ${join(folder, 'nginx.pid')};\nerror_log stderr;\n` +
      `events {}\nhttp {\naccess_log off;\n${temporary}\n${local}}\n`,
  );
  return spawn('nginx', ['-p', folder, '-c', file], { stdio: ['ignore', 'pipe', 'pipe'] });
};

const startCaddy = async (
  file: string,
  site: string,
  { port, certificate, key, folder }: Local,
): Promise<ChildProcess> => {
  const local = site.replace(/^\S+ \{$/m, `https://localhost:${port} {\n  tls ${certificate} ${key}`);
  await writeFile(file, `{\n  admin off\n  auto_https disable_redirects\n}\n${local}`);
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  return spawn('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
};

const untilAccepting = async (port: number, child: ChildProcess, output: () => string): Promise<void> => {
  const giveUpAt = performance.now() + startTimeoutMs;
  for (;;) {
    const socket = connect(port, 'localhost');
    const accepted = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (accepted) return;
    if (child.exitCode !== null || performance.now() > giveUpAt) {
      throw new Error(`the proxy did not start:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
