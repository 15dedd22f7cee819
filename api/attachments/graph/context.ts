import type DataLoader from 'dataloader';
import type { LoaderScope, Loaders } from '../../graph/context.ts';
import { createLoader, createRowLoader } from '../../graph/loaders.ts';
import type { Attachment } from '../attachment.ts';
import type { FoundPassage, Indexing } from '../passages/passage.ts';
import type { PassageStore } from '../passages/store/store.ts';
import type { Attachments } from '../service.ts';
import type { AttachmentStore } from '../store/store.ts';

/** A passage of a document, by its number. */
export interface PassageKey {
  readonly attachmentId: string;
  readonly passage: number;
}

/** A range of a document's text, in UTF-16 units. */
export interface DocumentPart {
  readonly attachmentId: string;
  readonly start: number;
  readonly end: number;
}

declare module '../../graph/context.ts' {
  interface Services {
    readonly attachments: Attachments;
  }
  interface Stores {
    readonly passages: PassageStore;
    readonly attachments: AttachmentStore;
  }
  interface Loaders {
    readonly indexing: DataLoader<string, Indexing | null>;
    readonly attachment: DataLoader<string, Attachment | null>;
    /** Null if the document is absent. */
    readonly documentPart: DataLoader<DocumentPart, string | null>;
    readonly passage: DataLoader<PassageKey, FoundPassage | null>;
  }
}

export const attachmentLoaders = (
  scope: LoaderScope,
): Pick<Loaders, 'attachment' | 'indexing' | 'documentPart' | 'passage'> => {
  const { services, viewer } = scope;
  const { attachments, passages } = services.stores;
  const readerId = viewer?.user.id ?? '';
  return {
    documentPart: createLoader(async (keys) => {
      const parts = new Map<DocumentPart, string>();
      for (const id of new Set(keys.map(({ attachmentId }) => attachmentId))) {
        const text = await attachments.readableText(readerId, id);
        if (text === null) continue;
        for (const key of keys) if (key.attachmentId === id) parts.set(key, copyOf(text, key));
      }
      return keys.map((key) => parts.get(key) ?? null);
    }),
    passage: createLoader(async (keys) => {
      const found = new Map<string, FoundPassage>();
      for (const id of new Set(keys.map(({ attachmentId }) => attachmentId))) {
        const numbers = keys.flatMap((key) => (key.attachmentId === id ? [key.passage] : []));
        for (const one of await passages.findMany(readerId, id, numbers))
          found.set(`${id}/${one.number}`, one);
      }
      return keys.map(({ attachmentId, passage }) => found.get(`${attachmentId}/${passage}`) ?? null);
    }),
    indexing: createRowLoader(scope, (ids) => passages.indexing(readerId, ids)),
    attachment: createRowLoader(scope, (ids) => attachments.findReadable(readerId, ids)),
  };
};

/** Returns a part without halves of characters. A copy, because a slice keeps the whole text in memory. */
const copyOf = (text: string, { start, end }: DocumentPart): string => {
  const part = text.slice(Math.max(0, start), end);
  return Buffer.from(part.replace(/^[\uDC00-\uDFFF]/, '').replace(/[\uD800-\uDBFF]$/, '')).toString();
};
