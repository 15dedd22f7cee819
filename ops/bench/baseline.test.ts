import { baselineOf, worseThan } from './baseline.ts';
import { sectionOf } from './docs.ts';
import type { Row } from './report.ts';

const row = (target: string, ratio: number | null, scenario = 'tokens'): Row => ({
  scenario,
  target,
  figures: { 'CPU per token, µs': 40 },
  ratio,
  spread: ratio === null ? null : 1.1,
});

describe('the baseline', () => {
  const baseline = baselineOf([row('floor', 1), row('service, REST', 1.504), row('service, OpenAI', null)]);

  it('has the ratios of the service', () => {
    expect(baseline).toEqual({ tokens: { 'service, REST': 1.5 } });
  });

  it('is exceeded by a ratio that is more than 1.3 times as high', () => {
    expect(worseThan(baseline, [row('service, REST', 1.94)])).toEqual([]);
    expect(worseThan(baseline, [row('service, REST', 1.96)])).toMatchObject([{ expected: 1.5 }]);
    expect(worseThan(baseline, [row('service, OpenAI', 9), row('service, REST', 9, 'burst')])).toEqual([]);
  });
});

it('prints the results of a run as a section with a table per scenario', () => {
  const section = sectionOf('embedded', {
    ...{ at: '2026-11-27T03:00:00.000Z', cpu: 'a CPU', cores: 16, memoryGb: 64, isPinned: true, load: 0.25 },
    ...{ node: 'v24.0.0', commit: 'abc', base: null, isScaled: false, rounds: 5 },
    rows: [row('floor', 1), row('service, REST', 1.5), row('service, REST', null, 'first')],
  });
  expect(section).toContain(
    '## embedded\n\na CPU, 16 cores, 64 GB; the server has a core for itself; load 0.3;',
  );
  expect(section).toContain('### tokens\n\n| target | to the floor |');
  expect(section).toContain('| service, REST | 1.50x | 1.10x | 40.0 |');
  expect(section).toContain('### first\n');
});
