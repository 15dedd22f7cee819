import { Agent, createServer, request as openRequest } from 'node:http';
import { announce } from './announce.ts';

/** The floor of the benchmarks: a bare pipe in Node, which passes bytes on and looks at none of them. */
const [upstream = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

const server = createServer((request, response) => {
  const forwarded = openRequest(
    `${upstream}${request.url}`,
    { method: request.method, agent, headers: { 'content-type': 'application/json' } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? '' });
      answer.pipe(response);
    },
  );
  forwarded.on('error', () => response.destroy());
  response.once('close', () => forwarded.destroy());
  request.pipe(forwarded);
});
await announce([server]);
