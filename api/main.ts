import { beforeLoading } from './startup/beforeLoading.ts';

// The built server's stack traces name the sources.
if (!import.meta.filename.endsWith('.ts')) process.setSourceMapsEnabled(true);
beforeLoading(process.env);
await import('./serve.ts');
