import { DEVICE_PAGE } from '@behalf/domain';

/** A path of this app to come back to after signing in; anything else, such as another site, is dropped. */
export function safeReturnPath(path: string | undefined): string | undefined {
  if (!path?.startsWith('/') || !URL.canParse(path, window.location.origin)) return undefined;
  const { origin, pathname, search, hash } = new URL(path, window.location.origin);
  // A path of two slashes would be another host.
  if (origin !== window.location.origin || pathname.startsWith('//') || pathname === '/login') return undefined;
  return `${pathname}${search}${hash}`;
}

/** Leaves the app for an address that the server gave. A script does, not a form: form-action would stop the way back to a client. */
export function leaveTo(address: string): void {
  window.location.assign(address);
}

/** The sign-in page on the way to an application. */
export function loginAddress(request_id: string): string {
  return `/login?${new URLSearchParams({ request_id }).toString()}`;
}

/** The sign-in page on the way to a path of this app. */
export function loginFor(return_to: string): string {
  return `/login?${new URLSearchParams({ return_to }).toString()}`;
}

/** The consent page of a request. */
export function consentAddress(request_id: string): string {
  return `/consent?${new URLSearchParams({ request_id }).toString()}`;
}

/** The page for the code of a device. */
export function deviceAddress(user_code: string): string {
  return `${DEVICE_PAGE}?${new URLSearchParams({ user_code }).toString()}`;
}

/** Where the server decides how an application's request goes on. */
export function resumeAddress(request_id: string): string {
  return `/oauth2/authorize/resume?${new URLSearchParams({ request_id }).toString()}`;
}
