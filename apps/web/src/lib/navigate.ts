/** A path of this app to come back to after signing in; anything else, such as another site, is dropped. */
export function safeReturnPath(path: string | undefined): string | undefined {
  if (!path?.startsWith('/') || path.startsWith('//') || path.startsWith('/\\')) return undefined;
  const url = new URL(path, window.location.origin);
  return url.origin === window.location.origin && url.pathname !== '/login' ? `${url.pathname}${url.search}${url.hash}` : undefined;
}

/** Leaves the app for an address that the server gave. */
export function leaveTo(address: string): void {
  window.location.assign(address);
}
