import { isAscii, isUtf8 } from 'node:buffer';
import { OAuthError } from '../oauth-error.js';

/** Parameters of one request: RFC 6749 App. B encoding, unknown names dropped, empty values absent (§3.1, §3.2). */
export interface Parameters {
  readonly values: Readonly<Record<string, string>>;
  /** Known names that were sent more than once. */
  readonly repeated: readonly string[];
  /** Known names whose value is not the percent-encoding of UTF-8. */
  readonly malformed: readonly string[];
}

/**
 * Nothing is inherited, so that no name finds what was not sent; unlike what `Object.create(null)` makes, engines know the shape of it,
 * and look its members up at once.
 */
function Values() {}
Values.prototype = Object.create(null);

/** Reads a query or a form body, keeping only the known names; raw text is read, since parsers for frameworks merge repeated names. */
export function parseParameters(raw: string, known: ReadonlySet<string>): Parameters {
  const values = new (Values as unknown as new () => Record<string, string>)();
  const seen: string[] = [];
  const repeated: string[] = [];
  const malformed: string[] = [];
  for (let begin = 0, end = 0; begin <= raw.length; begin = end + 1) {
    end = raw.indexOf('&', begin);
    if (end < 0) end = raw.length;
    const equals = raw.indexOf('=', begin);
    const hasValue = equals >= 0 && equals < end;
    const name = decode(raw.slice(begin, hasValue ? equals : end));
    if (name === null || !known.has(name)) continue;
    if (seen.includes(name)) repeated.push(name);
    else seen.push(name);
    const value = hasValue ? decode(raw.slice(equals + 1, end)) : '';
    if (value === null) malformed.push(name);
    else if (value !== '') values[name] = value;
  }
  return { values, repeated, malformed };
}

/**
 * Reads the body of a form endpoint.
 *
 * @param body what the content-type parser handed on: a buffer for a form, anything else for no or another type
 * @param query the raw query of the URL; a known parameter there is refused, or secrets would end up in access logs (OAuth 2.1 §2.4.1)
 * @throws OAuthError `invalid_request`
 */
export function parseForm(body: unknown, query: string, known: ReadonlySet<string>): Readonly<Record<string, string>> {
  if (!(body instanceof FormBody)) throw new OAuthError('invalid_request', { detail: 'the body is not application/x-www-form-urlencoded' });
  if (query && seenIn(query, known)) throw new OAuthError('invalid_request', { detail: 'a parameter stands in the query of a POST' });
  const { values, repeated, malformed } = parseParameters(body.text, known);
  if (repeated.length) throw new OAuthError('invalid_request', { detail: `repeated: ${repeated.join(', ')}` });
  if (malformed.length) throw new OAuthError('invalid_request', { detail: `not UTF-8: ${malformed.join(', ')}` });
  return values;
}

/** The text of a form body as it came, told apart by its class from every other kind of body. */
export class FormBody {
  constructor(readonly text: string) {}
}

/** The body of a form; what is no UTF-8 is kept as what cannot be decoded. */
export function formOf(bytes: Buffer): FormBody {
  if (isAscii(bytes)) return new FormBody(bytes.toString('latin1'));
  return new FormBody(isUtf8(bytes) ? bytes.toString('utf8') : '%');
}

/** The path of a request URL. */
export function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}

/** The raw query of a request URL, without the question mark. */
export function rawQuery(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}

function seenIn(query: string, known: ReadonlySet<string>): boolean {
  const { values, repeated, malformed } = parseParameters(query, known);
  return repeated.length > 0 || malformed.length > 0 || Object.keys(values).length > 0;
}

/** Form-url-decodes one name or value; null when it is not valid. */
export function decode(text: string): string | null {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
