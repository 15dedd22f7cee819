import type OpenAI from 'openai';
import { toFile } from 'openai';
import { newBatch } from '../../../../batches/store/store.contract.ts';
import { eventually } from '../../../../process/eventually.testing.ts';
import { newId } from '../../../../stores/stores.contract.ts';
import { startTestApp, type TestApp } from '../../../testing/app.testing.ts';
import { clientOf } from '../openai.testing.ts';
import { chatCompletion } from '../openaiResponses.ts';
import { openaiBatch, openaiFile } from './batchShapes.ts';

type Body = Readonly<Record<string, unknown>>;

const url = '/v1/chat/completions';

const lineOf = (id: string, content: string, rest: Body = {}, of = url) =>
  JSON.stringify({
    custom_id: id,
    method: 'POST',
    url: of,
    body: { model: 'stand-in', messages: [{ role: 'user', content }], ...rest },
  });

interface ResponseLine {
  readonly id: string;
  readonly custom_id: string;
  readonly response: {
    readonly status_code: number;
    readonly request_id: string;
    readonly body: Body;
  } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

describe("OpenAI's client and batches", () => {
  let test: TestApp;
  let openai: OpenAI;
  beforeEach(async () => {
    test = await startTestApp({ slots: 1 });
    openai = clientOf(test.url, test.token);
  });
  afterEach(() => test.stop());

  const upload = async (...lines: readonly string[]) =>
    openai.files.create({ file: await toFile(Buffer.from(lines.join('\n')), 'in.jsonl'), purpose: 'batch' });
  const create = (fileId: string, metadata: Record<string, string> | null = null) =>
    openai.batches.create({
      input_file_id: fileId,
      endpoint: url,
      completion_window: '24h',
      ...(metadata && { metadata }),
    });
  const ended = (id: string) =>
    eventually(
      () => openai.batches.retrieve(id),
      ({ status }) => !['validating', 'in_progress', 'finalizing'].includes(status),
    );
  const linesOf = async (fileId: string | null | undefined): Promise<readonly ResponseLine[]> => {
    const text = await (await openai.files.content(fileId ?? '')).text();
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ResponseLine);
  };

  it('upload a file, run its requests, and download responses and errors', async () => {
    const file = await upload(
      lineOf('a', 'What is 2+2?'),
      lineOf('b', 'too long '.repeat(5_000)),
      lineOf('c', 'Twice.', { n: 2 }),
    );
    expect(openaiFile.strict().parse(file)).toMatchObject({ filename: 'in.jsonl', purpose: 'batch' });
    const batch = await create(file.id, { project: 'x' });
    openaiBatch.strict().parse(batch);
    expect(batch).toMatchObject({
      object: 'batch',
      endpoint: url,
      input_file_id: file.id,
      completion_window: '24h',
      output_file_id: null,
      error_file_id: null,
      request_counts: { total: 3 },
      metadata: { project: 'x' },
    });
    expect((batch.expires_at ?? 0) - batch.created_at).toBe(24 * 60 * 60);
    const done = await ended(batch.id);
    openaiBatch.strict().parse(done);
    expect(done).toMatchObject({
      status: 'completed',
      request_counts: { total: 3, completed: 2, failed: 1 },
      errors: null,
      usage: { input_tokens: expect.any(Number), output_tokens: 9 },
    });
    const output = await linesOf(done.output_file_id);
    expect(output.map(({ custom_id: id, error }) => [id, error])).toEqual([
      ['a', null],
      ['c', null],
    ]);
    expect(output[0]?.response?.status_code).toBe(200);
    const [first, second] = output.map(({ response }) => chatCompletion.strict().parse(response?.body));
    expect(first?.choices[0]?.message.content).toBe('Hello there.');
    expect(second?.choices).toHaveLength(2);
    const errors = await linesOf(done.error_file_id);
    expect(errors).toMatchObject([
      {
        custom_id: 'b',
        response: {
          status_code: 400,
          body: {
            error: { code: 'context_length_exceeded', param: 'messages', type: 'invalid_request_error' },
          },
        },
        error: null,
      },
    ]);
    // As without a batch.
    await expect(
      openai.chat.completions.create({
        model: 'stand-in',
        messages: [{ role: 'user', content: 'too long '.repeat(5_000) }],
      }),
    ).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded', param: 'messages' });
    const listed = await openai.files.retrieve(done.output_file_id ?? '');
    expect(listed).toMatchObject({ purpose: 'batch_output', object: 'file' });
    expect(listed.bytes).toBe(
      Buffer.byteLength(await (await openai.files.content(done.output_file_id ?? '')).text()),
    );
    const outputs = [done.output_file_id, done.error_file_id];
    const all = await openai.files.list({ purpose: 'batch_output', limit: 1_000 });
    expect(all.data.map(({ id }) => id)).toEqual(outputs);
    expect(all.data[0]).toEqual(listed);
    const oldest = await openai.files.list({ purpose: 'batch_output', order: 'asc', limit: 1 });
    expect(oldest.data.map(({ id }) => id)).toEqual([done.error_file_id]);
    const next = await oldest.getNextPage();
    expect(next.data.map(({ id }) => id)).toEqual([done.output_file_id]);
    // The same batch in the graph.
    const { data } = await test.graphql(
      '{ batches { edges { node { endpoint preset status items { edges { node { key status result } } } } } } }',
    );
    expect(data).toMatchObject({
      batches: { edges: [{ node: { endpoint: url, preset: null, status: 'COMPLETED' } }] },
    });
  });

  it('list and delete files, and list batches in pages', async () => {
    const files = [
      await upload(lineOf('a', 'a')),
      await upload(lineOf('a', 'b')),
      await upload(lineOf('a', 'c')),
    ];
    const names: string[] = [];
    for await (const { id } of openai.files.list({ limit: 2 })) names.push(id);
    expect(names).toEqual(files.map(({ id }) => id).toReversed());
    const oldest = await openai.files.list({ order: 'asc', limit: 1 });
    expect(oldest.data.map(({ id }) => id)).toEqual([files[0]?.id]);
    expect((await openai.files.list({ purpose: 'vision' })).data).toEqual([]);
    expect((await openai.files.list({ limit: 10_000 })).data).toHaveLength(3);
    expect(await (await openai.files.content(files[1]?.id ?? '')).text()).toBe(lineOf('a', 'b'));
    const batches = [await create(files[0]?.id ?? ''), await create(files[1]?.id ?? '')];
    const ids: string[] = [];
    for await (const { id } of openai.batches.list({ limit: 1 })) ids.push(id);
    expect(ids).toEqual(batches.map(({ id }) => id).toReversed());
    expect(await openai.files.delete(files[0]?.id ?? '')).toEqual({
      id: files[0]?.id,
      object: 'file',
      deleted: true,
    });
    await expect(openai.files.retrieve(files[0]?.id ?? '')).rejects.toMatchObject({ status: 404 });
    // A batch goes on without its file.
    for (const { id } of batches) expect(await ended(id)).toMatchObject({ status: 'completed' });
    await expect(openai.files.delete(`file-${batches[0]?.id.slice(6)}-output`)).rejects.toMatchObject({
      status: 409,
    });
    await expect(openai.files.retrieve(`file-${batches[0]?.id.slice(6)}-errors`)).rejects.toMatchObject({
      status: 404,
    });
  });

  it('start batches however many ended ones are kept, which only presets count', async () => {
    const owner = await test.stores.accounts.findUserByName('admin');
    const work = { kind: 'OPENAI', endpoint: url, fileId: newId(), metadata: null } as const;
    for (let count = 0; count < 100; count += 1) {
      const batch = newBatch(owner?.id ?? '', { status: 'CANCELLED', endedAt: new Date(), work });
      await test.stores.batches.insert(batch, { open: 10, kept: 100 });
    }
    const file = await upload(lineOf('a', 'x'));
    const { id } = await create(file.id);
    expect(await ended(id)).toMatchObject({ status: 'completed' });
    const preset = await fetch(`${test.url}/api/llm/batches?preset=translate`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${test.token}`, 'Content-Type': 'application/jsonl' },
      body: '{"variables": {"text": "a", "language": "German"}}',
    });
    expect(preset.status).toBe(409);
    const ids: string[] = [];
    for await (const { id: each } of openai.batches.list({ limit: 30 })) ids.push(each);
    expect(new Set(ids).size).toBe(101);
    await expect(openai.batches.list({ after: 'batch_x' })).rejects.toMatchObject({
      status: 400,
      error: { param: 'after' },
    });
  });

  it('cancel a batch, and see which requests did not run', async () => {
    let answers = 0;
    test.standin.play({
      chat() {
        answers += 1;
        return answers === 1 ? {} : { tokens: Array(1000).fill('slow '), tokensPerSecond: 5 };
      },
    });
    const file = await upload(lineOf('a', 'a'), lineOf('b', 'b'), lineOf('c', 'c'));
    const { id } = await create(file.id);
    await eventually(
      async () => ({ batch: await openai.batches.retrieve(id), answers }),
      ({ batch, answers: begun }) => batch.request_counts?.completed === 1 && begun === 2,
    );
    const cancelled = await openai.batches.cancel(id);
    openaiBatch.strict().parse(cancelled);
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      request_counts: { total: 3, completed: 1, failed: 0 },
    });
    expect(cancelled.cancelled_at).toEqual(expect.any(Number));
    expect((await linesOf(cancelled.output_file_id)).map(({ custom_id: of }) => of)).toEqual(['a']);
    expect(await linesOf(cancelled.error_file_id)).toMatchObject([
      { custom_id: 'b', response: null, error: { code: 'batch_cancelled' } },
      { custom_id: 'c', response: null, error: { code: 'batch_cancelled' } },
    ]);
  });

  it('are told the line of an invalid request, and nothing runs', async () => {
    for (const [lines, message] of [
      [[lineOf('a', 'x'), '{"custom_id": "b"}'], 'Line 2: method is missing.'],
      [
        [lineOf('a', 'x'), lineOf('a', 'y')],
        'Line 2: the custom_id "a" is that of line 1 too. Each must differ.',
      ],
      [
        [lineOf('a', 'x', {}, '/v1/embeddings')],
        'Line 1: url is "/v1/embeddings"; the endpoint of the batch is',
      ],
      [[lineOf('x'.repeat(513), 'x')], 'Line 1: custom_id must be a text of 1 to 512 characters.'],
      [[lineOf('a', 'x', { messages: 5 })], 'Line 1: messages must be a list.'],
      [[`{"custom_id": "a", "method": "POST", "url": "${url}"}`], 'Line 1: body is missing.'],
      [[lineOf('a', 'x', { stream: true })], 'Line 1: A request of a batch can’t be streamed.'],
      [[lineOf('a', 'x', { model: 'unknown' })], 'Line 1: Model "unknown" is not installed.'],
    ] as const) {
      const file = await upload(...lines);
      await expect(create(file.id)).rejects.toMatchObject({
        status: 400,
        error: {
          message: expect.stringContaining(message),
          type: 'invalid_request_error',
          param: 'input_file_id',
        },
      });
    }
    await expect(upload('{"a": 1}', 'no json')).rejects.toMatchObject({
      status: 400,
      error: { message: expect.stringContaining('Line 2 is not valid JSON') },
    });
    await expect(upload('{}', `{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).rejects.toMatchObject({
      status: 400,
      error: { message: expect.stringContaining('Line 2: The JSON is nested more than 128 deep.') },
    });
    await expect(upload('x'.repeat(40_000_000))).rejects.toMatchObject({
      status: 413,
      error: { message: expect.stringContaining('the limit here is') },
    });
    await expect(
      openai.files.create({ file: await toFile(Buffer.from('{}'), 'a'), purpose: 'vision' }),
    ).rejects.toMatchObject({ status: 400, error: { param: 'purpose' } });
    const form = new FormData();
    for (let part = 0; part < 13; part += 1) form.append(`part${part}`, 'x');
    const many = await fetch(`${test.url}/v1/files`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${test.token}` },
      body: form,
    });
    expect(many.status).toBe(400);
    expect(await many.json()).toMatchObject({
      error: { message: 'The body has more than 12 parts. Send fewer files at once.' },
    });
    const file = await upload(lineOf('a', 'x'));
    await expect(
      openai.batches.create({ input_file_id: file.id, endpoint: '/v1/embeddings', completion_window: '24h' }),
    ).rejects.toMatchObject({ status: 400, error: { param: 'endpoint' } });
    expect((await openai.batches.list()).data).toEqual([]);
    expect(test.standin.chats).toHaveLength(0);
  });

  it('find nothing of other users, nor batches of presets', async () => {
    const file = await upload(lineOf('a', 'x'));
    const { id } = await create(file.id);
    const done = await ended(id);
    const other = clientOf(test.url, (await test.signUp('other')).token);
    const absent = { status: 404 };
    await expect(other.files.retrieve(file.id)).rejects.toMatchObject(absent);
    await expect(other.files.content(file.id)).rejects.toMatchObject(absent);
    await expect(other.files.delete(file.id)).rejects.toMatchObject(absent);
    await expect(other.files.content(done.output_file_id ?? '')).rejects.toMatchObject(absent);
    await expect(other.batches.retrieve(id)).rejects.toMatchObject(absent);
    await expect(other.batches.cancel(id)).rejects.toMatchObject(absent);
    await expect(
      other.batches.create({ input_file_id: file.id, endpoint: url, completion_window: '24h' }),
    ).rejects.toMatchObject(absent);
    expect((await other.files.list()).data).toEqual([]);
    await expect(openai.batches.retrieve('batch_x')).rejects.toMatchObject(absent);
    await expect(openai.files.retrieve('file-x')).rejects.toMatchObject(absent);
    const viewer = clientOf(test.url, (await test.signUp('reader', 'VIEWER')).token);
    await expect(
      viewer.files.create({ file: await toFile(Buffer.from(lineOf('a', 'x')), 'a'), purpose: 'batch' }),
    ).rejects.toMatchObject({ status: 403 });
  });
});
