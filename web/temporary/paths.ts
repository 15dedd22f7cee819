/** The address of the home page that starts a temporary chat. */
export const newTemporaryPath = '/?temporary';

export const isTemporaryPath = (search: string): boolean => new URLSearchParams(search).has('temporary');
