const SOLIDUS = 0x2f;
const ABSOLUTE = /^https?:\/\/[^/?#]*(?=[/?#]|$)/i;

/**
 * The path and query that a request asks for. An absolute address is as good as its path (RFC 9112 §3.2.2): the host in it
 * chooses nothing here.
 */
export function originForm(target: string): string {
  return target.charCodeAt(0) === SOLIDUS ? target : target.replace(ABSOLUTE, '').replace(/^(?=\?|$)/, '/');
}
