import { join } from 'node:path';
import babel from '@rolldown/plugin-babel';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { catalogs } from './language/catalogs.ts';
import { compileMessages } from './language/compileMessages.ts';
import { precompress } from './precompress.ts';

const apiPort = process.env.PORT || '8000';
const webPort = Number(process.env.WEB_PORT || '3000');
const reactRouter = join(import.meta.dirname, '../node_modules/react-router/dist/production/index.mjs');
const api = `http://127.0.0.1:${apiPort}`;

export default defineConfig({
  root: import.meta.dirname,
  // Relative addresses: the server may be below a path, which the build doesn't know.
  base: './',
  plugins: [
    react(),
    // plugin-react has no `babel` option since Vite 8: Relay's transform goes through a plugin of its own.
    babel({
      include: /\/web\/.*\.tsx?$/,
      presets: [['@babel/preset-typescript', { onlyRemoveTypeImports: true }]],
      // English messages stay in the code, so that it needs no catalog.
      plugins: [
        ['relay', { eagerEsModules: true }],
        ['@lingui/lingui-macro', { descriptorFields: 'message' }],
        compileMessages,
      ],
    }),
    catalogs(),
    tailwindcss(),
    precompress(),
  ],
  resolve: {
    alias: [
      // The entry without the legacy containers, which bundlers can't drop from a CommonJS module.
      { find: /^react-relay$/, replacement: 'react-relay/hooks' },
      // Its package offers the development build only by its name, with warnings and their texts.
      { find: /^react-router$/, replacement: reactRouter },
      // All browsers that run the app have the function itself.
      {
        find: /^@ungap\/structured-clone$/,
        replacement: join(import.meta.dirname, 'messages', 'markdown', 'structuredClone.ts'),
      },
    ],
  },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', reportCompressedSize: false },
  server: {
    port: webPort,
    strictPort: true,
    proxy: {
      '/graphql': { target: api, ws: true },
      '/api': api,
      '/v1': api,
      '/docs': api,
      '/openapi.json': api,
      '/health': api,
      '/metrics': api,
      '/mcp': api,
    },
  },
});
