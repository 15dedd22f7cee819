/** A read-only link to one version of a conversation. Anyone who has the link can read it. */
export interface Share {
  /** ULID. */
  readonly id: string;
  readonly ownerId: string;
  readonly conversationId: string;
  /** The last message that is shared. Later messages and other versions aren't. */
  readonly leafId: string;
  /** SHA-256 of the secret, in hex. */
  readonly secretHash: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}
