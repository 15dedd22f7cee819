import { TextDecoder, TextEncoder } from 'node:util';

// jsdom has neither, every browser has both, and the router wants them.
Object.assign(globalThis, { TextDecoder, TextEncoder });
