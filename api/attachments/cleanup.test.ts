import { pino } from 'pino';
import { createKeyedLimit } from '../process/keyedLimit.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { at, newConversation, newId } from '../stores/stores.contract.ts';
import { newAttachment, sha256Of } from './attachments.testing.ts';
import { createAttachmentCleanup, keptMs } from './cleanup.ts';

describe('the sweep of attachments', () => {
  it('keeps one that is sent while it runs', async () => {
    const stores = await openTemporaryStores();
    const conversation = newConversation();
    const { ownerId } = conversation;
    await stores.conversations.insert(conversation);
    const [sent, unsent] = [newAttachment({ ownerId }), newAttachment({ ownerId })];
    for (const attachment of [sent, unsent]) await stores.attachments.insert(attachment, 'text');
    const { sweep } = createAttachmentCleanup({
      attachments: stores.attachments,
      files: stores.attachmentFiles,
      fileChanges: createKeyedLimit(1),
      isHeld: async () => {
        await stores.attachments.assign(ownerId, [sent.id], conversation.id);
        return false;
      },
      isUser: async () => true,
      clock: () => new Date(at(1).getTime() + keptMs.unsent + 1),
      log: pino({ level: 'silent' }),
    });
    await sweep(new AbortController().signal);
    expect(await stores.attachments.text(ownerId, sent.id)).toBe('text');
    expect(await stores.attachments.find(ownerId, unsent.id)).toBeNull();
    await stores.close();
  });

  it('deletes files without an attachment, but none of users that the database does not have', async () => {
    const stores = await openTemporaryStores();
    const files = stores.attachmentFiles;
    const [user, stranger] = [newId(), newId()];
    const [orphan, kept] = [
      await files.write({ ownerId: user, id: newId(), sha256: sha256Of('a') }, Buffer.from('a')),
      await files.write({ ownerId: stranger, id: newId(), sha256: sha256Of('b') }, Buffer.from('b')),
    ];
    const { sweep } = createAttachmentCleanup({
      attachments: stores.attachments,
      files,
      fileChanges: createKeyedLimit(1),
      isHeld: async () => false,
      isUser: async (id) => id === user,
      clock: () => new Date(Date.now() + 2 * 60 * 60 * 1000),
      log: pino({ level: 'silent' }),
    });
    await sweep(new AbortController().signal);
    await expect(files.open(orphan)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    (await files.open(kept)).destroy();
    await stores.close();
  });
});
