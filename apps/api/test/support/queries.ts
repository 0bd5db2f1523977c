import { parser } from '@prometheus-io/lezer-promql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './image.js';

/** One query in the language of Prometheus, and where it stands. */
export interface Query {
  readonly of: string;
  readonly text: string;
}

/** What a query asks for. */
export interface Asked {
  readonly metrics: readonly string[];
  /** Metrics within a function that is for what only grows. */
  readonly growing: readonly string[];
  /** Labels by metric that are matched, and those that anything is grouped by. */
  readonly labels: readonly { readonly metrics: readonly string[]; readonly label: string }[];
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const GROWING: readonly string[] = ['Rate', 'Increase', 'Irate'];
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The alerts of deploy/alerts.yml. */
export function alerts(): Query[] {
  const { groups } = parse(read('deploy/alerts.yml')) as { groups: { rules: { alert: string; expr: string }[] }[] };
  return groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ of: alert, text: expr })));
}

/** The queries of the dashboard as Grafana sends them, its variables replaced. */
export function panels(): Query[] {
  const { panels: all } = JSON.parse(read('deploy/grafana/behalf.json')) as { panels: readonly Panel[] };
  const text = (expr: string) => expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', '.+');
  return all.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ of: title, text: text(expr) })));
}

/** @throws Error where it is no query of Prometheus' language */
export function readQuery({ of, text }: Query): Asked {
  const [metrics, growing, matched, grouped]: [string[], string[], { metrics: string[]; label: string }[], string[]] = [[], [], [], []];
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      const said = text.slice(from, to);
      if (type.isError) throw new Error(`${of}: '${text}' cannot be read at ${from}`);
      const within = (names: readonly string[]) => names.some((name) => hasAbove(node, name));
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') {
        metrics.push(said);
        if (GROWING.some((name) => isWithin(node, name))) growing.push(said);
      }
      if (type.name === 'LabelName') {
        if (within(['GroupingLabels'])) grouped.push(said);
        else matched.push({ metrics: metrics.slice(-1), label: said });
      }
    },
  });
  return { metrics, growing, labels: [...matched, ...grouped.map((label) => ({ metrics, label }))] };
}

type Node = Parameters<NonNullable<Parameters<ReturnType<typeof parser.parse>['iterate']>[0]['enter']>>[0]['node'];

function hasAbove(node: Node, name: string): boolean {
  for (let above = node.parent; above; above = above.parent) if (above.name === name) return true;
  return false;
}

/** Whether the nearest call of a function around it is of that one. */
function isWithin(node: Node, name: string): boolean {
  for (let above = node.parent; above; above = above.parent)
    if (above.name === 'FunctionCall') return above.firstChild?.getChild(name) != null;
  return false;
}
