import type { Secret } from './secrets.js';

/** Characters that are compared at once. Twelve of a random value are 72 bits: no other text has them by chance. */
const WINDOW = 12;
/** Distance of the slices of a value: whatever shows WINDOW + STRIDE - 1 characters in a row of it is found. */
const STRIDE = 16;
/** A slice of fewer different characters is no mark of anything: `aaaaaaaaaaaa` stands in many tests. */
const DISTINCT = 6;
const BASE = 0x01000193;
const FILTER_BITS = 24;
const SHIFT = 32 - FILTER_BITS;
/** Characters before the slice that a finding shows. */
const EXCERPT = 80;
const ALIGNMENTS = [0, 1, 2];
/** Taken once: Jest's sandbox makes every look at a global a slow one. */
const { imul } = Math;
const PREFIX = /^bhf_[a-z]{2}_/;
const JWT = /^eyJ[\w-]+\.[\w-]+\./;

/** Where a secret was found, and in which words. */
export interface Finding {
  readonly kind: string;
  readonly place: string;
  readonly excerpt: string;
}

/**
 * Looks for many secrets in much text at once: raw, percent-encoded, as JSON, base64 and hex, whole or in part. Slices of
 * fixed length are looked up by a hash that rolls over the text (Rabin and Karp), so that the time does not depend on
 * how many secrets there are.
 */
export class Scanner {
  readonly #slices = new Map<string, string>();
  readonly #filter = new Uint8Array(1 << (FILTER_BITS - 3));
  readonly #values = new Set<string>();

  /** How many different values are looked for. */
  get secrets(): number {
    return this.#values.size;
  }

  /** Values too short or too plain to be told from ordinary text are left out. */
  add({ kind, value }: Secret): void {
    const text = value.replace(PREFIX, '').replace(JWT, '');
    if (this.#values.has(text) || text.length < WINDOW) return;
    const before = this.#slices.size;
    for (const form of formsOf(text)) this.#addSlices(Buffer.from(form), kind);
    if (this.#slices.size > before) this.#values.add(text);
  }

  /** @param place names where the text stands */
  find(text: string, place: string): Finding[] {
    const found = new Map<string, Finding>();
    const bytes = Buffer.from(text);
    const filter = this.#filter;
    let hash = hashOf(bytes, 0);
    for (let at = 0, end = WINDOW; end <= bytes.length; at += 1, end += 1) {
      const bit = hash >>> SHIFT;
      if ((filter[bit >>> 3]! & (1 << (bit & 7))) !== 0) this.#meet(bytes, at, place, found);
      hash = (imul(hash - imul(bytes[at]!, OLDEST), BASE) + (bytes[end] ?? 0)) | 0;
    }
    return [...found.values()];
  }

  /** The hash says maybe; the slice itself is asked. */
  #meet(bytes: Buffer, at: number, place: string, found: Map<string, Finding>): void {
    const kind = this.#slices.get(bytes.toString('latin1', at, at + WINDOW));
    if (kind && !found.has(kind)) found.set(kind, { kind, place, excerpt: bytes.toString('utf8', Math.max(0, at - EXCERPT), at + WINDOW) });
  }

  #addSlices(form: Buffer, kind: string): void {
    const last = form.length - WINDOW;
    for (let at = 0; at <= last; at = at === last ? last + 1 : Math.min(at + STRIDE, last)) {
      if (!isTelling(form, at)) continue;
      this.#slices.set(form.toString('latin1', at, at + WINDOW), kind);
      const bit = hashOf(form, at) >>> SHIFT;
      this.#filter[bit >>> 3]! |= 1 << (bit & 7);
    }
  }
}

/** The power of BASE by which the oldest byte of a window weighs. */
const OLDEST = Array.from({ length: WINDOW - 1 }).reduce<number>((power) => imul(power, BASE), 1);

function hashOf(bytes: Uint8Array, at: number): number {
  let hash = 0;
  for (let index = at; index < at + WINDOW; index += 1) hash = (imul(hash, BASE) + (bytes[index] ?? 0)) | 0;
  return hash;
}

function isTelling(bytes: Uint8Array, at: number): boolean {
  let different = 0;
  for (let index = at; index < at + WINDOW; index += 1) if (bytes.indexOf(bytes[index]!, at) === index) different += 1;
  return different >= DISTINCT;
}

/** The ways in which a value may be written down. Inside of other text its base64 depends on where it begins. */
function formsOf(text: string): Set<string> {
  const percent = encodeURIComponent(text);
  const forms = [text, percent, percent.replaceAll('%20', '+'), JSON.stringify(text).slice(1, -1), Buffer.from(text).toString('hex')];
  for (const skipped of ALIGNMENTS) forms.push(...base64(Buffer.from(text).subarray(skipped)));
  if (/^[\w-]{40,}$/.test(text)) {
    const bytes = Buffer.from(text, 'base64url');
    forms.push(bytes.toString('hex'), ...base64(bytes));
  }
  return new Set(forms);
}

/** Without the end, whose bits depend on what follows. */
function base64(bytes: Buffer): string[] {
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
  return [whole.toString('base64'), whole.toString('base64url')];
}
