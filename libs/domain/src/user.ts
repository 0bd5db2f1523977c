import { checkDisplayName, hasInvisible } from './client-settings.js';
import type { Violation } from './errors.js';

const NAME_MAX = 100;
const EMAIL_MAX = 254;
/** bcrypt reads 72 bytes; a longer password is refused at the form rather than cut. */
export const PASSWORD_MAX_BYTES = 72;
export const PASSWORD_MIN_CHARACTERS = 12;

/** One @, something around it, a dot behind it, nothing that a mail header would choke on. Delivery is the only real test. */
const EMAIL = /^[^\s@<>()[\]\\,;:"\u0000-\u001f\u007f]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;

/** The rule that an email address breaks, if any. */
export function checkEmail(email: string): Violation | null {
  if (email.length <= EMAIL_MAX && EMAIL.test(email) && !hasInvisible(email)) return null;
  return { pointer: '/email', code: 'not-an-address', detail: 'Enter an email address, such as name@company.com.' };
}

/** The form in which addresses are stored and compared. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** The rule that a user's name breaks, if any. */
export function checkUserName(name: string): Violation | null {
  return checkDisplayName(name, '/name', 'a name', NAME_MAX);
}

/** The rule that a team's or organization's name breaks, if any. */
export function checkTeamName(name: string): Violation | null {
  return checkDisplayName(name, '/name', 'a team name', NAME_MAX);
}

/** The rule that a new password breaks, if any. */
export function checkPassword(password: string, pointer = '/password'): Violation | null {
  if ([...password].length < PASSWORD_MIN_CHARACTERS) {
    return { pointer, code: 'too-short', detail: `Use at least ${PASSWORD_MIN_CHARACTERS} characters.` };
  }
  if (!isHashablePassword(password)) return { pointer, code: 'too-long', detail: `Use at most ${PASSWORD_MAX_BYTES} bytes, and no NUL.` };
  return null;
}

/** Whether bcrypt would see all of a password: it stops at NUL and after 72 bytes. */
export function isHashablePassword(password: string): boolean {
  return new TextEncoder().encode(password).length <= PASSWORD_MAX_BYTES && !password.includes('\0');
}
