/** The sections of the administration page, each a route below `/admin`. */
export const sections = [
  { path: '/admin/users', label: 'Users' },
  { path: '/admin/usage', label: 'Usage' },
  { path: '/admin/keys', label: 'API keys' },
  { path: '/admin/activity', label: 'Activity' },
  { path: '/admin/docker', label: 'Docker' },
  { path: '/admin/resources', label: 'Resources' },
  { path: '/admin/limits', label: 'Limits hit' },
  { path: '/admin/audit', label: 'Audit log' },
] as const;
