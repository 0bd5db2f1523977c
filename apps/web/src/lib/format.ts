import { LIST_TOTAL_CAP, LIVE_TOKENS_CAP, type Page } from '@behalf/domain';

const LOCALE = 'en';
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'always' });
const numbers = new Intl.NumberFormat(LOCALE);
const dateTime = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
const longTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
});
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

const STEPS: readonly [Intl.RelativeTimeFormatUnit, milliseconds: number][] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 24 * 3_600_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** 'just now', '3 minutes ago', 'in 2 days'. */
export function relativeTime(iso: string, now = Date.now()): string {
  const distance = new Date(iso).getTime() - now;
  for (const [unit, milliseconds] of STEPS) {
    if (Math.abs(distance) >= milliseconds) return relative.format(Math.trunc(distance / milliseconds), unit);
  }
  return distance > 0 ? 'in less than a minute' : 'just now';
}

/** The exact instant, in UTC. */
export function exactTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** '24 Nov, 16:12', in UTC. */
export function shortDateTime(iso: string): string {
  return dateTime.format(new Date(iso));
}

/** '24 Nov 2026, 16:30:05 UTC'. */
export function longDateTime(iso: string): string {
  return `${longTime.format(new Date(iso))} UTC`;
}

/** '30 Nov 2026'. */
export function shortDate(at: Date): string {
  return date.format(at);
}

/** An identifier with its middle left out. */
export function shorten(id: string): string {
  return id.length <= 12 ? id : `${id.slice(0, 4)}…${id.slice(-4)}`;
}

export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => (word ? [...word][0] : ''))
    .join('')
    .toUpperCase();
}

/** '1 client', '9 clients', '10,000+ clients'. */
export function countOf({ total, total_is_capped }: Pick<Page<unknown>, 'total' | 'total_is_capped'>, one: string, many: string): string {
  return `${numbers.format(total_is_capped ? LIST_TOTAL_CAP : total)}${total_is_capped ? '+' : ''} ${total === 1 && !total_is_capped ? one : many}`;
}

/** '1 user', '3 users'. */
export function plural(count: number, one: string, many: string): string {
  return `${numbers.format(count)} ${count === 1 ? one : many}`;
}

/** '1,025'. */
export function whole(count: number): string {
  return numbers.format(count);
}

/** '26–50', '1,001–1,025'. */
export function rangeOf(first: number, last: number): string {
  return `${numbers.format(first)}–${numbers.format(last)}`;
}

/** Live tokens as lists count them: exact to a thousand, then '1,000+'. */
export function liveTokens(count: number): string {
  return count >= LIVE_TOKENS_CAP ? `${numbers.format(LIVE_TOKENS_CAP)}+` : numbers.format(count);
}
