import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { engineFetch } from '../engine/transport/engineFetch.ts';
import { startTestApp, type TestAppOptions } from '../http/testing/app.testing.ts';
import {
  describeWithMongo,
  freshDatabaseName,
  sharedMongoUrl,
  silent,
  withClient,
} from '../mongo/server.testing.ts';
import { tracing } from '../process/tracing.ts';
import { createOwnRedis, describeWithOwnRedis } from '../redis/server.testing.ts';
import { createMemoryAdapters } from '../replicas/shared.memory.ts';
import { connectRedisAdapters } from '../replicas/shared.redis.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { openMongoStores } from '../stores/stores.mongo.ts';
import { samplerOf } from './sampler.ts';
import { startTracing } from './startTracing.ts';
import { wantsTraces } from './wantsTraces.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly events?: readonly { readonly name: string }[];
}

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const endpoint = 'OTEL_EXPORTER_OTLP_ENDPOINT';

describe('traces', () => {
  let receiver: Server;
  const received: Span[] = [];
  const services = new Set<unknown>();

  const receive = async (request: IncomingMessage) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
      services.add(
        resource.attributes.find(({ key }: { key: string }) => key === 'service.name')?.value.stringValue,
      );
      for (const { spans } of scopeSpans) received.push(...spans);
    }
  };

  beforeEach(async () => {
    received.length = 0;
    receiver = createServer((request, response) => {
      receive(request).then(() => response.setHeader('Content-Type', 'application/json').end('{}'));
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    process.env[endpoint] = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    delete process.env[endpoint];
    receiver.closeAllConnections();
    receiver.close();
  });

  const body = (content: string) => ({ model: 'stand-in', messages: [{ role: 'user', content }] });
  const named = (name: string) => received.find((span) => span.name === name);
  const attribute = (span: Span | undefined, name: string) => {
    const value = span?.attributes.find(({ key }) => key === name)?.value ?? {};
    return Object.values(value)[0];
  };
  const ancestors = (span: Span | undefined): readonly string[] => {
    const parent = received.find(({ spanId }) => spanId === span?.parentSpanId);
    return parent ? [parent.name, ...ancestors(parent)] : [];
  };

  it('join the request, its run and the call of the engine, and hold no prompts', async () => {
    const { stop } = startTracing(process.env);
    const app = await startTestApp();
    const headers = { Authorization: `Bearer ${app.token}`, 'Content-Type': 'application/json', traceparent };
    const response = await app.post('/v1/chat/completions', body('A secret prompt?'), { headers });
    expect(response.status).toBe(200);
    await app.graphql('query Broken { node(id: "none") { id } }');
    await app.stop();
    await stop();

    const engine = named('chat stand-in:latest');
    expect(ancestors(engine)).toEqual(['generation', 'POST openai']);
    expect(new Set([engine, named('generation'), named('POST openai')].map((span) => span?.traceId))).toEqual(
      new Set([traceId]),
    );
    expect(attribute(engine, 'gen_ai.operation.name')).toBe('chat');
    expect(attribute(engine, 'gen_ai.provider.name')).toBe('ollama');
    expect(attribute(engine, 'gen_ai.request.model')).toBe('stand-in:latest');
    expect(Number(attribute(engine, 'gen_ai.usage.output_tokens'))).toBeGreaterThan(0);
    expect(engine?.events?.map(({ name }) => name)).toEqual(['gen_ai.first_token']);
    expect(ancestors(named('graphql query'))).toEqual(['POST graphql']);
    expect(named('graphql query')?.events?.[0]?.name).toBe('graphql.error');
    expect(JSON.stringify(received)).not.toContain('secret prompt');
    expect([...services]).toEqual(['ziggie-llm']);
    const line = app.logged.find(({ path }) => path === '/v1/chat/completions');
    expect(line).toMatchObject({ traceId, userId: expect.any(String), status: 200 });
  });

  it('pass traceparent on to engines', async () => {
    const { stop } = startTracing(process.env);
    const sent: unknown[] = [];
    const engine = createServer((request, response) => {
      sent.push(request.headers.traceparent);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(engine, 'listening');
    const url = `http://127.0.0.1:${(engine.address() as AddressInfo).port}`;
    const parent = propagation.extract(ROOT_CONTEXT, { traceparent });
    await context.with(parent, async () => (await engineFetch(url)).text());
    await (await engineFetch(url)).text();
    engine.closeAllConnections();
    engine.close();
    await stop();
    expect(sent).toEqual([traceparent, undefined]);
  });

  it('are not exported without the variables, and cost no spans', async () => {
    const app = await startTestApp();
    await app.post('/v1/chat/completions', body('Hello'));
    await app.stop();
    expect([tracing.isOn, received]).toEqual([false, []]);
  });

  /** Completes once on these stores and adapters. Returns the span of the engine and the systems of the trace's commands. */
  const completeOn = async (shared: NonNullable<TestAppOptions['shared']>) => {
    const app = await startTestApp({ shared });
    const headers = { Authorization: `Bearer ${app.token}`, 'Content-Type': 'application/json', traceparent };
    expect((await app.post('/v1/chat/completions', body('Hello'), { headers })).status).toBe(200);
    await app.stop();
  };
  const systems = () =>
    received.filter((span) => span.traceId === traceId).map((span) => attribute(span, 'db.system.name'));

  describeWithOwnRedis('of replicas', () => {
    it('join request and run over BullMQ, with the commands of Redis', async () => {
      const redis = await createOwnRedis();
      await redis.start();
      const { stop } = startTracing(process.env);
      const stores = await openTemporaryStores();
      const { url } = redis;
      const adapters = connectRedisAdapters({ url, log: silent, globalSlots: () => null, cacheMs: 60_000 });
      await completeOn({ stores, adapters });
      await stop();
      await redis.remove();
      const engine = named('chat stand-in:latest');
      expect(engine?.traceId).toBe(traceId);
      const path = ancestors(engine);
      expect([path[0], path.at(-1)]).toEqual(['generation', 'POST openai']);
      // BullMQ's own spans are between the two.
      expect(path.length).toBeGreaterThan(2);
      expect(systems()).toContain('redis');
    });
  });

  describeWithMongo('of MongoDB', () => {
    it('hold its commands', async () => {
      const { stop } = startTracing(process.env);
      const databaseName = freshDatabaseName();
      const stores = await openMongoStores({ url: sharedMongoUrl, log: silent, databaseName });
      await completeOn({ stores, adapters: createMemoryAdapters({ cacheMs: 60_000 }) });
      await stop();
      await withClient((client) => client.db(databaseName).dropDatabase());
      expect(systems()).toContain('mongodb');
    });
  });
});

describe('the variables of OpenTelemetry', () => {
  it('turn traces on by an endpoint, and off', () => {
    const url = 'http://127.0.0.1:4318';
    expect(wantsTraces({})).toBe(false);
    expect(wantsTraces({ [endpoint]: url })).toBe(true);
    expect(wantsTraces({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url })).toBe(true);
    expect(wantsTraces({ [endpoint]: url, OTEL_SDK_DISABLED: 'true' })).toBe(false);
    expect(wantsTraces({ [endpoint]: url, OTEL_TRACES_EXPORTER: 'none' })).toBe(false);
  });

  it('choose a sampler, and reject an unknown one', () => {
    expect(String(samplerOf({ OTEL_TRACES_SAMPLER: 'always_off' }))).toContain('AlwaysOff');
    expect(String(samplerOf({}))).toContain('ParentBased');
    expect(() => samplerOf({ OTEL_TRACES_SAMPLER: 'some' })).toThrow('OTEL_TRACES_SAMPLER="some"');
    expect(() => samplerOf({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' })).toThrow(
      'give 0 to 1',
    );
  });
});
