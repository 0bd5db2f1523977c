import { cpus, totalmem } from 'node:os';

/** What the figures were taken on. */
export function machine() {
  return { cpu: cpus()[0]?.model, cores: cpus().length, memory_bytes: totalmem(), node: process.version };
}

/** The value below which a share of the samples lies. */
export function percentile(samples, share) {
  const sorted = samples.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
