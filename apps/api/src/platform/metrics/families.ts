import { Injectable, Logger } from '@nestjs/common';

export interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Of a histogram's parts, which have names of their own. */
  readonly metricName?: string;
}

/** One family of metrics, in the words of prom-client, whose registry reads it at a scrape. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** How several workers make one: what each reads from the same database is not added up. */
  readonly aggregator: 'sum' | 'max';
  /** A rejection leaves the family without a value at this scrape. */
  readonly read: () => readonly Sample[] | Promise<readonly Sample[]>;
}

/** What this process can tell about itself: modules add their families, and nothing is gathered unless somebody asks. */
@Injectable()
export class MetricFamilies {
  readonly #families: Family[] = [];
  readonly #logger = new Logger('Metrics');

  add(...families: readonly Family[]): void {
    this.#families.push(...families);
  }

  get all(): readonly Family[] {
    return this.#families;
  }

  /** The values of a family now; none where they cannot be had. */
  async read(family: Family): Promise<readonly Sample[]> {
    try {
      return await family.read();
    } catch (error) {
      this.#logger.warn(`${family.name} could not be read: ${error instanceof Error ? error.message : 'unknown fault'}`);
      return [];
    }
  }
}

/** One value without labels. */
export const only = (value: number): Sample[] => [{ value, labels: {} }];

/** One value a key, under one label. */
export function labelled(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([name, value]) => ({ value, labels: { [label]: name } }));
}
