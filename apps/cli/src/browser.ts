import open from 'open';

/**
 * Whether a browser that is opened here is one that the user sees. `BROWSER` decides where it is set: `none` says no, and a command (editors
 * set one for remote work) says yes. Otherwise nobody sees the browser of a machine that they are logged in to from another, or that has no display.
 *
 * @param platform as `process.platform` has it
 */
export function seesBrowser({ BROWSER, SSH_CONNECTION, ...rest }: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  if (BROWSER) return BROWSER !== 'none';
  if (SSH_CONNECTION) return false;
  return platform !== 'linux' || Boolean(rest['DISPLAY'] || rest['WAYLAND_DISPLAY'] || rest['WSL_DISTRO_NAME']);
}

/**
 * Opens an address in the user's own browser. The address is an argument of what opens it, never part of a shell's line. A machine that has
 * nothing to open it with is no fault: the address was printed too.
 */
export async function openInBrowser(address: string): Promise<void> {
  await open(address).catch(() => undefined);
}
