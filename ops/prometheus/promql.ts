import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A selector of series in an expression: the metric and the labels that it matches. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface Expression {
  readonly selectors: readonly Selector[];
  /** The labels of `by (…)`, without `le`. */
  readonly groupedBy: readonly string[];
}

/** Parses PromQL. Variables of Grafana, such as `$__rate_interval`, count as 1m. Throws `Error` at the first syntax error. */
export const parseExpression = (text: string): Expression => {
  const source = text.replaceAll('$__rate_interval', '1m');
  const slice = ({ from, to }: SyntaxNode) => source.slice(from, to);
  const selectors: Selector[] = [];
  const groupedBy: string[] = [];
  parser.parse(source).iterate({
    enter({ node, type, from }) {
      if (type.isError) throw new Error(`Syntax error at character ${from} of: ${source}`);
      if (type.name === 'VectorSelector') {
        const metric = node.getChild('Identifier');
        if (!metric) throw new Error(`A selector names no metric: ${slice(node)}`);
        const labels: string[] = [];
        node.cursor().iterate((inner) => {
          if (inner.type.name === 'LabelName') labels.push(slice(inner.node));
        });
        selectors.push({ metric: slice(metric), labels });
      }
      if (type.name === 'GroupingLabels') {
        for (const label of node.getChildren('LabelName')) groupedBy.push(slice(label));
      }
      return undefined;
    },
  });
  return { selectors, groupedBy: groupedBy.filter((label) => label !== 'le') };
};

/** Returns the labels of each series name in Prometheus's text format; for a metric without series yet, none. */
export const seriesOf = (text: string): ReadonlyMap<string, ReadonlySet<string>> => {
  const series = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [, declared] = /^# TYPE (\S+)/.exec(line) ?? [];
    if (declared) series.set(declared, series.get(declared) ?? new Set());
    const [, name, labels = ''] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (!name) continue;
    const known = series.get(name) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label);
    series.set(name, known);
  }
  return series;
};
