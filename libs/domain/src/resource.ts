import type { Violation } from './errors.js';
import { isLoopbackRedirectUri } from './redirect-uri.js';
import type { ClientSettings } from './wire.js';

/** Identifiers of one resource server, and the length of each. */
export const RESOURCES_MAX = 20;
export const RESOURCE_MAX_LENGTH = 2048;
/** Resources of one authorization: a token says by one bit each which of them it is for. */
export const REQUESTED_RESOURCES_MAX = 8;

/** RFC 3986 §2 without `#`: an absolute URI has no fragment (RFC 8707 §2). */
const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]*:[\w\-.~:/?[\]@!$&'()*+,;=%]+$/i;
const WEB = /^https?:/i;
const WEB_WITH_HOST = /^https?:\/\/[^/?]/i;

export type ResourcesResult = { readonly resources: string[] } | { readonly error: 'invalid_target' };

/**
 * A resource in the form that is compared: an empty path is `/`, the host is in lower case, a default port is left out
 * (RFC 3986 §6.2.3).
 *
 * @returns null for what is no absolute URI without fragment, or holds a user name
 */
export function canonicalResource(uri: string): string | null {
  if (uri.length > RESOURCE_MAX_LENGTH || !ABSOLUTE_URI.test(uri)) return null;
  if (!WEB.test(uri)) return uri.replace(/^[^:]+/, (scheme) => scheme.toLowerCase());
  if (!WEB_WITH_HOST.test(uri) || !URL.canParse(uri)) return null;
  const { href, username, password } = new URL(uri);
  return username || password ? null : href;
}

/** Whether two identifiers name one resource. */
export function isSameResource(one: string, other: string): boolean {
  const canonical = canonicalResource(one);
  return canonical !== null && canonical === canonicalResource(other);
}

/**
 * What a request asks for, judged against what there is to ask for (RFC 8707 §2): each of them known, or none.
 *
 * @param known resources as they were registered or authorized
 * @returns those of `known`, in its order and spelling, each once
 */
export function selectResources(requested: readonly string[], known: readonly string[]): ResourcesResult {
  const asked = requested.map(canonicalResource);
  const there = known.map(canonicalResource);
  if (asked.some((each) => each === null || !there.includes(each))) return { error: 'invalid_target' };
  const resources = known.filter((_, index) => asked.includes(there[index]!) && there.indexOf(there[index]!) === index);
  return resources.length > REQUESTED_RESOURCES_MAX ? { error: 'invalid_target' } : { resources };
}

/** Whether a resource that is known under these names may take a token (RFC 9700 §2.3); null is a token for no resource in particular. */
export function acceptsAudience(own: readonly string[], resources: readonly string[] | null): boolean {
  return resources === null || resources.some((each) => own.some((name) => isSameResource(name, each)));
}

/** Whether a consent that is remembered covers a request; null is one for no resource in particular, which is more than any other. */
export function coversResources(remembered: readonly string[] | null, requested: readonly string[] | null): boolean {
  if (remembered === null) return true;
  return requested?.every((each) => remembered.some((name) => isSameResource(name, each))) ?? false;
}

/** `aud` of a token (RFC 7662 §2.2): the issuer where no resource was named. */
export function audienceOf(resources: readonly string[] | null, issuer: string): string | string[] {
  if (resources === null) return issuer;
  return resources.length === 1 ? resources[0]! : [...resources];
}

/** Where a token will be used, in few words: the host of each web address, once, and what is none as it stands. */
export function resourceHosts(resources: readonly string[]): string[] {
  return [...new Set(resources.map(hostOf))];
}

function hostOf(uri: string): string {
  return WEB.test(uri) && URL.canParse(uri) ? new URL(uri).host : uri;
}

/**
 * Every rule that the identifiers of a resource server break.
 *
 * @param issuer whose own API nobody else may stand for; undefined where it is not known
 */
export function checkResources(
  { resources, resource_server }: Pick<ClientSettings, 'resources' | 'resource_server'>,
  issuer: string | undefined,
): Violation[] {
  const pointer = '/resources';
  if (resources.length && !resource_server) {
    return [{ pointer, code: 'not-resource-server', detail: 'Only a resource server has resources. Remove them, or keep it one.' }];
  }
  if (resources.length > RESOURCES_MAX) return [{ pointer, code: 'too-many', detail: `Add at most ${RESOURCES_MAX} resources.` }];
  return resources.flatMap((uri, index) => {
    const broken = brokenRule(uri, resources.slice(0, index), issuer);
    return broken ? [{ pointer: `${pointer}/${index}`, code: broken[0], detail: broken[1] }] : [];
  });
}

function brokenRule(uri: string, before: readonly string[], issuer: string | undefined): readonly [code: string, detail: string] | null {
  const canonical = canonicalResource(uri);
  if (canonical === null) {
    return ['not-absolute', `Enter an absolute URI without fragment or user name, such as https://api.company.com.`];
  }
  if (canonical.startsWith('http:') && !isLoopbackRedirectUri(canonical)) return ['not-https', 'Use https, except on this machine.'];
  if (issuer !== undefined && isSameResource(uri, issuer)) return ['reserved', 'This is the address of Behalf’s own API.'];
  return before.some((each) => isSameResource(each, uri)) ? ['repeated', 'This is the same resource as one above.'] : null;
}
