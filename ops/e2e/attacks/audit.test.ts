import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { actionOfMutation } from '../../../api/http/graphql/plugins/useAudit.ts';
import { subgraph as schema } from '../../../api/schema.ts';
import { everyMutation, ofAdmins, perform } from '../harness/everyMutation.ts';
import { startTarget, type Target } from '../harness/target.ts';

/** Mutations that aren't audited, and why. A new mutation must be listed here or be audited. */
const unwritten: Readonly<Record<string, string>> = {
  createConversation: 'changes only the caller’s own data; generations in it are audited',
  updateConversation: 'changes titles, tags and settings of one’s own; no text is lost by it',
  createFolder: 'changes only the caller’s own data',
  updateFolder: 'changes the name and the system prompt of one’s own folder',
  deleteFolder: 'deletes no conversation',
  setAnswerDefaults: 'changes only the caller’s own settings; generations have theirs',
  importConversation: 'adds to the caller’s own data only',
  editAnswer:
    'changes what the caller’s own conversation shows; the original stays, and a prompt that uses the text is audited',
  rateMessage: 'changes only a mark on the caller’s own answer',
  selectMessage: 'chooses which branch of one’s own conversation is shown',
  estimateBatch: 'counts the tokens of inputs; it stores and generates nothing',
  renewConnection: 'shows a socket a token, whose sign-in is written down',
};

interface Event {
  readonly id: string;
  readonly action: string;
  readonly outcome: string;
  readonly username: string | null;
  readonly target: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly count: number;
}

const secret = 'the-merger-is-on-friday';

const run = promisify(execFile);

const verify = (dataDir: string) =>
  run(process.execPath, ['--disable-warning=ExperimentalWarning', 'ops/audit/verifyAudit.ts'], {
    env: { ...process.env, DATA_DIR: dataDir, MONGODB_URL: '' },
  });

/** The timeout of waiting for an entry, in milliseconds: rejections and answers are written asynchronously. */
const timeoutMs = 10_000;

describe('the audit log', () => {
  let target: Target;
  beforeAll(async () => {
    target = await startTarget();
  }, 60_000);
  afterAll(() => target?.close(), 60_000);

  const read = async (filter: Readonly<Record<string, unknown>> = {}): Promise<readonly Event[]> => {
    const { auditLog } = await target.admin.data<{ auditLog: { edges: { node: Event }[] } }>(
      `query ($filter: AuditFilter) { auditLog(first: 100, filter: $filter) { edges { node {
        id action outcome username target address requestId details count
      } } } }`,
      { filter },
    );
    return auditLog.edges.map(({ node }) => node);
  };

  const found = async (isIt: (event: Event) => boolean): Promise<Event> => {
    const giveUpAt = Date.now() + timeoutMs;
    for (;;) {
      const event = (await read()).find(isIt);
      if (event) return event;
      if (Date.now() > giveUpAt) throw new Error('there is no such entry');
    }
  };

  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(target.server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});

  it('audits every mutation, or lists why not', () => {
    expect([...Object.keys(everyMutation), ...Object.keys(unwritten), 'uploadAttachment'].toSorted()).toEqual(
      mutations.toSorted(),
    );
    expect(Object.keys(unwritten).filter((name) => actionOfMutation(name) !== null)).toEqual([]);
  });

  it.each(Object.entries(everyMutation))(
    'has an entry of %s, with address and request id',
    async (mutation, prepare) => {
      const call = await prepare(target);
      const requestId = `request-of-${mutation}`;
      const answer = await perform(target, mutation, call, requestId);
      expect(answer).not.toHaveProperty('errors');
      const event = await found((one) => one.requestId === requestId);
      expect(event).toMatchObject({
        action: actionOfMutation(mutation),
        outcome: 'OK',
        address: '127.0.0.1',
        username: expect.any(String),
      });
    },
    30_000,
  );

  it('has an entry of an upload, which is a multipart request', async () => {
    const body = new FormData();
    const query =
      'mutation ($file: Upload!) { uploadAttachment(input: { file: $file }) { attachment { id } } }';
    body.set('operations', JSON.stringify({ query, variables: { file: null } }));
    body.set('map', JSON.stringify({ 0: ['variables.file'] }));
    body.set('0', new File(['A file of mine.'], 'mine.txt', { type: 'text/plain' }));
    const headers = { ...bearer(target.alice.token), 'x-request-id': 'request-of-upload' };
    const response = await fetch(`${target.server.url}/graphql`, { method: 'POST', headers, body });
    expect(await response.json()).not.toHaveProperty('errors');
    expect(await found((one) => one.requestId === 'request-of-upload')).toMatchObject({
      action: 'UPLOAD_ATTACHMENT',
      outcome: 'OK',
      address: '127.0.0.1',
      username: 'alice',
    });
  }, 30_000);

  it('has an entry of every administrator mutation that a member tries, rejected by a scope or by the service', async () => {
    const { mallory } = target;
    for (const [mutation, prepare] of Object.entries(ofAdmins)) {
      const call = await prepare(target);
      const requestId = `refusal-of-${mutation}`;
      await perform(target, mutation, { ...call, token: mallory.token }, requestId);
      const event = await found((one) => one.requestId === requestId);
      expect(event).toMatchObject({
        action: actionOfMutation(mutation),
        outcome: 'FORBIDDEN',
        username: 'mallory',
        address: '127.0.0.1',
      });
    }
  }, 60_000);

  it('has entries of each generation and its end, on every request surface', async () => {
    const { alice, engine } = target;
    engine.play({ tokens: [secret] });
    const messages = [{ role: 'user', content: secret }];
    const ask = (path: string, body: unknown, requestId: string) =>
      post(path, body, { ...bearer(alice.token), 'x-request-id': requestId }).then((answer) => answer.text());
    await ask('/api/llm/generate', { prompt: secret, stream: false }, 'by-rest-generate');
    await ask('/api/llm/chat', { messages }, 'by-rest-chat');
    await ask('/v1/chat/completions', { model: 'stand-in', messages, stream: true }, 'by-openai');
    await ask(
      '/graphql',
      { query: `mutation { generate(input: { prompt: "${secret}" }) { generation { id } } }` },
      'by-graphql',
    );
    const events = alice.subscribe<{ generate: { generation: { id: string } } }>(
      `mutation { generate(input: { prompt: "${secret}, by socket" }) { generation { id } } }`,
    );
    const { value } = await events.next();
    await alice.finished(value.generate.generation.id);
    const length = secret.length;
    const ways = {
      'by-rest-generate': 'rest',
      'by-rest-chat': 'rest',
      'by-openai': 'openai',
      'by-graphql': 'graphql',
    };
    for (const [requestId, surface] of Object.entries(ways)) {
      expect(await found((one) => one.requestId === requestId)).toMatchObject({
        action: 'GENERATE',
        target: expect.any(String),
        username: 'alice',
        address: '127.0.0.1',
        details: { surface, promptLength: length },
      });
    }
    const onSocket = await found(({ details }) => details.surface === 'socket');
    expect(onSocket).toMatchObject({ action: 'GENERATE', username: 'alice', address: '127.0.0.1' });
    expect(onSocket.requestId).toMatch(/^[0-9A-Z]{26}$/);
    const end = await found(
      ({ action, details }) => action === 'GENERATION_ENDED' && details.answerLength === length,
    );
    expect(end).toMatchObject({ username: 'alice', requestId: null, details: { status: 'COMPLETED' } });
  }, 30_000);

  it('can be read only by administrators: as a list, by id or as a file, and not with a key without the scope', async () => {
    const { admin, mallory, server } = target;
    const id = (await read())[0]?.id;
    const documents = ['{ auditLog { edges { node { id } } } }', `{ node(id: "${id}") { id } }`];
    const codes = [];
    for (const document of documents) {
      const { data, errors } = await mallory.query<Record<string, unknown>>(document);
      expect(Object.values(data ?? {}).filter(Boolean)).toEqual([]);
      codes.push(errors?.[0]?.extensions?.code);
    }
    expect(codes).toEqual(['FORBIDDEN', 'NOT_FOUND']);
    const download = (headers: Record<string, string>) => fetch(`${server.url}/api/audit.csv`, { headers });
    const refused = await download(bearer(mallory.token));
    expect([refused.status, await refused.json()]).toEqual([403, { detail: expect.any(String) }]);
    expect((await download({})).status).toBe(401);
    expect(
      await found(({ action, outcome }) => action === 'EXPORT_AUDIT_LOG' && outcome !== 'OK'),
    ).toMatchObject({
      username: 'mallory',
      outcome: 'FORBIDDEN',
    });
    const key = async (scope: string) => {
      const { createApiKey } = await admin.data<{ createApiKey: { secret: string } }>(
        `mutation { createApiKey(input: { name: "k", scopes: [${scope}] }) { secret } }`,
      );
      return { 'x-api-key': createApiKey.secret };
    };
    expect((await download(await key('READ'))).status).toBe(403);
    expect((await download(await key('ADMIN'))).status).toBe(200);
  });

  it('is not flooded by a thousand failed sign-ins, but has their number', async () => {
    const before = (await read({ actions: ['SIGN_IN'], refusedOnly: true })).length;
    const tryOne = (number: number) =>
      post('/api/auth/login', { username: number % 2 ? 'alice' : `${secret}-${number}`, password: secret });
    for (let number = 0; number < 1000; number += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, at) => tryOne(number + at).then((one) => one.text())));
    }
    const entries = await read({ actions: ['SIGN_IN'], refusedOnly: true });
    // One entry per minute for each existing name, and for unknown names, with each of the two codes.
    expect(entries.length - before).toBeLessThan(20);
    expect(entries.some(({ outcome }) => outcome === 'RATE_LIMITED')).toBe(true);
  }, 60_000);

  it('contains no prompt, answer, password or token, and no unknown username', async () => {
    const { admin, alice, server } = target;
    const csv = await (await fetch(`${server.url}/api/audit.csv`, { headers: bearer(admin.token) })).text();
    expect(csv.split('\r\n').length).toBeGreaterThan(50);
    for (const hidden of [secret, target.password, alice.token, admin.token, 'zk_', 'A question']) {
      expect(csv).not.toContain(hidden);
    }
  });

  it('has an intact hash chain afterwards, and a user’s export contains their entries', async () => {
    const { alice, server } = target;
    const response = await fetch(`${server.url}/api/account/export`, { headers: bearer(alice.token) });
    const { auditEvents } = (await response.json()) as {
      auditEvents: { username: string; action: string }[];
    };
    expect(new Set(auditEvents.map(({ username }) => username))).toEqual(new Set(['alice']));
    expect(auditEvents.map(({ action }) => action)).toContain('EXPORT_ACCOUNT');
    const { stdout } = await verify(target.dataDir);
    expect(stdout).toMatch(/entries, 1 to \d+, .* the chain is intact\.$/m);
  });
});
