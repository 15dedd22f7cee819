import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Logger } from 'pino';
import { everyAuditEntry } from './auditEvent.ts';
import type { ChainLink } from './chain.ts';
import type { AuditStore } from './store/store.ts';

/** The number of entries between two signed heads of one process. */
const entriesPerHead = 100;

/** A signed position of the chain. An attacker who rewrites the database can't sign another one. */
export interface SignedHead extends ChainLink {
  /** Ed25519 (RFC 8032), in base64. */
  readonly signature: string;
}

const signedText = ({ seq, hash }: ChainLink): Buffer => Buffer.from(`ziggie-audit-head-1:${seq}:${hash}`);

const signHead = ({ seq, hash }: ChainLink, key: KeyObject): SignedHead => ({
  seq,
  hash,
  signature: sign(null, signedText({ seq, hash }), key).toString('base64'),
});

/** Whether the head was signed by `key`, private or public. */
export const isSignedBy = (head: SignedHead, key: KeyObject): boolean => {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return verify(null, signedText(head), publicKey, Buffer.from(head.signature, 'base64'));
};

/** Decorates the audit store: logs a signed head of the chain after every hundred entries. */
export const withSignedHeads = (
  store: AuditStore,
  key: KeyObject,
  log: Pick<Logger, 'info' | 'warn'>,
): AuditStore => {
  // The first entry after a start is signed: the chain may have been replaced while the process was stopped.
  let unsigned = entriesPerHead - 1;

  const logHead = async (): Promise<void> => {
    const newest = { direction: 'forward', size: 1, after: null, before: null } as const;
    const { items } = await store.page(everyAuditEntry, newest);
    const [entry] = items;
    if (entry) log.info({ auditHead: signHead(entry, key) }, 'audit: signed head');
  };

  return {
    ...store,
    async append(events) {
      await store.append(events);
      unsigned += events.length;
      if (unsigned < entriesPerHead) return;
      unsigned = 0;
      await logHead().catch((error: unknown) => log.warn({ err: error }, 'audit: signed head not logged'));
    },
  };
};

/** Parses the signed heads in a log of JSON lines. Skips other lines. */
export const parseSignedHeads = (text: string): readonly SignedHead[] =>
  text.split('\n').flatMap((line) => {
    if (!line.includes('"auditHead"')) return [];
    try {
      const { auditHead } = JSON.parse(line.slice(line.indexOf('{')));
      const { seq, hash, signature } = auditHead;
      const isHead = Number.isInteger(seq) && typeof hash === 'string' && typeof signature === 'string';
      return isHead ? [{ seq, hash, signature }] : [];
    } catch {
      return [];
    }
  });
