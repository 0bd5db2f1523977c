import { PROBLEMS } from '@behalf/domain';
import escapeHtml from 'escape-html';
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** Colours of pages without script, by the system's own light or dark. */
export const PAGE_COLOURS = `
:root{color-scheme:light dark;--canvas:#fafafb;--surface:#fff;--text:#1b1b1f;--text-2:#55555f;--border:#e6e6ea}
@media (prefers-color-scheme:dark){:root{--canvas:#101013;--surface:#161619;--text:#ededf0;--text-2:#b0b0ba;--border:#27272c}}
`;

const STYLE = `${PAGE_COLOURS}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--canvas);color:var(--text);font:14px/20px system-ui,sans-serif}
main{box-sizing:border-box;width:min(440px,100vw - 32px);padding:24px;background:var(--surface);border:1px solid var(--border);border-radius:12px}
h1{margin:0 0 8px;font-size:20px;line-height:28px;font-weight:600}
h2{margin:20px 0 4px;font-size:14px;font-weight:600}
h2:target{outline:2px solid;outline-offset:4px;border-radius:4px}
p{margin:0 0 12px;color:var(--text-2)}
code{font:13px/18px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
`;

/** Headers that every page of ours has. */
export const PAGE_HEADERS = {
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Only behind TLS: over plain http the header means nothing, and on loopback it would spoil other programs' ports. */
export function strictTransport(issuer: string): Record<string, string> {
  return issuer.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {};
}

/**
 * A page for a fault that must not redirect (RFC 6749 §4.1.2.1): says what happened and shows the request id, which
 * finds the log line. All text is escaped, and nothing from the request is shown.
 */
export function sendFaultPage(reply: FastifyReply, status: number, title: string, text: string, issuer: string): void {
  const id = `<p>Request ID <code>${escapeHtml(reply.request.id)}</code></p>`;
  sendPage(reply, status, title, `<p>${escapeHtml(text)}</p>${id}`, issuer);
}

/** The words of a 503. */
export const UNAVAILABLE_PAGE = {
  status: 503,
  title: 'Not available right now',
  text: 'Nothing was lost. Try again in a moment.',
} as const;

/** Where the `type` of every problem document leads: what happened, and what to do about it. */
export function sendErrorsPage(reply: FastifyReply, issuer: string): void {
  const entries = Object.entries(PROBLEMS).map(
    ([name, { status, title, help }]) =>
      `<h2 id="${name}">${escapeHtml(title)}</h2><p><code>${name}</code> · ${status}</p><p>${escapeHtml(help).replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>`,
  );
  sendPage(reply, 200, 'Errors of the management API', entries.join(''), issuer);
}

function sendPage(reply: FastifyReply, status: number, title: string, body: string, issuer: string): void {
  sendHtml(reply.status(status), { title, style: STYLE, body: `<main><h1>${escapeHtml(title)}</h1>${body}</main>` }, issuer);
}

/** Sends a page that is complete in itself: no script, no outside resource, no frame around it, and this one style. */
export function sendHtml(reply: FastifyReply, page: { title: string; style: string; body: string }, issuer: string): void {
  const hash = createHash('sha256').update(page.style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(page.title)} · Behalf</title><style>${page.style}</style></head><body>${page.body}</body></html>`;
  void reply
    .headers({ ...PAGE_HEADERS, ...strictTransport(issuer), 'content-security-policy': policy })
    .type('text/html; charset=utf-8')
    .send(html);
}
