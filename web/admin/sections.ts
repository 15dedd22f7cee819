import { msg } from '@lingui/core/macro';

/** The sections of the administration page, each a route below `/admin`. */
export const sections = [
  { path: '/admin/users', label: msg`Users` },
  { path: '/admin/usage', label: msg`Usage` },
  { path: '/admin/keys', label: msg`API keys` },
  { path: '/admin/activity', label: msg`Activity` },
  { path: '/admin/docker', label: msg`Docker` },
  { path: '/admin/resources', label: msg`Resources` },
  { path: '/admin/limits', label: msg`Limits hit` },
  { path: '/admin/holds', label: msg`Legal holds` },
  { path: '/admin/audit', label: msg`Audit log` },
] as const;
