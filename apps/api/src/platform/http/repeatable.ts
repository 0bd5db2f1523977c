import { decode } from './form.js';

/**
 * Every value of a parameter that may be sent several times, as `resource` alone may (RFC 8707 §2), in order; those that are
 * empty count as absent.
 *
 * @param raw a query or a form body
 * @returns what is not the percent-encoding of UTF-8 as it came, to be refused by whoever judges it
 */
export function valuesOf(raw: string, name: string): string[] {
  const values: string[] = [];
  for (const pair of raw.split('&')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || decode(pair.slice(0, equals)) !== name) continue;
    const value = pair.slice(equals + 1);
    if (value !== '') values.push(decode(value) ?? value);
  }
  return values;
}
