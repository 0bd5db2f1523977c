import {
  CLIENT_CLASSES,
  clientClass,
  LATENCY_BOUNDS_SECONDS,
  OBSERVED_ENDPOINTS,
  OBSERVED_ERRORS,
  type OAuthErrorCode,
  observedEndpoint,
} from '@behalf/domain';
import type { Family, Sample } from './families.js';
import { Histogram } from './histogram.js';

const MILLISECONDS = 1000;
const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const ERROR_NUMBERS = new Map(OBSERVED_ERRORS.map((code, index) => [code, index]));
const CLASS_NUMBERS = { none: 0, public: 1, confidential: 2, resource_server: 3 } as const satisfies Record<
  (typeof CLIENT_CLASSES)[number],
  number
>;

/** What the counters know of a request's caller, where one was proven. */
type Caller = Parameters<typeof clientClass>[0];

/**
 * Counts the requests of this process. It runs once for each of them, so all that it does is to add to numbers in their places: every
 * combination of names has its place from the start, and a name that a caller could choose has none.
 */
export class RequestCounters {
  readonly #counts = new Float64Array(OBSERVED_ENDPOINTS.length * STATUS_CLASSES.length * OBSERVED_ERRORS.length * CLIENT_CLASSES.length);
  readonly #latencies = OBSERVED_ENDPOINTS.map(() => new Histogram(LATENCY_BOUNDS_SECONDS));

  /** By the pattern of a route, of which there are only so many. */
  readonly #places = new Map<string | undefined, number>();

  /** @param pattern of the route, never an address; undefined where none fits */
  count(pattern: string | undefined, status: number, error: OAuthErrorCode | undefined, caller: Caller, milliseconds: number): void {
    const place = this.#places.get(pattern) ?? this.#placeOf(pattern);
    const outcome = place * STATUS_CLASSES.length + Math.floor(status / 100) - 1;
    const code = error === undefined ? 0 : (ERROR_NUMBERS.get(error) ?? 0);
    this.#counts[(outcome * OBSERVED_ERRORS.length + code) * CLIENT_CLASSES.length + CLASS_NUMBERS[clientClass(caller)]]! += 1;
    this.#latencies[place]!.observe(milliseconds / MILLISECONDS);
  }

  #placeOf(pattern: string | undefined): number {
    const place = OBSERVED_ENDPOINTS.indexOf(observedEndpoint(pattern));
    this.#places.set(pattern, place);
    return place;
  }

  families(): Family[] {
    const name = 'behalf_http_request_duration_seconds';
    return [
      {
        name: 'behalf_http_requests_total',
        help: 'Requests answered, by endpoint, class of the status, error code of the OAuth endpoints, and class of the client.',
        type: 'counter',
        aggregator: 'sum',
        read: () => this.#requests(),
      },
      {
        name,
        help: 'Time from the arrival of a request to the end of its answer, by endpoint.',
        type: 'histogram',
        aggregator: 'sum',
        read: () => OBSERVED_ENDPOINTS.flatMap((endpoint, place) => this.#latencies[place]!.samples(name, { endpoint })),
      },
    ];
  }

  #requests(): Sample[] {
    const samples: Sample[] = [];
    for (const [index, value] of this.#counts.entries()) {
      if (value === 0) continue;
      const classes = Math.floor(index / CLIENT_CLASSES.length);
      const errors = Math.floor(classes / OBSERVED_ERRORS.length);
      const labels = {
        endpoint: OBSERVED_ENDPOINTS[Math.floor(errors / STATUS_CLASSES.length)]!,
        status: STATUS_CLASSES[errors % STATUS_CLASSES.length]!,
        error: OBSERVED_ERRORS[classes % OBSERVED_ERRORS.length]!,
        client: CLIENT_CLASSES[index % CLIENT_CLASSES.length]!,
      };
      samples.push({ value, labels });
    }
    return samples;
  }
}
