/** Docker's health check: exits with 0 if the server in this container has started and is alive, else with 1. */
const url = `http://127.0.0.1:${process.env.PORT || '8000'}/health/startup`;
const answer = await fetch(url, { signal: AbortSignal.timeout(4000) }).catch(() => null);
process.exitCode = answer?.ok ? 0 : 1;
