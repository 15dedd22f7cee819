import { randomUUID } from 'node:crypto';
import { isInterfaceType } from 'graphql';
import { subgraph as schema } from '../../../api/schema.ts';
import { type Client, type GraphQLAnswer, signIn } from '../harness/client.ts';
import { callWith, type IdArgument, idArgumentsOf } from '../harness/idArguments.ts';
import { startTarget, type Target } from '../harness/target.ts';
import { waitingToolCall } from '../harness/waitingToolCall.ts';

type Ids = Readonly<Record<string, readonly string[]>>;

/** Types of nodes without an owner. */
const shared = ['Model'];

/** Types with ids that are no nodes: parts of others. */
const parts = ['ToolCall'];

/** Types of nodes that only administrators may read. */
const ofAdmins = ['Invite', 'AuditEvent', 'LegalHold'];

/** Creates a member's nodes of every owned type, and an administrator's of the rest. A new type must be added here. */
const makeIds = async ({ server, admin, engine, password }: Target, owner: Client): Promise<Ids> => {
  const made = await owner.generate({ prompt: 'A secret of mine.' });
  const me = '{ viewer { id username sessions(first: 1) { edges { node { id } } } } }';
  type Me = { viewer: { id: string; username: string; sessions: { edges: { node: { id: string } }[] } } };
  const { viewer } = await owner.data<Me>(me);
  // A second session, so that ending it doesn't end the owner's own.
  await signIn(server.url, viewer.username, password);
  const { sessions } = (await owner.data<Me>(me)).viewer;
  const { inviteUser } = await admin.data<{ inviteUser: { inviteEdge: { node: { id: string } } } }>(
    'mutation { inviteUser(input: { role: MEMBER }) { inviteEdge { node { id } } } }',
  );
  const { createApiKey } = await owner.data<{ createApiKey: { apiKey: { id: string } } }>(
    'mutation { createApiKey(input: { name: "mine", scopes: [READ] }) { apiKey { id } } }',
  );
  const { auditLog } = await admin.data<{ auditLog: { edges: { node: { id: string } }[] } }>(
    '{ auditLog(first: 1) { edges { node { id } } } }',
  );
  const { shareConversation } = await owner.data<{
    shareConversation: { shareEdge: { node: { id: string } } };
  }>(
    `mutation ($id: ID!) { shareConversation(input: { conversationId: $id }) { shareEdge { node { id } } } }`,
    { id: made.conversation.id },
  );
  const upload = await fetch(`${server.url}/api/attachments?name=mine.txt`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${owner.token}` },
    body: 'A secret file of mine.',
  });
  const attachment: { id: string } = await upload.json();
  const { createPreset } = await owner.data<{ createPreset: { preset: { id: string } } }>(
    'mutation ($definition: PresetDefinitionInput!) { createPreset(input: { definition: $definition }) { preset { id } } }',
    { definition: { name: `mine-${randomUUID()}`, title: 'Mine', template: 'A secret template of mine.' } },
  );
  // On another user's data, so that the owner's can be deleted.
  const { placeLegalHold } = await admin.data<{ placeLegalHold: { legalHold: { id: string } } }>(
    'mutation ($id: ID!) { placeLegalHold(input: { userId: $id, reason: "A case" }) { legalHold { id } } }',
    { id: (await admin.data<Me>(me)).viewer.id },
  );
  const { createFolder } = await owner.data<{ createFolder: { folder: { id: string } } }>(
    'mutation { createFolder(input: { name: "Secret plans" }) { folder { id } } }',
  );
  const { createCollection } = await owner.data<{ createCollection: { collection: { id: string } } }>(
    'mutation { createCollection(input: { name: "Secret papers" }) { collection { id } } }',
  );
  const paper = await fetch(`${server.url}/api/attachments?name=paper.txt`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${owner.token}` },
    body: 'A secret paper of mine.',
  });
  const document: { id: string } = await paper.json();
  await owner.data(
    'mutation ($id: ID!, $document: ID!) { addDocuments(input: { collectionId: $id, attachments: [$document] }) { collection { id } } }',
    { id: createCollection.collection.id, document: document.id },
  );
  const { setAnswerDefaults } = await owner.data<{
    setAnswerDefaults: { answerDefaults: { id: string } };
  }>('mutation { setAnswerDefaults(input: { systemPrompt: "A secret prompt." }) { answerDefaults { id } } }');
  const { requestDockerCommand } = await owner.data<{
    requestDockerCommand: { request: { id: string } };
  }>('mutation { requestDockerCommand(input: { name: STOP, container: "web" }) { request { id } } }');
  // Decided, because the number of requests that wait is limited.
  await admin.data(
    'mutation ($id: ID!) { declineDockerCommand(input: { id: $id }) { request { status } } }',
    { id: requestDockerCommand.request.id },
  );
  const { registerHealingAgent } = await owner.data<{
    registerHealingAgent: { healingAgent: { id: string } };
  }>(
    'mutation ($agentId: String!) { registerHealingAgent(input: { agentId: $agentId, actions: [{ name: "restart", description: "Restarts it." }] }) { healingAgent { id } } }',
    { agentId: `mine-${randomUUID()}` },
  );
  const { reportAgentFailure } = await owner.data<{ reportAgentFailure: { healing: { id: string } } }>(
    'mutation ($id: ID!) { reportAgentFailure(input: { agentId: $id, log: "A secret error." }) { healing { id } } }',
    { id: registerHealingAgent.healingAgent.id },
  );
  const toolCall = await waitingToolCall(engine, owner);
  await owner.data(
    'mutation ($id: ID!) { decideToolCall(input: { id: $id, decision: DENY }) { __typename } }',
    {
      id: toolCall,
    },
  );
  const { runBatch } = await owner.data<{
    runBatch: { batch: { id: string; items: { edges: readonly { node: { id: string } }[] } } };
  }>(
    'mutation ($id: ID!) { runBatch(input: { presetId: $id, inputs: [{}] }) { batch { id items { edges { node { id } } } } } }',
    { id: createPreset.preset.id },
  );
  // Cancelled, because the number of unfinished batches is limited.
  await owner.data('mutation ($id: ID!) { cancelBatch(input: { id: $id }) { __typename } }', {
    id: runBatch.batch.id,
  });
  return {
    Batch: [runBatch.batch.id],
    BatchItem: runBatch.batch.items.edges.map(({ node }) => node.id),
    ToolCall: [toolCall],
    HealingAgent: [registerHealingAgent.healingAgent.id],
    Healing: [reportAgentFailure.healing.id],
    LegalHold: [placeLegalHold.legalHold.id],
    AnswerDefaults: [setAnswerDefaults.answerDefaults.id],
    Folder: [createFolder.folder.id],
    Collection: [createCollection.collection.id],
    Preset: [createPreset.preset.id],
    DockerRequest: [requestDockerCommand.request.id],
    Share: [shareConversation.shareEdge.node.id],
    Attachment: [attachment.id, document.id],
    AuditEvent: auditLog.edges.map(({ node }) => node.id),
    ApiKey: [createApiKey.apiKey.id],
    Session: sessions.edges.map(({ node }) => node.id),
    Invite: [inviteUser.inviteEdge.node.id],
    User: [viewer.id],
    Conversation: [made.conversation.id],
    Message: [made.userMessageEdge.node.id, made.assistantMessageEdge.node.id],
    Generation: [made.generation.id],
  };
};

/** The other fields that an input needs so that the server reads the id. */
const besides: Readonly<Record<string, (own: Ids) => Readonly<Record<string, unknown>>>> = {
  'Mutation.generate(input.parentId)': (own) => ({ conversationId: own.Conversation?.[0] }),
  'Mutation.estimateBatch(input.presetId)': () => ({ inputs: [{}] }),
  'Mutation.runBatch(input.presetId)': () => ({ inputs: [{}] }),
  'Mutation.approveAgentAction(input.id)': () => ({ action: 'restart' }),
  'Mutation.updateConversation(input.collections)': (own) => ({ id: own.Conversation?.[0] }),
  'Mutation.updateFolder(input.collections)': (own) => ({ id: own.Folder?.[0] }),
  'Mutation.addDocuments(input.collectionId)': (own) => ({ attachments: own.Attachment?.slice(0, 1) }),
  'Mutation.addDocuments(input.attachments)': (own) => ({ collectionId: own.Collection?.[0] }),
  'Mutation.removeDocuments(input.collectionId)': (own) => ({ attachments: own.Attachment?.slice(1) }),
  'Mutation.removeDocuments(input.attachments)': (own) => ({ collectionId: own.Collection?.[0] }),
  'Mutation.updateConversation(input.folderId)': (own) => ({ id: own.Conversation?.[0] }),
};

/** Returns whether the ids were read and reported as not found or forbidden. */
const isRejection = (answer: GraphQLAnswer<unknown>) =>
  answer.errors?.every(({ extensions }) => ['NOT_FOUND', 'FORBIDDEN'].includes(extensions?.code ?? '')) ??
  false;

const node = schema.getType('Node');
const types = isInterfaceType(node) ? schema.getPossibleTypes(node).map(({ name }) => name) : [];
const places = idArgumentsOf(schema);
const roots = ['Query', 'Mutation'];

describe('the ids of another user', () => {
  let target: Target;
  let hers: Ids;
  let own: Ids;

  beforeAll(async () => {
    target = await startTarget();
    hers = await makeIds(target, target.alice);
    own = await makeIds(target, target.mallory);
  }, 60_000);
  afterAll(() => target?.close(), 60_000);

  /** Resolves to all of Alice's data, as she sees it. */
  const belongings = () =>
    target.alice.data(`{
      viewer { id username role attachments(first: 5) { edges { node { id name preview } } } }
      conversations(first: 20) { edges { node {
        id title pinned archived tags
        messages(first: 10) { edges { node { id content } } }
      } } }
      collections(first: 9) { edges { node { id name sharedWithEveryone documents(first: 9) { edges { node { id } } } } } }
      folders(first: 5) { edges { node { id name systemPrompt } } }
      presets(first: 20, source: PERSONAL) { edges { node { id versions { version } } } }
    }`);

  const references = (type: string, ids: Ids): readonly unknown[] =>
    (ids[type] ?? []).map((id) => ({ __typename: type, id }));

  /** Returns the value for an argument: an id of any type, or a gateway's entity reference. */
  const candidates = ({ path }: IdArgument, ids: Ids): readonly unknown[] =>
    path.at(-1) === 'representations'
      ? Object.keys(ids).flatMap((type) => references(type, ids))
      : Object.values(ids).flat();

  const call = (caller: Client, place: IdArgument, id: unknown, callers: Ids) => {
    const { selection, definitions, variables } = callWith(place, id, besides[place.name]?.(callers));
    const { parent } = place;
    if (roots.includes(parent.name)) {
      return caller.query(`${parent.name.toLowerCase()} (${definitions}) { ${selection} }`, variables);
    }
    const mine = callers[parent.name]?.[0];
    if (mine === undefined) throw new Error(`${place.name}: say in this test how to reach ${parent.name}`);
    return caller.query(
      `query ($mine: ID!, ${definitions}) { node(id: $mine) { ... on ${parent.name} { ${selection} } } }`,
      { mine, ...variables },
    );
  };

  it('exist in this test for every type of the graph', () => {
    expect([...Object.keys(hers), ...shared].toSorted()).toEqual([...types, ...parts].toSorted());
    expect(places.length).toBeGreaterThan(10);
  });

  it.each(types.filter((type) => !shared.includes(type)))(
    'find no %s through node, nodes and _entities',
    async (type) => {
      for (const id of hers[type] ?? []) {
        const one = await target.mallory.query('query ($id: ID!) { node(id: $id) { id } }', { id });
        const many = await target.mallory.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
          ids: [id, own.Conversation?.[0]],
        });
        const entity = await target.mallory.query(
          'query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }',
          { of: [{ __typename: type, id }] },
        );
        expect(one).toMatchObject({ data: { node: null }, errors: [{ extensions: { code: 'NOT_FOUND' } }] });
        expect(many).toMatchObject({
          data: { nodes: [null, { id: own.Conversation?.[0] }] },
          errors: [{ extensions: { code: 'NOT_FOUND' } }],
        });
        expect(entity).toMatchObject({ data: { _entities: [null] } });
        const owner = ofAdmins.includes(type) ? target.admin : target.alice;
        expect(await owner.query('query ($id: ID!) { node(id: $id) { id } }', { id })).toMatchObject({
          data: { node: { id } },
        });
      }
    },
  );

  it('find a shared collection and its documents until it is withdrawn', async () => {
    const ofAdmin = await makeIds(target, target.admin);
    const id = ofAdmin.Collection?.[0];
    const ids = [id, ofAdmin.Attachment?.[1]];
    const change = (mutation: string) =>
      target.admin.data(`mutation ($id: ID!) { ${mutation}(input: { id: $id }) { collection { id } } }`, {
        id,
      });
    const found = async () => {
      const { data: many } = await target.mallory.query<{ nodes: unknown[] }>(
        'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
        { ids },
      );
      const { data: entities } = await target.mallory.query<{ _entities: unknown[] }>(
        'query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }',
        {
          of: [
            { __typename: 'Collection', id: ids[0] },
            { __typename: 'Attachment', id: ids[1] },
          ],
        },
      );
      return [...(many?.nodes ?? []), ...(entities?._entities ?? [])].map((one) => one !== null);
    };
    expect(await found()).toEqual([false, false, false, false]);
    await change('shareCollection');
    expect(await found()).toEqual([true, true, true, true]);
    await change('withdrawCollection');
    expect(await found()).toEqual([false, false, false, false]);
  });

  const asked = places.filter(
    ({ parent, field }) =>
      parent.name !== 'Subscription' && !['node', 'nodes', '_entities'].includes(field.name),
  );

  it.each(asked.map((place) => [place.name, place] as const))(
    'have no effect in %s',
    async (_name, place) => {
      const before = await belongings();
      for (const id of candidates(place, hers)) {
        const answer = await call(target.mallory, place, id, own);
        expect([place.name, id, isRejection(answer) || answer]).toEqual([place.name, id, true]);
      }
      expect(await belongings()).toEqual(before);
    },
    30_000,
  );

  it.each(asked.map((place) => [place.name, place] as const))(
    'are accepted in %s from their owner',
    async (_name, place) => {
      const fresh = await makeIds(target, target.alice);
      const codes = [];
      for (const id of candidates(place, fresh)) {
        const { errors } = await call(target.alice, place, id, fresh);
        codes.push(errors?.[0]?.extensions?.code ?? 'done');
      }
      // The number of unfinished healings is limited.
      await target.alice.query(
        'mutation ($id: ID!) { closeHealing(input: { id: $id }) { healing { id } } }',
        {
          id: fresh.Healing?.[0],
        },
      );
      expect(codes.some((code) => code !== 'NOT_FOUND' && code !== 'BAD_USER_INPUT')).toBe(true);
    },
    30_000,
  );

  const followed = places.filter(({ parent }) => parent.name === 'Subscription');

  it.each(followed.map((place) => [place.name, place] as const))(
    'subscribe to nothing through %s, on a socket and over SSE',
    async (_name, place) => {
      for (const id of candidates(place, hers)) {
        const { selection, definitions, variables } = callWith(place, id);
        const query = `subscription (${definitions}) { ${selection} }`;
        await expect(target.mallory.subscribe(query, { ...variables }).next()).rejects.toThrow(
          /NOT_FOUND|FORBIDDEN/,
        );
        const events = await fetch(`${target.server.url}/graphql`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'text/event-stream',
            authorization: `Bearer ${target.mallory.token}`,
          },
          body: JSON.stringify({ query, variables }),
        });
        expect(await events.text()).toMatch(/"code":"(NOT_FOUND|FORBIDDEN)"/);
      }
    },
    30_000,
  );

  it('are in no event of a subscription without an id', async () => {
    const events = target.mallory.subscribe<{ conversationChanged: { conversationId: string } }>(
      'subscription { conversationChanged { conversationId } }',
    );
    const create = async () => {
      const { createConversation } = await target.mallory.data<{
        createConversation: { conversation: { id: string } };
      }>('mutation { createConversation(input: {}) { conversation { id } } }');
      return createConversation.conversation.id;
    };
    const first = events.next().then(() => true);
    // An event of the caller's own change shows that the subscription is active.
    while (!(await Promise.race([first, create().then(() => false)])));
    const secret = await target.alice.generate({ prompt: 'Another secret.' });
    const last = await create();
    const seen: string[] = [];
    for await (const { conversationChanged } of events) {
      seen.push(conversationChanged.conversationId);
      if (conversationChanged.conversationId === last) break;
    }
    expect(seen).not.toContain(secret.conversation.id);
  }, 30_000);

  it('have no place in a REST request, except for ids of its own messages', async () => {
    const { paths, components } = await (await fetch(`${target.server.url}/openapi.json`)).json();
    const properties = new Set<string>();
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('properties' in value && value.properties) {
        for (const name of Object.keys(value.properties)) properties.add(name);
      }
      for (const inner of Object.values(value)) walk(inner);
    };
    walk([
      Object.values(paths as Record<string, Record<string, { requestBody?: unknown }>>).flatMap((path) =>
        Object.values(path).map(({ requestBody }) => requestBody),
      ),
      components,
    ]);
    const inPaths = Object.keys(paths).filter((path) => path.includes('{'));
    // The tests of stored responses try the ids of others; a preset's name is looked up among the caller's own.
    expect(inPaths).toEqual([
      '/api/attachments/{id}',
      '/api/llm/presets/{name}',
      '/api/llm/batches/{id}',
      '/api/llm/batches/{id}/results',
      '/api/llm/batches/{id}/cancel',
      '/api/llm/docker/requests/{id}/confirm',
      '/api/llm/docker/requests/{id}/decline',
      '/api/llm/healing/healings/{id}',
      '/api/llm/healing/healings/{id}/results',
      '/api/llm/healing/healings/{id}/approve',
      '/api/llm/healing/healings/{id}/close',
      '/api/llm/healing/agents/{id}',
      '/api/llm/healing/agents/{id}/failures',
      '/api/llm/healing/agents/{id}/events',
      '/v1/models/{model}',
      '/v1/responses/{response}',
      '/v1/responses/{response}/input_items',
      // Its own tests try the ids of others.
      '/v1/files/{file}',
      '/v1/files/{file}/content',
      '/v1/batches/{batch}',
      '/v1/batches/{batch}/cancel',
    ]);
    for (const action of ['confirm', 'decline']) {
      const id = encodeURIComponent(hers.DockerRequest?.[0] ?? '');
      const response = await fetch(`${target.server.url}/api/llm/docker/requests/${id}/${action}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${target.mallory.token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ effect: 'Any.' }),
      });
      // Only administrators decide on requests.
      expect([action, response.status]).toEqual([action, 403]);
    }
    const [healing, agent] = [hers.Healing?.[0], hers.HealingAgent?.[0]];
    const bodies = {
      [`GET healings/${healing}`]: undefined,
      [`POST healings/${healing}/results`]: { round: 1, succeeded: true },
      [`POST healings/${healing}/approve`]: { action: 'restart' },
      [`POST healings/${healing}/close`]: {},
      [`DELETE agents/${agent}`]: undefined,
      [`POST agents/${agent}/failures`]: { log: 'Error.' },
    };
    for (const [request, body] of Object.entries(bodies)) {
      const [method, path] = request.split(' ');
      const response = await fetch(`${target.server.url}/api/llm/healing/${path}`, {
        ...(method && { method }),
        headers: { Authorization: `Bearer ${target.mallory.token}`, 'Content-Type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      expect([request, response.status]).toEqual([request, 404]);
    }
    for (const request of ['GET ', 'GET /results', 'POST /cancel', 'DELETE ']) {
      const [method = '', path = ''] = request.split(' ');
      const id = encodeURIComponent(hers.Batch?.[0] ?? '');
      const response = await fetch(`${target.server.url}/api/llm/batches/${id}${path}`, {
        method,
        headers: { Authorization: `Bearer ${target.mallory.token}` },
      });
      expect([request, response.status]).toEqual([request, 404]);
    }
    for (const method of ['GET', 'DELETE']) {
      const response = await fetch(`${target.server.url}/api/attachments/${hers.Attachment?.[0]}`, {
        method,
        headers: { Authorization: `Bearer ${target.mallory.token}` },
      });
      expect([method, response.status]).toEqual([method, 404]);
    }
    expect([...properties].filter((name) => /(^|_)ids?$|Ids?$/.test(name)).toSorted()).toEqual([
      // Of the caller's own system; a healing takes it only when its owner registers an agent.
      'agentId',
      'call_id',
      // Chosen by an agent for its own report.
      'eventId',
      'id',
      'input_file_id',
      // Only null: nothing is stored.
      'previous_response_id',
      'tool_call_id',
      'tool_use_id',
    ]);
  });
});
