const HOUR_MILLISECONDS = 3_600_000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;

/** How far back one looks; a week unless the address says otherwise. */
export const RANGES = [
  { value: 'hour', label: 'Last hour', milliseconds: HOUR_MILLISECONDS },
  { value: 'day', label: 'Last 24 hours', milliseconds: DAY_MILLISECONDS },
  { value: 'week', label: 'Last 7 days', milliseconds: 7 * DAY_MILLISECONDS },
  { value: 'month', label: 'Last 30 days', milliseconds: 30 * DAY_MILLISECONDS },
  { value: 'all', label: 'All time', milliseconds: null },
  { value: 'custom', label: 'Custom range', milliseconds: null },
] as const;

export const DEFAULT_RANGE = 'week';

interface Chosen {
  readonly range?: string;
  readonly from?: string;
  readonly to?: string;
}

/** When a range begins and ends, as the server takes it; the last day of one's own range belongs to it. */
export function rangeOf({ range = DEFAULT_RANGE, from, to }: Chosen, now = Date.now()): { from?: string; to?: string } {
  if (range === 'custom') {
    return {
      ...(from ? { from: new Date(from).toISOString() } : {}),
      ...(to ? { to: new Date(Date.parse(to) + DAY_MILLISECONDS).toISOString() } : {}),
    };
  }
  const { milliseconds } = RANGES.find(({ value }) => value === range) ?? RANGES[2];
  return milliseconds === null ? {} : { from: new Date(now - milliseconds).toISOString() };
}
