export interface Finding {
  readonly route: string;
  readonly complaint: string;
  /** The least request that shows it, as bytes. */
  readonly request: string;
  readonly seed: number;
}

export interface Report {
  readonly seed: number;
  requests: number;
  rounds: number;
  readonly routes: ReadonlySet<string>;
  readonly parameters: ReadonlySet<string>;
  readonly framings: number;
  /** How many answers had which status. */
  readonly statuses: Map<number, number>;
  /** Routes that served at least one valid or mutated call: the depth that was reached. */
  readonly served: Set<string>;
  readonly findings: Finding[];
}

/** The report as a person reads it; escapes whatever was sent. */
export function tell({ seed, requests, rounds, routes, parameters, framings, statuses, findings }: Report): string {
  const counts = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status || 'none'} × ${count}`);
  return [
    `seed ${seed}: ${requests} requests in ${rounds} rounds to ${routes.size} routes with ${parameters.size} parameters, ${framings} framings`,
    `answers: ${counts.join(', ')}`,
    `findings: ${findings.length}`,
    ...findings.map(({ route, complaint, request }) => `\n- ${route}\n  ${complaint}\n  ${request}\n  npm run fuzz -- --seed ${seed}`),
  ].join('\n');
}
