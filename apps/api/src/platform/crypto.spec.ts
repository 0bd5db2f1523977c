import { createHmac, randomBytes } from 'node:crypto';
import { hmacSha256, uuidOf } from './crypto.js';

it.each([
  [1, 1],
  [32, 32],
  [64, 32],
  [32, 200],
])('an HMAC under %i bytes of key for %i bytes of message is the one of RFC 2104, message after message', (key_bytes, message_bytes) => {
  const key = randomBytes(key_bytes);
  const macOf = hmacSha256(key, message_bytes);
  for (let round = 0; round < 20; round += 1) {
    const message = randomBytes(message_bytes);
    expect(macOf(Buffer.concat([message, randomBytes(5)])).toString('hex')).toBe(createHmac('sha256', key).update(message).digest('hex'));
  }
});

it('a key that is longer than a block is refused: it would have to be hashed first', () => {
  expect(() => hmacSha256(randomBytes(65), 32)).toThrow(RangeError);
});

it('128 bits of a hash are written as a UUID', () => {
  expect(uuidOf('00112233445566778899aabbccddeeff0011')).toBe('00112233-4455-6677-8899-aabbccddeeff');
});
