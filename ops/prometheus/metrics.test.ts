import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startTestApp, type TestApp } from '../../api/http/testing/app.testing.ts';
import { eventually } from '../../api/process/eventually.testing.ts';
import { stdioCommand } from '../../api/tools/mcp/mcp.testing.ts';
import { dashboards } from '../grafana/dashboards.ts';
import { dashboardJson } from '../grafana/printDashboards.ts';
import { parseExpression, seriesOf } from './promql.ts';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly for: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

interface Started {
  readonly generate: { readonly generation: { readonly id: string } };
}

interface CreatedPreset {
  readonly createPreset: { readonly preset: { readonly id: string } };
}

interface Found {
  readonly node: { readonly toolCalls: readonly { readonly id: string; readonly state: string }[] };
}

const repo = new URL('../../', import.meta.url);
const text = (path: string) => readFile(new URL(path, repo), 'utf8');

/** Labels that Prometheus adds to every series, and its own metric. */
const targetLabels = ['job', 'instance'];
const ofPrometheus: Readonly<Record<string, readonly string[]>> = { up: [] };

const rules = async () => {
  const { groups }: Rules = parse(await text('ops/prometheus/alerts.yml'));
  return groups.flatMap((group) => group.rules);
};

describe('dashboards and alerts', () => {
  let app: TestApp;
  let folder: string;
  let series: ReadonlyMap<string, ReadonlySet<string>>;

  /** Uses every surface, so that every metric has series. */
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-metrics-'));
    const toolsFile = join(folder, 'tools.json');
    const servers = [{ name: 'test', ...stdioCommand, tools: [{ name: 'add' }] }];
    await writeFile(toolsFile, JSON.stringify({ servers }));
    app = await startTestApp({
      env: { RATE_LIMIT: '3/1h', CALLER_LIMITS: 'userStreams=1', TOOLS_FILE: toolsFile },
    });
    app.standin.play({
      capabilities: ['completion', 'tools'],
      chat: ({ messages }) =>
        JSON.stringify(messages).includes('"role":"tool"')
          ? { tokens: ['Done.'] }
          : { toolCalls: [{ name: 'test_add', arguments: { a: 1, b: 1 } }] },
    });
    const { data } = await app.graphql<Started>(
      'mutation { generate(input: { prompt: "Hi.", tools: ["test_add"] }) { generation { id } } }',
    );
    // Its tool may write, so its user decides on the call.
    const id = data?.generate.generation.id;
    const waiting = await eventually(
      async () => {
        const found = await app.graphql<Found>(
          `{ node(id: "${id}") { ... on Generation { toolCalls { id state } } } }`,
        );
        return found.data?.node.toolCalls.find(({ state }) => state === 'WAITING')?.id;
      },
      (call) => call !== undefined,
    );
    await app.graphql(
      `mutation { decideToolCall(input: { id: "${waiting}", decision: ALLOW }) { __typename } }`,
    );
    await app.line(({ msg }) => msg === 'generation ended');
    app.standin.play({});
    const metrics = async () => (await fetch(`${app.url}/metrics`)).text();
    const { data: created } = await app.graphql<CreatedPreset>(
      'mutation { createPreset(input: { definition: { name: "mine", title: "Mine", template: "Hi." } }) { preset { id } } }',
    );
    await app.graphql(
      `mutation { runBatch(input: { presetId: "${created?.createPreset.preset.id}", inputs: [{}] }) { __typename } }`,
    );
    await eventually(
      async () => (await metrics()).includes('ziggie_batches_total{'),
      (isPrinted) => isPrinted,
    );
    const complete = () =>
      app.post('/v1/chat/completions', { model: 'stand-in', messages: [{ role: 'user', content: 'Hello' }] });
    expect((await complete()).status).toBe(200);
    expect((await complete()).status).toBe(429);
    await app.graphql('{ __typename }');
    await app.graphql('{ nothing { here } }');
    await app.graphql('mutation { cancelGeneration(input: { id: "none" }) { generation { id } } }');
    const stop = new AbortController();
    const subscribe = () =>
      fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: {
          Accept: 'text/event-stream',
          'Content-Type': 'application/json',
          Authorization: `Bearer ${app.token}`,
        },
        body: JSON.stringify({ query: 'subscription { conversationChanged { __typename } }' }),
        signal: stop.signal,
      });
    const streams = [await subscribe(), await subscribe()];
    series = seriesOf(await metrics());
    stop.abort();
    for (const { body } of streams) await body?.cancel().catch(() => {});
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  /** Returns what the server doesn't print of an expression. */
  const missing = (expr: string): readonly string[] => {
    const { selectors, groupedBy } = parseExpression(expr);
    const known = new Set(targetLabels);
    const unknown = selectors.flatMap(({ metric, labels }) => {
      const printed = series.get(metric) ?? ofPrometheus[metric];
      if (!printed) return [metric];
      for (const label of printed) known.add(label);
      return labels
        .filter((label) => ![...printed, ...targetLabels].includes(label))
        .map((label) => `${metric}{${label}}`);
    });
    return [...unknown, ...groupedBy.filter((label) => !known.has(label)).map((label) => `by (${label})`)];
  };

  it('name only metrics and labels that the server prints', async () => {
    const alerts = (await rules()).map(({ expr }) => expr);
    const panels = dashboards
      .flatMap(({ panels: all }) => all)
      .flatMap(({ queries }) => queries.map(({ expr }) => expr));
    expect([alerts.length > 15, panels.length > 40]).toEqual([true, true]);
    const wrong = [...alerts, ...panels]
      .map((expr) => [expr, missing(expr)] as const)
      .filter(([, names]) => names.length > 0);
    expect(wrong).toEqual([]);
  });

  it('find a metric that the server does not print, a wrong label, and wrong syntax', () => {
    expect(missing('rate(ziggie_nothing_total[5m])')).toEqual(['ziggie_nothing_total']);
    expect(missing('sum by (user) (rate(ziggie_generations_total{owner="a"}[5m]))')).toEqual([
      'ziggie_generations_total{owner}',
      'by (user)',
    ]);
    expect(() => parseExpression('sum(rate(ziggie_generations_total[5m])')).toThrow('Syntax error');
  });

  it('have legends of labels that remain in the result', () => {
    const wrong = dashboards
      .flatMap(({ panels }) => panels.flatMap(({ queries }) => queries))
      .filter(({ expr, legend }) => {
        const { groupedBy, selectors } = parseExpression(expr);
        const isAggregated = /\b(?:sum|max|min|count)\b/.test(expr);
        const labels = isAggregated
          ? groupedBy
          : [...targetLabels, ...selectors.flatMap(({ metric }) => [...(series.get(metric) ?? [])])];
        return [...legend.matchAll(/\{\{(\w+)\}\}/g)].some(([, label = '']) => !labels.includes(label));
      });
    expect(wrong).toEqual([]);
  });

  it('are printed to the files that Grafana reads', async () => {
    for (const dashboard of dashboards) {
      expect(await text(`ops/grafana/dashboards/${dashboard.uid}.json`)).toBe(dashboardJson(dashboard));
    }
  });

  it('link each alert to its section of the runbook', async () => {
    const runbook = await text('docs/operations.md');
    for (const { alert, annotations, labels } of await rules()) {
      expect(annotations.runbook_url).toMatch(new RegExp(`/docs/operations\\.md#${alert.toLowerCase()}$`));
      expect(['critical', 'warning', 'info']).toContain(labels.severity);
      expect(runbook).toContain(`\n### ${alert}\n`);
    }
  });
});
