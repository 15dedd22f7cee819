import { createGrammarCompiler, type GrammarCompiler } from './grammarCompiler.llama.ts';
import { describeWithModel } from './model.testing.ts';

/** A grammar whose compilation takes time in proportion to the square of its alternatives. */
const grammarOf = (alternatives: number): string =>
  `root ::= ${Array.from({ length: alternatives }, (_, index) => `"value ${index}"`).join(' | ')}`;

describeWithModel('grammars compiled in a worker', () => {
  let compiler: GrammarCompiler;
  afterEach(() => compiler.close());

  it('are accepted if they compile fast', async () => {
    compiler = createGrammarCompiler();
    await Promise.all([compiler.check(grammarOf(10)), compiler.check(grammarOf(20))]);
    await compiler.check(grammarOf(10));
  }, 60_000);

  it('are rejected with the error of llama.cpp', async () => {
    compiler = createGrammarCompiler();
    await expect(compiler.check('root ::= root')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await compiler.check(grammarOf(10));
  }, 60_000);

  it('are rejected if they take too much time of the processor, which the event loop does not notice', async () => {
    compiler = createGrammarCompiler();
    await compiler.check(grammarOf(10));
    let iterations = 0;
    let isDone = false;
    const count = () => {
      iterations += 1;
      if (!isDone) setImmediate(count);
    };
    count();
    await expect(compiler.check(grammarOf(20_000))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('takes too long to compile'),
    });
    isDone = true;
    // A compilation in this thread would leave it three: one for each message, and the one before.
    expect(iterations).toBeGreaterThan(20);
  }, 60_000);

  it('are rejected after a time limit, and the next one is compiled by another worker', async () => {
    compiler = createGrammarCompiler({ timeoutMs: 1000 });
    await expect(compiler.check(grammarOf(60_000))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await compiler.check(grammarOf(10));
  }, 60_000);

  it('are rejected after the engine was closed', async () => {
    compiler = createGrammarCompiler();
    await compiler.check(grammarOf(10));
    await compiler.close();
    await expect(compiler.check(grammarOf(11))).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  }, 60_000);
});
