import { randomInt } from 'node:crypto';

const MILLISECONDS = 1000;
/** Proofs are forgotten in company, by stretches of time of this length: of each one nothing is kept but the beginning of its hash. */
const STRETCH_MILLISECONDS = 15_000;

/** Where proofs that were used are remembered, so that none is taken twice. */
export interface ReplayStore {
  /**
   * Takes a proof, once for all who share the store.
   *
   * @param id names the proof; a hash, in base64url
   * @param keep_seconds how long it has to be remembered
   * @returns false for one that was taken before
   * @throws where it cannot tell, or can remember no more: then nobody is let in
   */
  take(id: string, keep_seconds: number): boolean | Promise<boolean>;
}

/** In this process's memory, bounded: it never forgets a proof that is fresh still to make room for others. */
export class MemoryReplayStore implements ReplayStore {
  /** By the moment at which every one of them may be forgotten. */
  readonly #sets = new Map<number, DigestSet>();

  constructor(private readonly max: number) {}

  take(id: string, keep_seconds: number): boolean {
    const now = performance.now();
    for (const end of this.#sets.keys()) if (end <= now) this.#sets.delete(end);
    const digest = wordsOf(id);
    const sets = [...this.#sets.values()];
    if (sets.some((each) => each.has(digest))) return false;
    if (sets.reduce((sum, { size }) => sum + size, 0) >= this.max) throw new Error('too many DPoP proofs are fresh at once');
    const end = Math.ceil((now + keep_seconds * MILLISECONDS) / STRETCH_MILLISECONDS) * STRETCH_MILLISECONDS;
    const set = this.#sets.get(end) ?? new DigestSet();
    this.#sets.set(end, set.add(digest));
    return true;
  }
}

const DIGEST_WORDS = 4;
const WORD_BYTES = 4;
const MAX_FACTOR = 2 ** 32;
const FIRST_SLOTS = 1024;
/** Fuller than this, and the way to a free slot becomes long. */
const MAX_LOAD = 0.75;

/**
 * Hashes by their first 16 bytes, in a table outside of the collector's heap: a `Map` of strings takes four times as much, and makes the
 * collector look at each. Which slot is theirs hangs on numbers of this process, so that nobody can choose proofs that crowd. Zeros are a
 * free slot, which no hash is ever found to be.
 */
class DigestSet {
  readonly #factors = Array.from({ length: DIGEST_WORDS }, () => randomInt(MAX_FACTOR) | 1);
  #words = new Uint32Array(FIRST_SLOTS * DIGEST_WORDS);
  size = 0;

  has(digest: Uint32Array): boolean {
    return this.#find(digest, 0) >= 0;
  }

  /** Adds one that is not there yet. */
  add(digest: Uint32Array): this {
    if (this.size >= MAX_LOAD * (this.#words.length / DIGEST_WORDS)) this.#grow();
    this.#words.set(digest, ~this.#find(digest, 0));
    this.size += 1;
    return this;
  }

  #grow(): void {
    const old = this.#words;
    this.#words = new Uint32Array(old.length * 2);
    for (let from = 0; from < old.length; from += DIGEST_WORDS) {
      if (isFree(old, from)) continue;
      const to = ~this.#find(old, from);
      for (let word = 0; word < DIGEST_WORDS; word += 1) this.#words[to + word] = old[from + word]!;
    }
  }

  /** Where the hash stands that `words` has at a place; the complement of where it would, where it does not. */
  #find(words: Uint32Array, from: number): number {
    const table = this.#words;
    let at = this.#firstPlace(words, from);
    for (; !isFree(table, at); at = (at + DIGEST_WORDS) % table.length) if (isSame(table, at, words, from)) return at;
    return ~at;
  }

  /** The upper bits of a sum, into which all lower ones have gone. */
  #firstPlace(words: Uint32Array, from: number): number {
    let sum = 0;
    for (let word = 0; word < DIGEST_WORDS; word += 1) sum = (sum + Math.imul(words[from + word]!, this.#factors[word]!)) | 0;
    return (sum >>> (Math.clz32(this.#words.length / DIGEST_WORDS) + 1)) * DIGEST_WORDS;
  }
}

function wordsOf(id: string): Uint32Array {
  const bytes = Buffer.from(id, 'base64url');
  return Uint32Array.from({ length: DIGEST_WORDS }, (_, word) => bytes.readUInt32LE(word * WORD_BYTES));
}

function isFree(words: Uint32Array, at: number): boolean {
  return !(words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!);
}

function isSame(one: Uint32Array, at: number, other: Uint32Array, from: number): boolean {
  for (let word = 0; word < DIGEST_WORDS; word += 1) if (one[at + word] !== other[from + word]) return false;
  return true;
}
