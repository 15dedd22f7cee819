import { pino } from 'pino';
import { createKeyedLimit } from '../process/keyedLimit.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { at, newConversation } from '../stores/stores.contract.ts';
import { newAttachment } from './attachments.testing.ts';
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
      clock: () => new Date(at(1).getTime() + keptMs.unsent + 1),
      log: pino({ level: 'silent' }),
    });
    await sweep(new AbortController().signal);
    expect(await stores.attachments.text(ownerId, sent.id)).toBe('text');
    expect(await stores.attachments.find(ownerId, unsent.id)).toBeNull();
    await stores.close();
  });
});
