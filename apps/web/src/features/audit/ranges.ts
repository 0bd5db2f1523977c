const HOUR_MILLISECONDS = 3_600_000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;

/** How far back one looks; a week unless the address says otherwise. */
export const RANGES = [
  { value: 'hour', label: 'Last hour', milliseconds: HOUR_MILLISECONDS },
  { value: 'day', label: 'Last 24 hours', milliseconds: DAY_MILLISECONDS },
  { value: 'week', label: 'Last 7 days', milliseconds: 7 * DAY_MILLISECONDS },
  { value: 'month', label: 'Last 30 days', milliseconds: 30 * DAY_MILLISECONDS },
  { value: 'all', label: 'All time', milliseconds: null },
] as const;

export const DEFAULT_RANGE = 'week';

/** When a range begins, as the server takes it; undefined for all time. */
export function rangeStart(range: string = DEFAULT_RANGE, now = Date.now()): string | undefined {
  const { milliseconds } = RANGES.find(({ value }) => value === range) ?? RANGES[2];
  return milliseconds === null ? undefined : new Date(now - milliseconds).toISOString();
}
