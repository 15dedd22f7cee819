import { ProgressBar } from './progress.ts';

function drawn(isTTY: boolean, updates: readonly (readonly [number, number | null])[]): string[] {
  const written: string[] = [];
  const bar = new ProgressBar({ isTTY, columns: 80, write: (text) => written.push(text) }, 'Fetching');
  for (const [received, total] of updates) bar.update(received, total);
  bar.end();
  return written;
}

describe('a progress bar', () => {
  it('is one line on a terminal, redrawn in place and cleared at the end', () => {
    const written = drawn(true, [
      [0, 98e6],
      [98e6, 98e6],
    ]);
    expect(written).toHaveLength(3);
    expect(written[1]).toMatch(/^\r.*Fetching █{28} 100 %\s+98\.0 of 98\.0 MB\s+[\d.]+ MB\/s$/);
    expect(written.join('')).not.toContain('\n');
  });

  it('is redrawn at a limited rate', () => {
    expect(
      drawn(
        true,
        Array.from({ length: 1_000 }, (_, i) => [i, 98e6] as const),
      ),
    ).toHaveLength(2);
  });

  it('is a few lines if the output is no terminal', () => {
    const written = drawn(
      false,
      Array.from({ length: 1_001 }, (_, i) => [i * 98_000, 98e6] as const),
    );
    expect(written.map((line) => line.match(/\d+ %/)?.[0])).toEqual(['0 %', '25 %', '50 %', '75 %', '100 %']);
  });

  it('works without a total', () => {
    expect(drawn(false, [[5e6, null]])).toEqual(['Fetching  5.0 MB\n']);
  });
});
