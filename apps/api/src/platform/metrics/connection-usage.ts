import { BATCH_BOUNDS, LATENCY_BOUNDS_SECONDS } from '@behalf/domain';
import { Histogram } from './histogram.js';

const MILLISECONDS = 1000;

/** What one pool's statements took, and how many requests shared them. */
export class ConnectionUsage {
  readonly batches = new Histogram(BATCH_BOUNDS);
  /** By the statement's name. */
  readonly statements = new Map<string, Histogram>();

  /** @param milliseconds from when it was sent, whether it succeeded or not */
  ended(statement: string, milliseconds: number): void {
    let histogram = this.statements.get(statement);
    if (!histogram) this.statements.set(statement, (histogram = new Histogram(LATENCY_BOUNDS_SECONDS)));
    histogram.observe(milliseconds / MILLISECONDS);
  }
}
