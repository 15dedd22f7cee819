/** The folder of the files. Objects elsewhere in the bucket are of others: they are neither listed nor deleted. */
export const bucketFolder = 'ziggie-llm/attachments/';

/** Returns the key of an attachment's file that is in a bucket. Keys of other stores have two parts. */
export const bucketKey = (ownerId: string, id: string): string => `${ownerId}/s3/${id}`;

/** Returns the parts of a key; null if the file is not in a bucket. */
export const bucketKeyOf = (key: string): { readonly ownerId: string; readonly id: string } | null => {
  const [, ownerId, id] = /^([\w-]{1,64})\/s3\/([\w-]{1,64})$/.exec(key) ?? [];
  return ownerId && id ? { ownerId, id } : null;
};
