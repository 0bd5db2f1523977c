import { diffChars } from 'diff';

/** A piece of a value: the same as in the other one, or not. */
export interface Part {
  readonly text: string;
  readonly same: boolean;
}

export interface Difference {
  readonly received: readonly Part[];
  /** The registered value that is nearest. */
  readonly registered: readonly Part[];
}

/** Edits beyond which two values have nothing to do with each other; also keeps a hostile value from costing time. */
const MAX_EDITS = 200;
/** Above this share of differing characters, marking single letters says less than marking the whole. */
const MAX_SHARE = 0.5;

/** What differs, character by character, between a value and the nearest registered one; null where none is near. */
export function nearestDifference(received: string, registered: readonly string[]): Difference | null {
  const differences = registered.flatMap((each) => {
    const changes = diffChars(each, received, { maxEditLength: MAX_EDITS });
    if (!changes) return [];
    const edits = changes.filter(({ added, removed }) => added || removed).reduce((sum, { count }) => sum + count, 0);
    const parts = (other: 'added' | 'removed') =>
      changes.filter((change) => !change[other]).map(({ value, added, removed }) => ({ text: value, same: !added && !removed }));
    return [{ edits, received: parts('removed'), registered: parts('added') }];
  });
  const nearest = differences.toSorted((a, b) => a.edits - b.edits)[0];
  return nearest && nearest.edits <= MAX_SHARE * received.length ? nearest : null;
}
