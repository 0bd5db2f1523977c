import type { Metric, Registry } from 'prom-client';
import type { MetricFamilies } from './families.js';

/** The metrics of one process, as workers hand them to the primary. */
export type Snapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** The library is loaded where somebody scrapes, and nowhere else. */
export async function openRegistry(families: MetricFamilies): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const family of families.all) {
    const { name, help, type, aggregator } = family;
    // The registry asks each metric for its values and knows no more of it: the values stay where they are counted.
    const get = async () => ({ name, help, type, aggregator, values: await families.read(family) });
    registry.registerMetric({ name, get } as unknown as Metric);
  }
  return registry;
}

/** Many processes' metrics as one: each family adds up, or takes the greatest, as it says itself. */
export async function aggregate(snapshots: readonly Snapshot[]): Promise<Registry> {
  const { AggregatorRegistry } = await import('prom-client');
  return AggregatorRegistry.aggregate(snapshots as never);
}
