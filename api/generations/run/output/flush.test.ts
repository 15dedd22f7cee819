import type { AnswerText } from '../../answerSource.ts';
import { createGate } from '../../generations.testing.ts';
import { createFlushBuffer } from './flush.ts';

describe('a flush buffer', () => {
  const text = (value: string): AnswerText => ({ text: value, thinking: '' });

  it('flushes the first chunk at once, and buffered ones together, in order', async () => {
    const sent: AnswerText[] = [];
    const gate = createGate();
    const buffer = createFlushBuffer(0, async (chunk) => {
      sent.push(chunk);
      if (sent.length === 1) await gate.pass();
    });
    await buffer.add(text('one '));
    await gate.reached;
    await buffer.add(text('two '));
    await buffer.add({ text: 'three', thinking: 'hm' });
    expect(sent).toEqual([text('one ')]);
    gate.open();
    await buffer.finish();
    expect(sent).toEqual([text('one '), { text: 'two three', thinking: 'hm' }]);
  });

  it('makes add wait while more is buffered than it holds', async () => {
    const gate = createGate();
    let flushed = 0;
    const buffer = createFlushBuffer(0, async (chunk) => {
      await gate.pass();
      flushed += chunk.text.length;
    });
    await buffer.add(text('x'));
    await gate.reached;
    let isAdded = false;
    const adding = buffer.add(text('y'.repeat(100_000))).then(() => {
      isAdded = true;
    });
    await new Promise(setImmediate);
    expect(isAdded).toBe(false);
    gate.open();
    await adding;
    expect(flushed).toBe(100_001);
  });

  it('goes on after it had nothing to flush', async () => {
    const sent: string[] = [];
    const buffer = createFlushBuffer(1, async (chunk) => {
      sent.push(chunk.text);
    });
    for (const value of ['one', 'two', 'three']) {
      await buffer.finish();
      await buffer.add(text(value));
      await buffer.add(text(''));
      await buffer.finish();
      await buffer.finish();
    }
    expect(sent).toEqual(['one', 'two', 'three']);
  });

  it('has room while little is buffered, and none after a failed flush', async () => {
    const gate = createGate();
    const buffer = createFlushBuffer(0, async () => {
      await gate.pass();
      throw new Error('broken');
    });
    expect(buffer.hasRoom).toBe(true);
    await buffer.add(text('x'));
    await gate.reached;
    await buffer.add(text('y'.repeat(1000)));
    expect(buffer.hasRoom).toBe(true);
    await buffer.add(text('y'.repeat(40_000)));
    expect(buffer.hasRoom).toBe(false);
    gate.open();
    await expect(buffer.finish()).rejects.toThrow('broken');
    expect(buffer.hasRoom).toBe(false);
  });

  it('stops after a failed flush, and throws its error at each call', async () => {
    let flushes = 0;
    const buffer = createFlushBuffer(0, async () => {
      flushes += 1;
      throw new Error('broken');
    });
    await buffer.add(text('one'));
    await expect(buffer.finish()).rejects.toThrow('broken');
    await expect(buffer.add(text('two'))).rejects.toThrow('broken');
    await expect(buffer.finish()).rejects.toThrow('broken');
    expect(flushes).toBe(1);
  });

  it('flushes no empty chunk', async () => {
    const buffer = createFlushBuffer(0, async () => {
      throw new Error('an empty chunk');
    });
    await buffer.finish();
  });
});
