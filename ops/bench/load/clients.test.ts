import { type BenchProcess, startServerProgram } from '../processes.ts';
import type { Script } from '../servers/script.ts';
import { type ClientProcess, startClients } from './clientProcess.ts';
import type { Protocol } from './load.ts';
import { createSequence, formatToken } from './sequence.ts';

const faultsOf = (indexes: readonly number[], tokens: number, cut = 100) => {
  const sequence = createSequence(tokens, () => {});
  const text = indexes.map((index) => formatToken({ index, sentAtUs: 1 })).join('');
  for (let at = 0; at < text.length; at += cut) sequence.push(text.slice(at, at + cut));
  sequence.end();
  return { ...sequence.faults, received: sequence.received };
};

const none = { lost: 0, doubled: 0, misordered: 0, garbled: 0 };

describe('the check of a stream', () => {
  test('accepts every token once, in order, however the text is cut', () => {
    for (const cut of [1, 2, 3, 7, 100])
      expect(faultsOf([0, 1, 2, 3], 4, cut)).toEqual({ ...none, received: 4 });
  });

  test('counts a token that is lost at the start, in the middle, or at the end', () => {
    for (const indexes of [
      [1, 2],
      [0, 2],
      [0, 1],
    ]) {
      expect(faultsOf(indexes, 3)).toEqual({ ...none, lost: 1, received: 2 });
    }
  });

  test('counts a token that arrives twice', () => {
    expect(faultsOf([0, 1, 1, 2], 3)).toEqual({ ...none, doubled: 1, received: 3 });
    expect(faultsOf([0, 1, 2, 0], 3)).toEqual({ ...none, doubled: 1, received: 3 });
  });

  test('counts a token that arrives late', () => {
    expect(faultsOf([1, 0, 2], 3)).toEqual({ ...none, misordered: 1, received: 3 });
  });

  test('counts text that is no token of the stream', () => {
    expect(faultsOf([0, 1, 9], 2)).toEqual({ ...none, garbled: 1, received: 2 });
  });
});

describe('the clients notice a fault of the upstream', () => {
  let upstream: BenchProcess;
  let floor: BenchProcess;
  let stock: BenchProcess;
  let clients: ClientProcess;

  beforeAll(async () => {
    upstream = await startServerProgram('servers/upstream.ts', [], 'others');
    floor = await startServerProgram('servers/floor.ts', [upstream.url], 'server');
    stock = await startServerProgram('servers/stock.ts', [upstream.url], 'server');
    clients = await startClients();
  });

  afterAll(() => Promise.all([clients, stock, floor, upstream].map((each) => each?.stop())));

  const run = (protocol: Protocol, fault: Script['fault']) =>
    clients.run({
      ...{ protocol, fault, url: protocol === 'pipe' ? floor.url : stock.url, token: '', isShared: false },
      ...{ streams: 4, concurrency: 2, tokens: 10, rate: 0 },
    }).ended;

  test.each<Protocol>(['pipe', 'stock'])('over %s', async (protocol) => {
    const [good, lost, doubled, misordered] = [
      await run(protocol, 'none'),
      await run(protocol, 'lost'),
      await run(protocol, 'doubled'),
      await run(protocol, 'misordered'),
    ];
    expect(good).toMatchObject({ faults: none, tokens: 40, errors: [] });
    expect(lost).toMatchObject({ faults: { ...none, lost: 4 }, tokens: 36 });
    expect(doubled).toMatchObject({ faults: { ...none, doubled: 4 }, tokens: 40 });
    expect(misordered).toMatchObject({ faults: { ...none, misordered: 4 }, tokens: 40 });
  });

  test('an unreachable server is an error', async () => {
    const load = {
      streams: 1,
      concurrency: 1,
      tokens: 10,
      rate: 0,
      isShared: false,
      fault: 'none',
      token: '',
    } as const;
    const { errors, faults } = await clients.run({ ...load, protocol: 'pipe', url: 'http://127.0.0.1:1' })
      .ended;
    expect(errors).toHaveLength(1);
    expect(faults.lost).toBe(10);
  });
});
