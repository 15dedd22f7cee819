import { t } from '@lingui/core/macro';

/** Returns the server's rules for a new password. */
export const passwordHint = (): string => t`At least 12 characters; a few unrelated words do well.`;
