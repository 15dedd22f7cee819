import { TextDecoder, TextEncoder } from 'node:util';
import { i18n } from '@lingui/core';

// jsdom lacks both, every browser has them, and the router needs them.
Object.assign(globalThis, { TextDecoder, TextEncoder });

i18n.loadAndActivate({ locale: 'en', messages: {} });
