import { randomUUID } from 'node:crypto';
import { type Client, signIn } from './client.ts';
import type { Target } from './target.ts';
import { waitingToolCall } from './waitingToolCall.ts';

/** A valid call of a mutation, and the token of its caller; null: anonymous. */
export interface MutationCall {
  readonly token: string | null;
  /** The fields of the input, such as `name: "x"`. */
  readonly input: string;
  /** The selection of the payload. */
  readonly selection: string;
}

/** Prepares the data of a call, and returns the call. */
type Prepare = (target: Target) => Promise<MutationCall>;

const password = 'another long passphrase 9';
let count = 0;

const quote = (text: string) => JSON.stringify(text);

/** Creates a user for one call, so that calls don't affect each other. */
const newUser = async ({ server, admin }: Target) => {
  count += 1;
  const username = `user-${count}`;
  const { createUser } = await admin.data<{ createUser: { user: { id: string } } }>(
    `mutation { createUser(input: { username: "${username}", password: "${password}", role: MEMBER }) { user { id } } }`,
  );
  const enter = () => signIn(server.url, username, password);
  return { id: createUser.user.id, username, enter };
};

const onUser =
  (more = ''): Prepare =>
  async (target) => {
    const { id } = await newUser(target);
    return { token: target.admin.token, input: `id: "${id}" ${more}`, selection: '__typename' };
  };

const secretIn = (path: string) => path.split('/').at(-1) ?? '';

const invite = async ({ admin }: Target) => {
  const { inviteUser } = await admin.data<{
    inviteUser: { path: string; inviteEdge: { node: { id: string } } };
  }>('mutation { inviteUser(input: { role: MEMBER }) { path inviteEdge { node { id } } } }');
  return { secret: secretIn(inviteUser.path), id: inviteUser.inviteEdge.node.id };
};

const answered = async ({ alice, engine }: Target, prompt: string) => {
  engine.play({});
  const started = await alice.generate({ prompt });
  await alice.finished(started.generation.id);
  return started;
};

const running = async ({ alice, engine }: Target) => {
  engine.play({ tokens: Array.from({ length: 500 }, () => 'word '), tokensPerSecond: 50 });
  return (await alice.generate({ prompt: 'Go on and on.' })).generation.id;
};

const attachment = async ({ alice, server }: Target): Promise<string> => {
  const response = await fetch(`${server.url}/api/attachments?name=mine.txt`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${alice.token}` },
    body: 'A file of mine.',
  });
  return ((await response.json()) as { id: string }).id;
};

const nextName = (name: string): string => {
  count += 1;
  return `${name}-${count}`;
};

const presetNamed = (name: string): string => `{ name: "${name}", title: "A preset", template: "Hello" }`;

const preset = async ({ alice }: Target) => {
  const { createPreset } = await alice.data<{ createPreset: { preset: { id: string } } }>(
    `mutation { createPreset(input: { definition: ${presetNamed(nextName('preset'))} }) { preset { id } } }`,
  );
  return createPreset.preset.id;
};

const batch = async (target: Target) => {
  target.engine.play({});
  const { runBatch } = await target.alice.data<{ runBatch: { batch: { id: string } } }>(
    'mutation ($id: ID!) { runBatch(input: { presetId: $id, inputs: [{}] }) { batch { id } } }',
    { id: await preset(target) },
  );
  return runBatch.batch.id;
};

const dockerRequest = async ({ alice }: Target) => {
  const { requestDockerCommand } = await alice.data<{
    requestDockerCommand: { request: { id: string; effect: string } };
  }>(
    'mutation { requestDockerCommand(input: { name: RESTART, container: "web" }) { request { id effect } } }',
  );
  return requestDockerCommand.request;
};

const healingAgent = async ({ alice }: Target) => {
  const { registerHealingAgent } = await alice.data<{
    registerHealingAgent: { healingAgent: { id: string } };
  }>(
    'mutation ($agentId: String!) { registerHealingAgent(input: { agentId: $agentId, actions: [{ name: "restart", description: "Restarts it." }] }) { healingAgent { id } } }',
    { agentId: `agent-${randomUUID()}` },
  );
  return registerHealingAgent.healingAgent.id;
};

/** Returns the id of a healing that needs a person: the engine's answers are no diagnosis. */
const healing = async (target: Target) => {
  target.engine.play({});
  const { reportAgentFailure } = await target.alice.data<{
    reportAgentFailure: { healing: { id: string } };
  }>(
    'mutation ($id: ID!) { reportAgentFailure(input: { agentId: $id, log: "Error: it failed." }) { healing { id } } }',
    { id: await healingAgent(target) },
  );
  return reportAgentFailure.healing.id;
};

/** Creates a collection with a document. Returns the ids of both. */
const filled = async (owner: Client, { server }: Target) => {
  const response = await fetch(`${server.url}/api/attachments?name=paper.txt`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${owner.token}` },
    body: 'A paper of mine.',
  });
  const { id: document } = (await response.json()) as { id: string };
  const { createCollection } = await owner.data<{ createCollection: { collection: { id: string } } }>(
    'mutation { createCollection(input: { name: "Papers" }) { collection { id } } }',
  );
  const { id } = createCollection.collection;
  await owner.data(
    `mutation { addDocuments(input: { collectionId: "${id}", attachments: ["${document}"] }) { __typename } }`,
  );
  return { id, document };
};

const pulling = async ({ admin, engine }: Target) => {
  engine.play({ pull: { steps: 500, stepsPerSecond: 10 } });
  const { pullModel } = await admin.data<{ pullModel: { pull: { id: string } } }>(
    'mutation { pullModel(input: { name: "slow" }) { pull { id } } }',
  );
  return pullModel.pull.id;
};

const byAlice = ({ alice }: Target, input: string, selection = '__typename'): MutationCall => ({
  token: alice.token,
  input,
  selection,
});

const sessionsOf = (client: Client) =>
  client.data<{ viewer: { sessions: { edges: { node: { id: string; current: boolean } }[] } } }>(
    '{ viewer { sessions(first: 9) { edges { node { id current } } } } }',
  );

/** Mutations of users on their own data. */
const ofUsers: Readonly<Record<string, Prepare>> = {
  signIn: async () => ({
    token: null,
    input: 'username: "alice", password: "a password of a member"',
    selection: 'viewer { id }',
  }),
  signOut: async (target) => {
    const { token } = await (await newUser(target)).enter();
    return { token, input: '', selection: '__typename' };
  },
  changePassword: async (target) => {
    const { token } = await (await newUser(target)).enter();
    const input = `currentPassword: "${password}", newPassword: "${password} and more"`;
    return { token, input, selection: '__typename' };
  },
  revokeSession: async (target) => {
    const { enter } = await newUser(target);
    await enter();
    const client = await enter();
    const { viewer } = await sessionsOf(client);
    const other = viewer.sessions.edges.find(({ node }) => !node.current)?.node.id;
    return { token: client.token, input: `id: "${other}"`, selection: '__typename' };
  },
  revokeOtherSessions: async (target) => {
    const { token } = await (await newUser(target)).enter();
    return { token, input: '', selection: '__typename' };
  },
  deleteAccount: async (target) => {
    const { token } = await (await newUser(target)).enter();
    return { token, input: `password: "${password}"`, selection: 'deletedUserId' };
  },
  choosePassword: async (target) => {
    const { id } = await newUser(target);
    const { resetUserPassword } = await target.admin.data<{ resetUserPassword: { path: string } }>(
      `mutation { resetUserPassword(input: { id: "${id}", password: ${quote(target.password)} }) { path } }`,
    );
    const secret = secretIn(resetUserPassword.path);
    return {
      token: null,
      input: `secret: ${quote(secret)}, password: "${password} and more"`,
      selection: 'viewer { id }',
    };
  },
  acceptInvite: async (target) => ({
    token: null,
    input: `secret: ${quote((await invite(target)).secret)}, username: "invited", password: "${password}"`,
    selection: 'viewer { id }',
  }),
  createApiKey: async (target) => byAlice(target, 'name: "mine", scopes: [READ]', 'secret'),
  revokeApiKey: async (target) => {
    const { createApiKey } = await target.alice.data<{ createApiKey: { apiKey: { id: string } } }>(
      'mutation { createApiKey(input: { name: "mine", scopes: [READ] }) { apiKey { id } } }',
    );
    return byAlice(target, `id: "${createApiKey.apiKey.id}"`);
  },
  deleteAttachment: async (target) =>
    byAlice(target, `id: "${await attachment(target)}"`, 'deletedAttachmentId'),
  deleteConversation: async (target) =>
    byAlice(target, `id: "${(await answered(target, 'A conversation.')).conversation.id}"`),
  shareConversation: async (target) =>
    byAlice(target, `conversationId: "${(await answered(target, 'To share.')).conversation.id}"`, 'path'),
  revokeShare: async (target) => {
    const { conversation } = await answered(target, 'To share for a while.');
    const { shareConversation } = await target.alice.data<{
      shareConversation: { shareEdge: { node: { id: string } } };
    }>(
      `mutation { shareConversation(input: { conversationId: "${conversation.id}" }) { shareEdge { node { id } } } }`,
    );
    return byAlice(target, `id: "${shareConversation.shareEdge.node.id}"`);
  },
  generate: async (target) => {
    target.engine.play({});
    return byAlice(target, 'prompt: "A question."', 'generation { id }');
  },
  embed: async (target) => byAlice(target, 'input: ["A text."], model: "stand-in"', 'promptTokens'),
  regenerate: async (target) => {
    const { assistantMessageEdge } = await answered(target, 'A question to ask again.');
    return byAlice(target, `messageId: "${assistantMessageEdge.node.id}"`, 'generation { id }');
  },
  editMessage: async (target) => {
    const { userMessageEdge } = await answered(target, 'A question to put better.');
    const input = `messageId: "${userMessageEdge.node.id}", content: "A better question."`;
    return byAlice(target, input, 'generation { id }');
  },
  continueAnswer: async (target) => {
    const { assistantMessageEdge } = await answered(target, 'A question to answer at length.');
    return byAlice(target, `messageId: "${assistantMessageEdge.node.id}"`, 'generation { id }');
  },
  createCollection: async (target) => byAlice(target, 'name: "Papers"', 'collection { id }'),
  addDocuments: async (target) => {
    const { id } = await filled(target.alice, target);
    const input = `collectionId: "${id}", attachments: ["${await attachment(target)}"]`;
    return byAlice(target, input, 'collection { id }');
  },
  removeDocuments: async (target) => {
    const { id, document } = await filled(target.alice, target);
    return byAlice(target, `collectionId: "${id}", attachments: ["${document}"]`, 'removedDocumentIds');
  },
  updateCollection: async (target) => {
    const { id } = await filled(target.alice, target);
    return byAlice(target, `id: "${id}", name: "Drafts"`, 'collection { name }');
  },
  deleteCollection: async (target) =>
    byAlice(target, `id: "${(await filled(target.alice, target)).id}"`, 'deletedCollectionId'),
  createPreset: async (target) =>
    byAlice(target, `definition: ${presetNamed(nextName('created'))}`, 'preset { id }'),
  importPreset: async (target) => {
    const yaml = `name: ${nextName('imported')}\ntitle: Imported\ntemplate: Hello\n`;
    return byAlice(target, `yaml: ${quote(yaml)}`, 'preset { id }');
  },
  duplicatePreset: async (target) => byAlice(target, `id: "${await preset(target)}"`, 'preset { id }'),
  updatePreset: async (target) => {
    const id = await preset(target);
    return byAlice(target, `id: "${id}", definition: ${presetNamed(nextName('changed'))}`, 'preset { id }');
  },
  deletePreset: async (target) => byAlice(target, `id: "${await preset(target)}"`, 'deletedPresetId'),
  runPreset: async (target) => {
    target.engine.play({});
    return byAlice(target, `id: "${await preset(target)}"`, 'run { text }');
  },
  runBatch: async (target) => {
    target.engine.play({});
    return byAlice(target, `presetId: "${await preset(target)}", inputs: [{}]`, 'batch { id }');
  },
  cancelBatch: async (target) => byAlice(target, `id: "${await batch(target)}"`, 'batch { status }'),
  deleteBatch: async (target) => {
    const id = await batch(target);
    await target.alice.data('mutation ($id: ID!) { cancelBatch(input: { id: $id }) { __typename } }', { id });
    return byAlice(target, `id: "${id}"`, 'deletedBatchId');
  },
  runDockerCommand: async (target) => byAlice(target, 'name: LOGS, container: "web"', 'output'),
  requestDockerCommand: async (target) =>
    byAlice(target, 'name: RESTART, container: "web"', 'request { id }'),
  registerHealingAgent: async (target) =>
    byAlice(
      target,
      'agentId: "mine", actions: [{ name: "restart", description: "Restarts it." }]',
      'healingAgent { id }',
    ),
  deleteHealingAgent: async (target) =>
    byAlice(target, `id: "${await healingAgent(target)}"`, 'deletedHealingAgentId'),
  reportAgentFailure: async (target) => {
    target.engine.play({});
    return byAlice(
      target,
      `agentId: "${await healingAgent(target)}", log: "Error: it failed."`,
      'healing { status }',
    );
  },
  reportActionResult: async (target) => {
    const id = await healing(target);
    await target.alice.data(
      'mutation ($id: ID!) { approveAgentAction(input: { id: $id, action: "restart" }) { __typename } }',
      { id },
    );
    return byAlice(target, `healingId: "${id}", round: 1, succeeded: true`, 'healing { status }');
  },
  approveAgentAction: async (target) =>
    byAlice(target, `id: "${await healing(target)}", action: "restart"`, 'healing { status }'),
  closeHealing: async (target) => byAlice(target, `id: "${await healing(target)}"`, 'healing { status }'),
  decideToolCall: async (target) =>
    byAlice(target, `id: "${await waitingToolCall(target.engine, target.alice)}", decision: DENY`),
  cancelGeneration: async (target) => byAlice(target, `id: "${await running(target)}"`),
  continueGeneration: async (target) => {
    const id = await running(target);
    await target.alice.data(`mutation { cancelGeneration(input: { id: "${id}" }) { __typename } }`);
    target.engine.play({});
    return byAlice(target, `id: "${id}"`);
  },
};

/** Mutations that only administrators may call. */
export const ofAdmins: Readonly<Record<string, Prepare>> = {
  createUser: async ({ admin }) => ({
    token: admin.token,
    input: `username: "new-one", password: "${password}", role: VIEWER`,
    selection: 'user { id }',
  }),
  setUserRole: onUser('role: VIEWER'),
  setUserQuota: onUser('day: 5'),
  disableUser: onUser(),
  enableUser: onUser(),
  deleteUser: onUser(),
  resetUserPassword: async (target) => ({
    token: target.admin.token,
    input: `id: "${(await newUser(target)).id}", password: ${quote(target.password)}`,
    selection: '__typename',
  }),
  inviteUser: async ({ admin }) => ({ token: admin.token, input: 'role: MEMBER', selection: 'path' }),
  placeLegalHold: async (target) => ({
    token: target.admin.token,
    input: `userId: "${(await newUser(target)).id}", reason: "Case 7"`,
    selection: 'legalHold { id }',
  }),
  releaseLegalHold: async (target) => {
    const { placeLegalHold } = await target.admin.data<{ placeLegalHold: { legalHold: { id: string } } }>(
      `mutation { placeLegalHold(input: { userId: "${(await newUser(target)).id}", reason: "Case 7" }) { legalHold { id } } }`,
    );
    return {
      token: target.admin.token,
      input: `id: "${placeLegalHold.legalHold.id}"`,
      selection: 'deletedLegalHoldId',
    };
  },
  revokeInvite: async (target) => ({
    token: target.admin.token,
    input: `id: "${(await invite(target)).id}"`,
    selection: '__typename',
  }),
  shareCollection: async (target) => ({
    token: target.admin.token,
    input: `id: "${(await filled(target.admin, target)).id}"`,
    selection: 'collection { sharedWithEveryone }',
  }),
  withdrawCollection: async (target) => {
    const { id } = await filled(target.admin, target);
    await target.admin.data(`mutation { shareCollection(input: { id: "${id}" }) { __typename } }`);
    return {
      token: target.admin.token,
      input: `id: "${id}"`,
      selection: 'collection { sharedWithEveryone }',
    };
  },
  cancelActiveGeneration: async (target) => ({
    token: target.admin.token,
    input: `id: "${await running(target)}"`,
    selection: 'cancelledGenerationId',
  }),
  confirmDockerCommand: async (target) => {
    const { id, effect } = await dockerRequest(target);
    return {
      token: target.admin.token,
      input: `id: "${id}", effect: ${quote(effect)}`,
      selection: 'request { status }',
    };
  },
  declineDockerCommand: async (target) => ({
    token: target.admin.token,
    input: `id: "${(await dockerRequest(target)).id}"`,
    selection: 'request { status }',
  }),
  pullModel: async ({ admin, engine }) => {
    engine.play({});
    return { token: admin.token, input: 'name: "another"', selection: 'pull { id }' };
  },
  cancelModelPull: async (target) => ({
    token: target.admin.token,
    input: `id: "${await pulling(target)}"`,
    selection: '__typename',
  }),
  deleteModel: async ({ admin, engine }) => {
    count += 1;
    const name = `old-${count}:latest`;
    engine.play({ models: ['stand-in:latest', name] });
    const find = async (): Promise<string> => {
      const { models } = await admin.data<{ models: { edges: { node: { id: string; name: string } }[] } }>(
        '{ models(first: 9) { edges { node { id name } } } }',
      );
      const found = models.edges.find(({ node }) => node.name === name);
      // The list of models is cached for some seconds.
      return found?.node.id ?? find();
    };
    return { token: admin.token, input: `id: "${await find()}"`, selection: '__typename' };
  },
};

/** A valid call of every mutation that is audited. */
export const everyMutation: Readonly<Record<string, Prepare>> = { ...ofUsers, ...ofAdmins };

/** Calls the mutation with this request id. */
export const perform = async (
  { server }: Target,
  mutation: string,
  { token, input, selection }: MutationCall,
  requestId: string,
): Promise<unknown> => {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': requestId,
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: `mutation { ${mutation}(input: { ${input} }) { ${selection} } }` }),
  });
  return response.json();
};
