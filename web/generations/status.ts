/** Relay's enum types are open, because a newer server may have more values. */
export const isActive = (status: string | null | undefined): boolean =>
  status === 'QUEUED' || status === 'RUNNING';
