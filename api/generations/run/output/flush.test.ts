import type { Piece } from '../../answerSource.ts';
import { createGate } from '../../generations.testing.ts';
import { createFlushBuffer } from './flush.ts';

describe('a flusher', () => {
  const text = (value: string): Piece => ({ text: value, thinking: '' });

  it('sends the first piece at once, and all that gathers meanwhile together, in order', async () => {
    const sent: Piece[] = [];
    const gate = createGate();
    const flusher = createFlushBuffer(0, async (piece) => {
      sent.push(piece);
      if (sent.length === 1) await gate.pass();
    });
    await flusher.add(text('one '));
    await gate.reached;
    await flusher.add(text('two '));
    await flusher.add({ text: 'three', thinking: 'hm' });
    expect(sent).toEqual([text('one ')]);
    gate.open();
    await flusher.finish();
    expect(sent).toEqual([text('one '), { text: 'two three', thinking: 'hm' }]);
  });

  it('makes who adds wait where more has gathered than it holds', async () => {
    const gate = createGate();
    let flushed = 0;
    const flusher = createFlushBuffer(0, async (piece) => {
      await gate.pass();
      flushed += piece.text.length;
    });
    await flusher.add(text('x'));
    await gate.reached;
    let isAdded = false;
    const adding = flusher.add(text('y'.repeat(100_000))).then(() => {
      isAdded = true;
    });
    await new Promise(setImmediate);
    expect(isAdded).toBe(false);
    gate.open();
    await adding;
    expect(flushed).toBe(100_001);
  });

  it('sends nothing more after a flush that failed, and says why at each call', async () => {
    let flushes = 0;
    const flusher = createFlushBuffer(0, async () => {
      flushes += 1;
      throw new Error('broken');
    });
    await flusher.add(text('one'));
    await expect(flusher.finish()).rejects.toThrow('broken');
    await expect(flusher.add(text('two'))).rejects.toThrow('broken');
    await expect(flusher.finish()).rejects.toThrow('broken');
    expect(flushes).toBe(1);
  });

  it('sends no empty piece', async () => {
    const flusher = createFlushBuffer(0, async () => {
      throw new Error('an empty piece');
    });
    await flusher.finish();
  });
});
