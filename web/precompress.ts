import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = /\.(js|css|svg|ttf)$/;
/** The minimum size for compression, in bytes: a page loads dozens of small chunks. */
const smallest = 128;

const brotli = promisify(brotliCompress);
const gz = promisify(gzip);

/** Writes `.br` and `.gz` files beside the built files. The server sends them as they are and compresses nothing itself. */
export const precompress = (): Plugin => ({
  name: 'precompress',
  apply: 'build',
  async writeBundle({ dir = '' }, bundle) {
    /** The app's own code, which each visit loads. The rest, such as the grammars of languages, is rarely needed. */
    const isOwn = (path: string): boolean => {
      const file = bundle[relative(dir, path)];
      return file?.type === 'chunk' && file.moduleIds.some((id) => !id.includes('node_modules'));
    };
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    await Promise.all(
      entries
        .filter((entry) => entry.isFile() && compressible.test(entry.name))
        .map(async (entry) => {
          const path = join(entry.parentPath, entry.name);
          const content = await readFile(path);
          if (content.length < smallest) return;
          // The best quality takes ten times as long.
          const quality = { [constants.BROTLI_PARAM_QUALITY]: isOwn(path) ? 11 : 9 };
          await writeFile(`${path}.br`, await brotli(content, { params: quality }));
          await writeFile(`${path}.gz`, await gz(content, { level: 9 }));
        }),
    );
  },
});
