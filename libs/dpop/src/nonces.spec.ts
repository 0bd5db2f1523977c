import { DPOP_NONCE_SLOT_SECONDS } from '@behalf/domain';
import { DpopNonces } from './nonces.js';

const SLOT = DPOP_NONCE_SLOT_SECONDS * 1000;
/** The first moment of a stretch of time. */
const START = Math.ceil(Date.UTC(2030, 0, 1) / SLOT) * SLOT;
const [SECRET, NEXT] = ['s'.repeat(43), 'n'.repeat(43)];

beforeEach(() => jest.useFakeTimers({ now: START }));
afterEach(() => jest.useRealTimers());

const at = (milliseconds: number) => jest.setSystemTime(START + milliseconds);

it('a nonce counts in its own stretch of time and in the next one, at every replica with the secret, and no longer (DP-03)', () => {
  const [one, two] = [new DpopNonces([SECRET]), new DpopNonces([SECRET])];
  const nonce = one.current();
  const accepted = [-SLOT - 1, -1, 0, 2 * SLOT - 1, 2 * SLOT].map((moment) => (at(moment), two.accepts(nonce)));
  expect(accepted).toEqual([false, true, true, true, false]);
  at(0);
  expect(new DpopNonces([NEXT]).accepts(nonce)).toBe(false);
});

it('what is no nonce of ours is refused, whatever it is made from (DP-03)', () => {
  const nonces = new DpopNonces([SECRET]);
  const nonce = nonces.current();
  const bytes = Buffer.from(nonce, 'base64url');
  const later = Buffer.from(bytes);
  later.writeUInt32BE(bytes.readUInt32BE(0) + 1);
  for (const wrong of [
    '',
    'x',
    nonce.slice(1),
    `${nonce}A`,
    `${nonce}=`,
    ` ${nonce}`,
    later.toString('base64url'),
    bytes.toString('base64'),
  ])
    expect([wrong, wrong !== nonce && nonces.accepts(wrong)]).toEqual([wrong, false]);
});

it('another one is given in place of one that ages or was made with an older secret, and none while it will do (DP-03)', () => {
  const [before, after] = [new DpopNonces([SECRET]), new DpopNonces([NEXT, SECRET])];
  const nonce = before.current();
  at(SLOT - 1);
  expect(before.successor(nonce)).toBeNull();
  expect([after.accepts(nonce), after.successor(nonce)]).toEqual([true, after.current()]);
  at(SLOT);
  expect([before.accepts(nonce), before.successor(nonce)]).toEqual([true, before.current()]);
  expect(before.current()).not.toBe(nonce);
});
