import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type Client, createTestClient, type GenerationEvent, signIn } from '../e2e/harness/client.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from '../e2e/harness/process.ts';
import { counted, type StandinProcess, startStandin } from '../e2e/harness/standin.ts';
import { addUser } from '../e2e/harness/users.ts';
import { type GatewayProcess, startGatewayProcess } from './process.testing.ts';

const membersPassword = 'another-password-for-tests';

interface Agents {
  readonly agents: readonly { readonly name: string; readonly conversation: object | null }[];
}

describe('a gateway over the service and the Control Center', () => {
  let folder: string;
  let engine: StandinProcess;
  let server: ServerProcess;
  let gateway: GatewayProcess;
  let admin: Client;
  let member: Client;
  let badToken: Client;

  beforeAll(async () => {
    folder = await makeFolder();
    await addUser(folder, 'mem', membersPassword);
    await addUser(folder, 'admin', adminPassword);
    engine = await startStandin(100);
    server = await startServer({ dataDir: folder, env: { OLLAMA_URL: engine.url } });
    gateway = await startGatewayProcess(server.url);
    const [first, second] = await Promise.all([
      signIn(server.url, 'admin', adminPassword),
      signIn(server.url, 'mem', membersPassword),
    ]);
    admin = createTestClient(gateway.url, first.token);
    member = createTestClient(gateway.url, second.token);
    badToken = createTestClient(gateway.url, 'no.such.token');
  }, 90_000);

  afterAll(async () => {
    await Promise.all([admin, member, badToken].map((client) => client?.close()));
    await gateway?.stop();
    await server?.stop();
    await engine?.kill();
    await removeFolder(folder);
  }, 60_000);

  const registerAgent = (client: Client, input: object) =>
    client.data('mutation ($input: RegisterAgentInput!) { registerAgent(input: $input) { agent { id } } }', {
      input,
    });

  it('joins both subgraphs in one query: users, their agents, and the models of agents', async () => {
    const { conversation } = await admin.generate({ prompt: 'Count to 3.' });
    const { models } = await admin.data<{ models: { edges: { node: { id: string; name: string } }[] } }>(
      '{ models { edges { node { id name } } } }',
    );
    const model = models.edges[0]?.node;
    await registerAgent(admin, { name: 'Counter', model: model?.id, conversation: conversation.id });
    const { viewer } = await admin.data<{ viewer: object }>(
      `{ viewer { username agents {
        name owner { username } service { name } model { name } conversation { title owner { username } }
      } } }`,
    );
    expect(viewer).toEqual({
      username: 'admin',
      agents: [
        {
          name: 'Counter',
          owner: { username: 'admin' },
          service: { name: 'Language models' },
          model: { name: model?.name },
          conversation: { title: 'Count to 3.', owner: { username: 'admin' } },
        },
      ],
    });
  });

  it('streams an answer over a socket, with the token of the caller', async () => {
    const { generation } = await admin.generate({ prompt: 'Count to 100.' });
    const events: (GenerationEvent & { readonly at: number })[] = [];
    for await (const event of admin.watch(generation.id)) events.push({ ...event, at: performance.now() });
    const deltas = events.filter(({ delta }) => delta !== '');
    expect(deltas.length).toBeGreaterThan(10);
    // The engine takes a second for it.
    expect((deltas.at(-1)?.at ?? 0) - (deltas[0]?.at ?? 0)).toBeGreaterThan(400);
    expect(deltas.reduce((text, { offset, delta }) => text.slice(0, offset) + delta, '')).toBe(counted(100));
    expect(events.at(-1)).toMatchObject({ status: 'COMPLETED', cursor: counted(100).length });
  });

  it('sends the whole answer to a second reader that starts while it streams', async () => {
    const { generation } = await admin.generate({ prompt: 'Count to 60.' });
    const other = createTestClient(gateway.url, admin.token);
    let text = '';
    let second: ReturnType<Client['finished']> | null = null;
    for await (const { offset, delta } of admin.watch(generation.id)) {
      text = text.slice(0, offset) + delta;
      if (text.length > 20) second ??= other.finished(generation.id);
    }
    expect(text).toBe(counted(60));
    expect(await second).toEqual({ text, status: 'COMPLETED' });
    await other.close();
  });

  it('joins the events of a subscription', async () => {
    const { generation } = await admin.generate({ prompt: 'Count to 5.' });
    const document = `subscription ($id: ID!) { generation(id: $id) {
      status generation { message { conversation { owner { username agents { name } } } } }
    } }`;
    const events = admin.subscribe<{ generation: object }>(document, { id: generation.id });
    for await (const { generation: event } of events) {
      expect(event).toMatchObject({
        generation: {
          message: { conversation: { owner: { username: 'admin', agents: [{ name: 'Counter' }] } } },
        },
      });
    }
  });

  it('streams over SSE too', async () => {
    const { generation } = await admin.generate({ prompt: 'Count to 50.' });
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${admin.token}`,
      },
      body: JSON.stringify({
        query: 'subscription ($id: ID!) { generation(id: $id) { offset delta } }',
        variables: { id: generation.id },
      }),
    });
    let text = '';
    let events = 0;
    for (const line of (await response.text()).split('\n')) {
      if (!line.startsWith('data: {')) continue;
      const { offset, delta } = JSON.parse(line.slice(6)).data.generation;
      text = text.slice(0, offset) + delta;
      events += 1;
    }
    expect(text).toBe(counted(50));
    expect(events).toBeGreaterThan(5);
  });

  it('accepts the token of the request that opens a socket, like the service', async () => {
    const { generation } = await admin.generate({ prompt: 'Count to 3.' });
    const headers = { authorization: `Bearer ${admin.token}` };
    class SocketWithToken extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol, { headers });
      }
    }
    for (const url of [gateway.url, server.url]) {
      const socket = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: SocketWithToken,
        retryAttempts: 0,
      });
      const query = 'subscription ($id: ID!) { generation(id: $id) { status } }';
      const statuses = [];
      for await (const { data } of socket.iterate<{ generation: { status: string } }>({
        query,
        variables: { id: generation.id },
      })) {
        statuses.push(data?.generation.status);
      }
      expect(statuses.at(-1)).toBe('COMPLETED');
      await socket.dispose();
    }
  });

  it('never mixes up concurrent callers', async () => {
    const name = async (client: Client) =>
      (await client.data<{ viewer: { username: string } }>('{ viewer { username } }')).viewer.username;
    const asked = Array.from({ length: 20 }, (_, index) => (index % 2 ? admin : member));
    expect(await Promise.all(asked.map(name))).toEqual(
      asked.map((client) => (client === admin ? 'admin' : 'mem')),
    );
  });

  it('returns null for an entity of another user, as for a missing one', async () => {
    const { conversation } = await admin.generate({ prompt: 'Count to 2.' });
    await registerAgent(member, { name: 'Curious', conversation: conversation.id });
    await registerAgent(member, { name: 'Lost', conversation: 'Q29udmVyc2F0aW9uOm5vbmU=' });
    const { data, errors } = await member.query<Agents>('{ agents { name conversation { title } } }');
    expect(new Set(errors?.map(({ message }) => message)).size).toBe(1);
    expect(data?.agents).toEqual([
      { name: 'Curious', conversation: null },
      { name: 'Lost', conversation: null },
    ]);
  });

  it('shows an agent of the Control Center with its diagnosis by the service, to its owner only', async () => {
    const { registerAgent: registered } = await admin.data<{ registerAgent: { agent: { id: string } } }>(
      'mutation { registerAgent(input: { name: "Healed" }) { agent { id } } }',
    );
    const agentId = registered.agent.id;
    const register = `mutation ($agentId: String!) { registerHealingAgent(input: {
      agentId: $agentId, actions: [{ name: "restart", description: "Restarts it." }]
    }) { healingAgent { id agent { name } } } }`;
    const { registerHealingAgent } = await admin.data<{
      registerHealingAgent: { healingAgent: { id: string; agent: { name: string } } };
    }>(register, { agentId });
    expect(registerHealingAgent.healingAgent.agent).toEqual({ name: 'Healed' });
    // The stand-in's answers are no diagnosis, so a person is asked.
    await admin.data(
      'mutation ($id: ID!) { reportAgentFailure(input: { agentId: $id, log: "Error: full" }) { healing { id } } }',
      { id: registerHealingAgent.healingAgent.id },
    );
    const { agents } = await admin.data<{ agents: { name: string; healing: object | null }[] }>(
      '{ agents { name healing { status question } } }',
    );
    expect(agents.find(({ name }) => name === 'Healed')?.healing).toEqual({
      status: 'NEEDS_PERSON',
      question: 'The model gave no valid diagnosis.',
    });
    expect(agents.find(({ name }) => name === 'Counter')?.healing).toBeNull();
    // The same id in the system of another user.
    const other = await member.data<{ registerHealingAgent: { healingAgent: { id: string } } }>(
      register.replace(' agent { name }', ''),
      { agentId },
    );
    expect(other.registerHealingAgent.healingAgent.id).not.toBe(registerHealingAgent.healingAgent.id);
    const { node } = await member.data<{ node: { agent: { healing: object | null } } }>(
      '{ node(id: "ID") { ... on HealingAgent { agent { healing { status } } } } }'.replace(
        'ID',
        other.registerHealingAgent.healingAgent.id,
      ),
    );
    expect(node.agent.healing).toBeNull();
  });

  it("rejects reading another user's generation, with the code of the service", async () => {
    const { generation } = await admin.generate({ prompt: 'Count to 2.' });
    await expect(member.watch(generation.id).next()).rejects.toThrow(/NOT_FOUND/);
  });

  it('rejects unauthenticated requests at once, over HTTP and on sockets', async () => {
    const { generation } = await admin.generate({ prompt: 'Count to 2.' });
    const { errors } = await badToken.query('{ conversations { edges { node { id } } } }');
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    const noToken = createTestClient(gateway.url, '');
    for (const client of [badToken, noToken]) {
      await expect(client.watch(generation.id).next()).rejects.toThrow(/UNAUTHENTICATED/);
    }
    const anonymous = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { id } agents { name } }' }),
    });
    expect(await anonymous.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    await noToken.close();
  }, 10_000);
});
