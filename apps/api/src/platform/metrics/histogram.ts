import type { Sample } from './families.js';

/** Counts of values in fixed buckets: to observe one is two additions and no allocation. */
export class Histogram {
  readonly #counts: Float64Array;
  #sum = 0;

  /** @param bounds upper ends that grow; what lies above the last one is counted too */
  constructor(private readonly bounds: readonly number[]) {
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds } = this;
    let index = 0;
    while (index < bounds.length && value > bounds[index]!) index += 1;
    this.#counts[index]! += 1;
    this.#sum += value;
  }

  /**
   * As the text format has it: each bucket holds those below it too. Nothing where nothing was observed.
   *
   * @param name of the family
   */
  samples(name: string, labels: Record<string, string>): Sample[] {
    let count = 0;
    const buckets = [...this.#counts].map((each, index) => {
      count += each;
      return { metricName: `${name}_bucket`, labels: { ...labels, le: this.bounds[index] ?? '+Inf' }, value: count };
    });
    if (count === 0) return [];
    return [...buckets, { metricName: `${name}_sum`, labels, value: this.#sum }, { metricName: `${name}_count`, labels, value: count }];
  }
}
