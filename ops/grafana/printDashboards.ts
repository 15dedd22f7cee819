import { readFile, writeFile } from 'node:fs/promises';
import { type Dashboard, dashboards, type Panel } from './dashboards.ts';

/**
 * Writes the dashboards as JSON, which Grafana imports. With `--check`, only checks that the files are current, and exits
 * with 1 if one is not.
 */
const folder = new URL('dashboards/', import.meta.url);

const datasource = { type: 'prometheus', uid: 'prometheus' };
/** Two panels beside each other, in units of Grafana's grid of 24 columns. */
const width = 12;
const height = 8;

const panelOf = ({ title, description, unit, type = 'timeseries', queries }: Panel, index: number) => ({
  id: index + 1,
  type,
  title,
  description,
  datasource,
  gridPos: { x: (index % 2) * width, y: Math.floor(index / 2) * height, w: width, h: height },
  fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
  options: type === 'stat' ? { textMode: 'value_and_name' } : { tooltip: { mode: 'multi' } },
  targets: queries.map(({ expr, legend }, query) => ({
    refId: String.fromCharCode(65 + query),
    datasource,
    expr,
    legendFormat: legend,
    exemplar: expr.includes('_bucket'),
  })),
});

export const dashboardJson = ({ uid, title, panels }: Dashboard): string => {
  const json = {
    uid,
    title,
    tags: ['ziggie'],
    schemaVersion: 41,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    panels: panels.map(panelOf),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
};

if (import.meta.main) {
  for (const dashboard of dashboards) {
    const file = new URL(`${dashboard.uid}.json`, folder);
    const json = dashboardJson(dashboard);
    if (!process.argv.includes('--check')) await writeFile(file, json);
    else if ((await readFile(file, 'utf8').catch(() => '')) !== json) {
      process.stderr.write('ops/grafana/dashboards is not current. Run: npm run dashboards\n');
      process.exitCode = 1;
    }
  }
}
