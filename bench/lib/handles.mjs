import { createHmac, hash, hkdfSync, randomBytes } from 'node:crypto';

/** What the server makes of `SECRET_KEY` and a locator, made here: planted grants have tokens that work, and the row holds their hash alone. */
export function handles(secret_key) {
  const key = Buffer.from(secret_key, 'base64url');
  const derive = (purpose) => Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, 32));
  const macs = { at: derive('behalf/v1/at'), rt: derive('behalf/v1/rt') };
  const key_id = derive('behalf/v1/key-id')[0];
  return {
    /** A random locator and the id of the grant that it belongs to. */
    locate() {
      const locator = randomBytes(16);
      const hex = hash('sha256', Buffer.concat([Buffer.from('behalf/v1/locator'), locator]), 'hex');
      return { locator, grant_id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5') };
    },
    /** @param token `kind` at or rt; the lifetime in seconds; all words of the consent as scope bits */
    encode({ kind, locator, generation, scope_bits, issued_at, lifetime_seconds }) {
      const body = Buffer.alloc(32);
      body[0] = 1;
      body[1] = key_id;
      locator.copy(body, 2);
      body.writeUInt32BE(generation, 18);
      body.writeUInt16BE(scope_bits, 22);
      body.writeUInt32BE(issued_at, 24);
      body.writeUInt32BE(lifetime_seconds, 28);
      const mac = createHmac('sha256', macs[kind]).update(body).digest().subarray(0, 16);
      return `bhf_${kind}_${Buffer.concat([body, mac]).toString('base64url')}`;
    },
  };
}
