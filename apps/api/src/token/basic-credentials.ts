import { decode } from '../platform/http/form.js';

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/**
 * Client credentials by HTTP Basic (RFC 6749 §2.3.1): base64, split at the first colon, each half form-url-decoded;
 * strict, since Node's decoder accepts junk.
 *
 * @returns null for a header that holds none
 */
export function parseBasic(authorization: string): { client_id: string; client_secret: string } | null {
  const encoded = BASIC.exec(authorization)?.[1];
  const text = encoded && encoded.length % 4 === 0 ? Buffer.from(encoded, 'base64').toString('utf8') : '';
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  const client_id = decode(text.slice(0, colon));
  const client_secret = decode(text.slice(colon + 1));
  return client_id === null || client_secret === null ? null : { client_id, client_secret };
}
