import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { jest } from '@jest/globals';
import { eventually } from '../../process/eventually.testing.ts';
import { ask, read } from '../engine.testing.ts';
import type { Engine, EngineChunk } from '../engine.ts';
import { type OllamaStandin, startOllamaStandin } from '../standin/standin.ollama.ts';
import { createOllamaEngine } from './engine.ollama.ts';

const model = 'stand-in:latest';
const hello = { model, messages: ask('Hello?') };
const never = new AbortController().signal;
/** The engine's limit between two chunks: longer than any test, so that no test depends on the machine's speed. */
const timeoutMs = 60_000;
/** All that fake timers would replace except `setTimeout`, so that sockets work as usual. */
const otherTimers = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
] as const;

/** Starts a server whose chats `chat` answers, and an engine on it. */
const serveChats = async (chat: (request: IncomingMessage, response: ServerResponse) => void) => {
  const standin = await startOllamaStandin();
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/api/chat') chat(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const engine = createOllamaEngine({
    url,
    timeoutMs: 5000,
    slots: 2,
    // Metadata comes from the stand-in.
    fetch: (input, init) => fetch(String(input).replace(url, standin.url), init),
  });
  return {
    engine,
    async close() {
      await engine.close();
      server.closeAllConnections();
      server.close();
      await standin.close();
    },
  };
};

describe('the streams of an Ollama', () => {
  let standin: OllamaStandin;
  let engine: Engine;

  beforeEach(async () => {
    standin = await startOllamaStandin();
    engine = createOllamaEngine({ url: standin.url, timeoutMs, slots: 2 });
  });

  afterEach(async () => {
    await engine.close();
    await standin.close();
  });

  it('are passed on with their usage', async () => {
    expect(await read(engine, hello)).toEqual({
      chunks: ['Hello', ' there', '.'],
      text: 'Hello there.',
      finish: 'stop',
      usage: { promptTokens: 7, completionTokens: 3, loadMs: 1, promptMs: 1, completionMs: 2, totalMs: 4 },
    });
  });

  it('are requested with the context length, the options, and without truncation', async () => {
    const options = { temperature: 0, topP: 0.5, topK: 3, seed: 9, maxTokens: 4, stop: ['x'] };
    await read(engine, { ...hello, options, format: 'json' });
    expect(standin.chats).toEqual([
      {
        ...hello,
        stream: true,
        format: 'json',
        truncate: false,
        shift: false,
        options: {
          temperature: 0,
          top_p: 0.5,
          top_k: 3,
          seed: 9,
          num_predict: 4,
          stop: ['x'],
          num_ctx: 2_048,
        },
      },
    ]);
  });

  it('may split lines and characters across chunks', async () => {
    const tokens = ['na', 'ï', 've 👩‍🚀', '日本'];
    standin.play({ tokens, bytesPerWrite: 1 });
    const { text, chunks } = await read(engine, hello);
    expect(text).toBe(tokens.join(''));
    expect(chunks.every((chunk) => chunk.isWellFormed())).toBe(true);
  });

  it('may have the halves of a character in two lines', async () => {
    standin.play({ tokens: ['a\ud83d', '\ude00b'] });
    expect((await read(engine, hello)).chunks).toEqual(['a', '😀b']);
  });

  it('may start with thinking', async () => {
    standin.play({ thinking: ['Hm', '…'], tokens: ['Yes.'] });
    const chunks: EngineChunk[] = [];
    for await (const chunk of engine.generate(hello, never)) chunks.push(chunk);
    expect(chunks.slice(0, 3)).toEqual([
      { type: 'thinking', text: 'Hm' },
      { type: 'thinking', text: '…' },
      { type: 'text', text: 'Yes.' },
    ]);
  });

  it('pass chunks to `accept` while the reader waits, and yield those it rejects, in their order', async () => {
    const tokens = Array.from({ length: 200 }, (_, index) => `${index} `);
    standin.play({ tokens, tokensPerSecond: 1_000 });
    const received: string[] = [];
    let accepted = 0;
    let offered = 0;
    const accept = (chunk: EngineChunk): boolean => {
      if (chunk.type !== 'text') throw new Error(`${chunk.type} was offered`);
      offered += 1;
      if (offered % 3 === 0) return false;
      accepted += 1;
      received.push(chunk.text);
      return true;
    };
    let finish = '';
    for await (const chunk of engine.generate(hello, never, accept)) {
      if (chunk.type === 'text') received.push(chunk.text);
      if (chunk.type === 'done') {
        finish = chunk.finish;
        expect(chunk.usage.completionTokens).toBeGreaterThan(0);
      }
    }
    expect(received.join('')).toBe(tokens.join(''));
    expect(accepted).toBeGreaterThan(50);
    expect(finish).toBe('stop');
  });

  it('are closed at once on an abort', async () => {
    standin.play({ tokens: Array.from({ length: 1_000 }, () => 'on and '), tokensPerSecond: 50 });
    const stop = new AbortController();
    const stream = engine.generate(hello, stop.signal)[Symbol.asyncIterator]();
    await stream.next();
    const left = standin.left();
    const pending = stream.next();
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(pending.then(() => stream.next())).rejects.toBe(reason);
    await left;
    expect(standin.running).toBe(0);
  });

  it('are closed on an abort before the first token', async () => {
    standin.play({ fault: { kind: 'silence', after: 0 } });
    const stop = new AbortController();
    await engine.models();
    const pending = read(engine, hello, stop.signal);
    pending.catch(() => undefined);
    await eventually(
      () => standin.running,
      (running) => running > 0,
    );
    const left = standin.left();
    stop.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
    await left;
  });

  it('are closed when their reader returns', async () => {
    standin.play({ tokens: Array.from({ length: 1_000 }, () => 'on and '), tokensPerSecond: 50 });
    const stream = engine.generate(hello, never)[Symbol.asyncIterator]();
    await stream.next();
    const left = standin.left();
    await stream.return?.();
    await left;
  });

  it('do not time out while their reader is slow', async () => {
    const tokens = Array.from({ length: 20 }, (_, index) => `${index} `);
    standin.play({ tokens, tokensPerSecond: 100 });
    jest.useFakeTimers({ doNotFake: [...otherTimers] });
    try {
      const stream = engine.generate(hello, never)[Symbol.asyncIterator]();
      await stream.next();
      jest.advanceTimersByTime(timeoutMs * 2);
      const rest: EngineChunk[] = [];
      for (let next = await stream.next(); !next.done; next = await stream.next()) rest.push(next.value);
      expect(rest).toHaveLength(tokens.length);
    } finally {
      jest.useRealTimers();
    }
  });

  it('leave their connection open for the next answers', async () => {
    await read(engine, hello);
    const before = standin.connections;
    for (let answer = 0; answer < 5; answer++) await read(engine, hello);
    expect(standin.connections).toBe(before);
  });

  it('leave their connection open when the reader leaves after the last chunk', async () => {
    await read(engine, hello);
    const before = standin.connections;
    for (let answer = 0; answer < 5; answer++) {
      for await (const { type } of engine.generate(hello, never)) if (type === 'done') break;
    }
    expect(standin.connections).toBe(before);
  });

  it('are read no faster than their reader reads', async () => {
    let sent = 0;
    const line = `${JSON.stringify({ message: { content: 'x'.repeat(10_000) }, done: false })}\n`;
    const server = await serveChats((_request, response) => {
      // Until the buffers of the connection are full.
      while (sent < 10_000 && response.write(line)) sent += 1;
      response.on('drain', () => {
        while (sent < 10_000 && response.write(line)) sent += 1;
      });
    });
    const stream = server.engine.generate(hello, never)[Symbol.asyncIterator]();
    await stream.next();
    // Until nothing more is sent. A slow machine only makes it less.
    let [last, repeated] = [-1, 0];
    const blockedAt = await eventually(
      () => sent,
      (now) => {
        repeated = now === last ? repeated + 1 : 0;
        last = now;
        return repeated === 10;
      },
    );
    expect(sent).toBeLessThan(5000);
    for (let read = 0; read < 1000; read += 1) await stream.next();
    expect(sent).toBeGreaterThan(blockedAt);
    await stream.return?.();
    await server.close();
  });

  it('are requested again on a new connection if the server closes an idle one at that moment', async () => {
    const sockets = new Set<Socket>();
    const server = await serveChats((request, response) => {
      if (sockets.has(request.socket)) {
        request.socket.destroy();
        return;
      }
      sockets.add(request.socket);
      response.end(`${JSON.stringify({ message: { content: 'Hi.' }, done: true })}\n`);
    });
    expect((await read(server.engine, hello)).text).toBe('Hi.');
    expect((await read(server.engine, hello)).text).toBe('Hi.');
    expect(sockets.size).toBe(2);
    await server.close();
  });

  it('are not requested again if a new connection breaks', async () => {
    let requests = 0;
    const server = await serveChats((request) => {
      requests += 1;
      request.socket.destroy();
    });
    await expect(read(server.engine, hello)).rejects.toHaveProperty('code', 'ENGINE_UNAVAILABLE');
    expect(requests).toBe(1);
    await server.close();
  });

  it('are at most as many at once as the engine has slots', async () => {
    standin.play({ tokens: ['a', 'b', 'c'], tokensPerSecond: 100 });
    let maxRunning = 0;
    const count = async () => {
      for await (const _chunk of engine.generate(hello, never)) {
        maxRunning = Math.max(maxRunning, standin.running);
      }
    };
    await Promise.all([count(), count(), count(), count()]);
    expect(maxRunning).toBe(2);
  });

  it('continue no partial answer if the template closes the last turn', async () => {
    standin.play({ template: '{{ range .Messages }}<{{ .Role }}>{{ .Content }}</>{{ end }}<assistant>' });
    const messages = [...ask('Count.'), { role: 'assistant', content: 'One, two' } as const];
    await expect(read(engine, { model, messages })).rejects.toHaveProperty('code', 'BAD_USER_INPUT');
    expect(standin.chats).toEqual([]);
  });
});
