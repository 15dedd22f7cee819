/** Whether the server in this container lives, for Docker: exits with 0 or 1. */
const url = `http://127.0.0.1:${process.env.PORT || '8000'}/health/live`;
const answer = await fetch(url, { signal: AbortSignal.timeout(4000) }).catch(() => null);
process.exitCode = answer?.ok ? 0 : 1;
