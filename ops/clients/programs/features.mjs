/** The server and the key, as the test passes them. */
export const settings = {
  url: process.env.CLIENT_URL,
  key: process.env.CLIENT_KEY,
  model: process.env.CLIENT_MODEL,
};

/** Runs features in order, each of which resolves to whether it works. Prints one JSON line for each. */
export const run = async (features) => {
  for (const [feature, check] of Object.entries(features)) {
    const outcome = await check().then(
      (works) => ({ works, reason: works ? null : 'unexpected answer' }),
      (error) => ({ works: false, reason: String(error?.message ?? error) }),
    );
    process.stdout.write(`${JSON.stringify({ feature, ...outcome })}\n`);
  }
};
