const MILLISECONDS = 1000;

/**
 * The peer's models in Maps: its own memory adapter keeps a thousand entries, which the tokens of one run push out. Never
 * tidied, since no run lasts as long as what it makes.
 */
export function memoryAdapter() {
  const models = new Map();
  const grants = new Map();
  const uids = new Map();

  return class MemoryAdapter {
    constructor(model) {
      this.model = model;
    }

    #key(id) {
      return `${this.model}:${id}`;
    }

    async upsert(id, payload, expiresIn) {
      const key = this.#key(id);
      models.set(key, { payload, ends: expiresIn ? Date.now() + expiresIn * MILLISECONDS : Infinity });
      if (payload.uid) uids.set(payload.uid, id);
      if (!payload.grantId) return;
      const keys = grants.get(payload.grantId);
      if (keys) keys.add(key);
      else grants.set(payload.grantId, new Set([key]));
    }

    async find(id) {
      const found = models.get(this.#key(id));
      return found && found.ends > Date.now() ? found.payload : undefined;
    }

    async findByUid(uid) {
      return this.find(uids.get(uid));
    }

    async consume(id) {
      const found = models.get(this.#key(id));
      if (found) found.payload.consumed = Math.floor(Date.now() / MILLISECONDS);
    }

    async destroy(id) {
      models.delete(this.#key(id));
    }

    async revokeByGrantId(grant_id) {
      for (const key of grants.get(grant_id) ?? []) models.delete(key);
      grants.delete(grant_id);
    }
  };
}
