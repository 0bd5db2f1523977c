import type { ProblemName } from '@behalf/domain';
import type { Schema } from '../schema.js';

/** What a route of the management API is for: all that its handler cannot say itself. */
export interface OperationWords {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** Refusals beside those that the route's access rule, parameters and body bring along. */
  readonly problems?: readonly ProblemName[];
  /** Keys that its list can be sorted by. */
  readonly sort?: readonly string[];
  /** What it answers, by media type, where the handler sends it itself. */
  readonly answers?: Readonly<Record<string, Schema>>;
}

/** The operations of one part of the API, by route below `/api/v1`. */
export interface Part {
  readonly name: string;
  readonly description: string;
  readonly operations: Readonly<Record<string, OperationWords>>;
}
