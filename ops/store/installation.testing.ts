import { buffer } from 'node:stream/consumers';
import type { ApiKey } from '../../api/access/apiKey.ts';
import { newAnswerDefaults } from '../../api/answerDefaults/store/store.contract.ts';
import { newAttachment, sha256Of } from '../../api/attachments/attachments.testing.ts';
import { newEvent, readChain } from '../../api/audit/events.testing.ts';
import { newBatchFile, partOf } from '../../api/batches/files/store/store.contract.ts';
import { newBatch } from '../../api/batches/store/store.contract.ts';
import { newCollection } from '../../api/collections/collections.testing.ts';
import { newDockerRequest } from '../../api/docker/store/store.contract.ts';
import { newFolder } from '../../api/folders/store/store.contract.ts';
import { newHealing, newHealingAgent } from '../../api/healing/store/store.contract.ts';
import { checkDefinition } from '../../api/presets/definition/definition.ts';
import type { Preset } from '../../api/presets/preset.ts';
import {
  at,
  backward,
  forward,
  newConversation,
  newGeneration,
  newId,
  newMessage,
  write,
} from '../../api/stores/stores.contract.ts';
import type { Stores } from '../../api/stores/stores.ts';

export const user = {
  id: newId(),
  username: 'Éva',
  role: 'ADMIN',
  status: 'ACTIVE',
  passwordHash: '$argon2id$x',
  identity: { issuer: 'https://id.example', subject: 'eva' },
  createdAt: at(0),
} as const;
const inAnHour = new Date(Date.now() + 3_600_000);
export const session = {
  id: newId(),
  userId: user.id,
  createdAt: at(0),
  expiresAt: inAnHour,
  lastSeenAt: at(5),
  userAgent: 'Firefox',
  address: '192.0.2.1',
};
export const apiKey: ApiKey = {
  id: newId(),
  userId: user.id,
  name: 'editor',
  secretHash: 'hash',
  ending: 'wxyz',
  scopes: ['READ', 'CHAT'],
  createdAt: at(0),
  expiresAt: null,
  lastUsedAt: at(6),
};
const preset: Preset = {
  id: newId(),
  ownerId: user.id,
  isShared: true,
  revision: 1,
  versions: [
    {
      version: 1,
      definition: checkDefinition({
        name: 'moved',
        title: 'Déplacé',
        template: 'Hello',
        outputSchema: { type: 'object' },
      }),
      createdAt: at(7),
    },
  ],
  createdAt: at(7),
  updatedAt: at(8),
};
const dockerRequest = newDockerRequest(user.id, {
  decidedBy: user.id,
  decidedAt: at(9),
  status: 'COMPLETED',
});
const healingAgent = newHealingAgent(user.id);
const healing = newHealing(user.id, { reporterId: healingAgent.id });
const batchFile = newBatchFile(user.id);
const batch = newBatch(user.id, { total: 3 });
export const ended = { ...session, id: newId(), expiresAt: at(0) };
const collection = newCollection({ ownerId: user.id, name: 'Manuels', isShared: true });
const folder = newFolder({
  ownerId: user.id,
  name: 'Dossier',
  systemPrompt: 'Sois bref.',
  collectionIds: [collection.id],
});
export const conversation = newConversation({
  folderId: folder.id,
  collectionIds: [collection.id],
  ownerId: user.id,
  title: 'Données du café',
  tags: ['t'],
  pinned: true,
  options: { stop: ['\n'] },
});

const attach = async (
  stores: Stores,
  content: string,
  conversationId: string | null,
  collectionId: string | null = null,
) => {
  const [id, sha256] = [newId(), sha256Of(content)];
  const fileKey = await stores.attachmentFiles.write({ ownerId: user.id, id, sha256 }, Buffer.from(content));
  const fields = { id, ownerId: user.id, conversationId, collectionId, sha256, fileKey, name: 'é.txt' };
  const attachment = newAttachment({ ...fields, size: Buffer.byteLength(content) });
  await stores.attachments.insert(attachment, `text of ${content}`);
  return attachment;
};

/** A tree with forks of forks, a second conversation with a long run, generations of all kinds. */
export const fillInstallation = async (stores: Stores, length: number) => {
  await stores.accounts.insertUser(user);
  for (const one of [session, ended]) await stores.accounts.insertSession(one);
  await stores.apiKeys.insert(apiKey, 1);
  await stores.presets.insert(preset, 1);
  await stores.holds.insert(
    {
      id: newId(),
      ownerId: preset.ownerId ?? '',
      conversationId: null,
      reason: 'Case 7',
      placedBy: 'admin',
      createdAt: at(7),
    },
    1,
  );
  await stores.collections.insert(collection, 1);
  await stores.folders.insert(folder, 1);
  await stores.answerDefaults.set(newAnswerDefaults({ ownerId: user.id, model: 'm' }), 1);
  await stores.healings.insertAgent(healingAgent, 1);
  await stores.healings.insert(healing, { open: 1, kept: 1 });
  await stores.batchFiles.addPart(partOf(batchFile, 0, 'é\n'));
  await stores.batchFiles.insert(batchFile, 1);
  await stores.batches.insert(batch, { open: 1, kept: 1 });
  const inputs = ['a', 'b', 'c'].map((key) => ({ key, json: JSON.stringify({ 'é.$': key }) }));
  await stores.batches.addInputs(batch, 1, inputs);
  await stores.batches.begin(batch.id);
  const claimed = await stores.batches.claim(at(10), at(20));
  const outcome = {
    result: { 'a.b': 1 },
    text: 'é',
    error: null,
    model: 'm',
    promptTokens: 1,
    completionTokens: 2,
  };
  if (claimed) await stores.batches.finish(claimed.item, outcome, at(11));
  await stores.dockerRequests.insert(dockerRequest, { pending: 1, since: at(0), kept: 1 });
  await stores.conversations.insert(conversation);
  const root = await write(stores, newMessage(conversation, { content: '数据库 "quoted" \u0000' }));
  // Two of them have the same content.
  const attachments = [
    await attach(stores, 'same', conversation.id),
    await attach(stores, 'same', null),
    await attach(stores, 'long '.repeat(500_000), null, collection.id),
  ];
  const child = await write(
    stores,
    newMessage(conversation, {
      parentId: root.id,
      content: 'first',
      attachments: attachments.slice(0, 1).map(({ id }) => ({ id, omitted: 3 })),
    }),
  );
  const fork = await write(stores, newMessage(conversation, { parentId: root.id, content: 'second' }));
  const deep = await write(stores, newMessage(conversation, { parentId: fork.id, content: 'deep' }));
  const deeper = await write(stores, newMessage(conversation, { parentId: fork.id, content: 'deeper' }));
  const queued = newGeneration(conversation, {
    messageId: deep.id,
    idempotencyKey: 'k',
    format: { $ref: '#' },
  });
  const failed = newGeneration(conversation, {
    status: 'FAILED',
    error: { code: 'INTERNAL', message: 'm' },
    finishedAt: at(9),
  });
  for (const generation of [queued, failed]) await stores.generations.insert(generation);
  const long = newConversation({ ownerId: user.id, title: 'long' });
  await stores.conversations.insert(long);
  let parentId: string | null = null;
  for (let number = 0; number < length; number += 1) {
    ({ id: parentId } = await write(stores, newMessage(long, { parentId, content: `number ${number}` })));
  }
  await stores.audit.append([newEvent({ at: at(1) })]);
  const [oldest] = await stores.audit.chainAfter(0, 1);
  await stores.audit.append([
    newEvent({ username: 'Éva', details: { z: 1, a: 'é' } }),
    newEvent({ action: 'ENTRIES_DROPPED', details: { lastSeq: 1, lastHash: oldest?.hash ?? '' } }),
  ]);
  await stores.audit.drop(at(2), 10);
  return {
    messages: [root, child, fork, deep, deeper],
    generations: [queued, failed],
    attachments,
    long,
    leafId: parentId,
  };
};

export type Installation = Awaited<ReturnType<typeof fillInstallation>>;

/** An attachment without its file's key, which differs between stores, but with its text and the file's checksum. */
const readAttachment = async ({ attachments, attachmentFiles }: Stores, id: string) => {
  const found = await attachments.find(user.id, id);
  if (!found) return null;
  const { fileKey, ...attachment } = found;
  const bytes = await buffer(await attachmentFiles.open(fileKey));
  return { ...attachment, text: await attachments.text(user.id, id), fileSha256: sha256Of(bytes) };
};

/** What the ports say of it, the same on both sides. */
export const readInstallation = async (
  stores: Stores,
  { messages, generations, attachments, long, leafId }: Installation,
) => {
  const { accounts, conversations } = stores;
  const list = (search: string | null, tag: string | null = null) =>
    conversations.page(user.id, forward(10), { archived: false, tag, search });
  return {
    user: await accounts.findUserByName('ÉVA'),
    session: await accounts.findSession(session.id, new Date()),
    apiKey: await stores.apiKeys.findByHash(apiKey.secretHash, new Date()),
    presets: await stores.presets.ofOwner(user.id),
    holds: await stores.holds.ofOwner(user.id),
    answerDefaults: await stores.answerDefaults.ofOwner(user.id),
    collections: await stores.collections.ofOwner(user.id),
    folders: await stores.folders.page(user.id, forward(10)),
    filed: await conversations.page(user.id, forward(10), {
      archived: false,
      tag: null,
      search: null,
      folderId: folder.id,
    }),
    dockerRequests: await stores.dockerRequests.ofOwner(user.id),
    healingAgents: await stores.healings.agentsOfOwner(user.id),
    healings: await stores.healings.ofOwner(user.id),
    batchFiles: await stores.batchFiles.ofOwner(user.id),
    batchFilePart: await stores.batchFiles.part(user.id, batchFile.id, 0),
    batches: await stores.batches.page(user.id, forward(10)),
    batchItems: await stores.batches.items(user.id, batch.id, null, forward(10)),
    lists: await Promise.all([
      list(null),
      list(null, 't'),
      list('cafe'),
      list('数据'),
      list('deepe'),
      list('numb 2'),
    ]),
    messages: await stores.messages.findMany(
      user.id,
      messages.map(({ id }) => id),
    ),
    paths: await Promise.all(messages.map(({ id }) => stores.messages.path(user.id, id, forward(10)))),
    leaves: await Promise.all(messages.map(({ id }) => stores.messages.newestLeaf(user.id, id))),
    end: await stores.messages.path(user.id, leafId ?? '', backward(10)),
    attachments: await Promise.all(attachments.map(({ id }) => readAttachment(stores, id))),
    longChildren: await stores.messages.children(user.id, long.id, null),
    generations: await stores.generations.findMany(
      user.id,
      generations.map(({ id }) => id),
    ),
    audit: { anchor: await stores.audit.anchor(), chain: await readChain(stores.audit) },
    byKey: await stores.generations.findByIdempotencyKey(user.id, 'k'),
    unfinished: await stores.generations.unfinishedAnyOwner(),
  };
};
