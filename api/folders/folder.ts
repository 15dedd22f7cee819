/** A folder of conversations, which its owner names. */
export interface Folder {
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  /** Used by conversations in it that have none of their own. */
  readonly systemPrompt: string | null;
  /** The collections that the answers of its conversations search beside their own. */
  readonly collectionIds: readonly string[];
  readonly createdAt: Date;
}

export type FolderPatch = Partial<Pick<Folder, 'name' | 'systemPrompt' | 'collectionIds'>>;

/** Maximum lengths in UTF-16 units, and maximum folders per user. */
export const folderLimits = { name: 100, systemPrompt: 100_000, folders: 100 } as const;
