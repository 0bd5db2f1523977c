import { DPOP_SIGNING_ALGORITHMS } from '@behalf/domain';
import type { Settings } from './options.js';

const WELL_KNOWN = '/.well-known/';

/** A well-known address goes between host and path (RFC 8414 §3.1, RFC 9728 §3.1). */
export function wellKnownUrl(identifier: string, name: string): string {
  const { origin, pathname } = new URL(identifier);
  return `${origin}${WELL_KNOWN}${name}${pathname === '/' ? '' : pathname.replace(/\/$/, '')}`;
}

/** What tells clients where to get tokens for this API (RFC 9728 §2). */
export interface ProtectedResource {
  /** Where it is fetched. */
  readonly url: string;
  /** The same below the origin. */
  readonly path: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** The metadata of this API; null where it has no identifier. */
export function protectedResource({ resource, resource_name, issuer, scopes_supported }: Settings): ProtectedResource | null {
  if (resource === null) return null;
  const url = wellKnownUrl(resource, 'oauth-protected-resource');
  const document = {
    resource,
    ...(resource_name !== null && { resource_name }),
    authorization_servers: [issuer],
    scopes_supported,
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: DPOP_SIGNING_ALGORITHMS,
  };
  return { url, path: new URL(url).pathname, document };
}
