const key = 'ziggie.signedIn';

/** Records that this browser has a session, so that its end can be explained. */
export const recordSession = (): void => {
  try {
    localStorage.setItem(key, '1');
  } catch {
    // Without storage, the sign-in page gives no reason.
  }
};

/** Records that the session was ended on purpose. */
export const forgetSession = (): void => {
  try {
    localStorage.removeItem(key);
  } catch {
    // Without storage there is nothing to forget.
  }
};

/** Whether this browser had a session, which the server no longer accepts. */
export const hadSession = (): boolean => {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
};
