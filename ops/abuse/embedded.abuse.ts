import { testFloods } from './suite.ts';
import { startEmbedded } from './target.ts';

describe('floods of a server on one core with 512 MB, on the embedded store', () => {
  testFloods(1, startEmbedded);
});
