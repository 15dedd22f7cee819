import type { Viewer } from '../../access/viewer.ts';
import type { DocumentCollections } from '../../collections/service.ts';
import { viewerActor } from '../actor.ts';
import type { AuditAction } from '../auditEvent.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates the collections service: records who creates, changes, fills, shares, withdraws and deletes which collection, without names. */
export const decorateCollections = (
  collections: DocumentCollections,
  recorder: AuditRecorder,
): DocumentCollections => {
  const onCollection =
    <Result>(action: AuditAction, work: (viewer: Viewer, id: string) => Promise<Result>) =>
    (viewer: Viewer, id: string) =>
      recorder.attempt({ action, actor: viewerActor(viewer), targetId: id }, () => work(viewer, id));
  const onDocuments =
    (action: AuditAction, work: DocumentCollections['addDocuments']): DocumentCollections['addDocuments'] =>
    (viewer, id, attachmentIds) =>
      recorder.attempt(
        {
          action,
          actor: viewerActor(viewer),
          targetId: id,
          details: {
            attachmentIds: attachmentIds.slice(0, maxIds).join(' '),
            documents: attachmentIds.length,
          },
        },
        () => work(viewer, id, attachmentIds),
      );
  return {
    ...collections,
    create: (viewer, input) =>
      recorder.attempt(
        {
          action: 'CREATE_COLLECTION',
          actor: viewerActor(viewer),
          onSuccess: ({ id }) => ({ targetId: id }),
        },
        () => collections.create(viewer, input),
      ),
    update: (viewer, id, patch) =>
      recorder.attempt({ action: 'UPDATE_COLLECTION', actor: viewerActor(viewer), targetId: id }, () =>
        collections.update(viewer, id, patch),
      ),
    share: onCollection('SHARE_COLLECTION', collections.share),
    withdraw: onCollection('WITHDRAW_COLLECTION', collections.withdraw),
    delete: onCollection('DELETE_COLLECTION', collections.delete),
    addDocuments: onDocuments('ADD_DOCUMENTS', collections.addDocuments),
    removeDocuments: onDocuments('REMOVE_DOCUMENTS', collections.removeDocuments),
  };
};

/** Maximum attachment ids in an entry. */
const maxIds = 100;
