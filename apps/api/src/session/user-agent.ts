import type { UiSession } from '@behalf/domain';
import Bowser from 'bowser';

const UNKNOWN = 'Unknown';

/** Browser with its major version, system and kind of device, as far as a user agent tells. */
export function describeAgent(user_agent: string | null): UiSession['client'] {
  if (!user_agent) return { browser: UNKNOWN, os: UNKNOWN, device: UNKNOWN };
  const { browser, os, platform } = Bowser.parse(user_agent);
  const major = browser.version?.split('.', 1)[0];
  return {
    browser: [browser.name?.replace(/^Microsoft /, ''), major].filter(Boolean).join(' ') || UNKNOWN,
    os: os.name || UNKNOWN,
    device: platform.type || UNKNOWN,
  };
}
