/** Relay types an enum as open, because a newer server may know more values. */
export const isActive = (status: string | null | undefined): boolean =>
  status === 'QUEUED' || status === 'RUNNING';
