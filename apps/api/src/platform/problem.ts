import { PROBLEMS, type ProblemName, type Violation } from '@behalf/domain';

export interface ProblemOptions {
  /** What the caller may read about this occurrence. */
  detail?: string;
  /** Members of the problem document beside the standard ones, such as `errors` or `permission`. */
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** Whose audit log a denied attempt stands in, where it is not the one that the caller acts in. */
  organization_id?: string;
  /** What was caught; goes to the log only. */
  cause?: unknown;
}

/** A refusal of the management API, answered as RFC 9457 `application/problem+json`. */
export class Problem extends Error {
  readonly status: number;
  readonly detail: string | undefined;
  readonly members: Record<string, unknown>;
  readonly headers: Record<string, string>;
  readonly organization_id: string | undefined;

  constructor(
    readonly problem: ProblemName,
    options: ProblemOptions = {},
  ) {
    super(options.detail ?? PROBLEMS[problem].title, { cause: options.cause });
    this.status = PROBLEMS[problem].status;
    this.detail = options.detail;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
    this.organization_id = options.organization_id;
  }

  /** The document as it stands on the wire. */
  body(issuer: string): Record<string, unknown> {
    const { title, status } = PROBLEMS[this.problem];
    return { type: `${issuer}/errors#${this.problem}`, title, status, ...(this.detail ? { detail: this.detail } : {}), ...this.members };
  }
}

/** A 422 that names every field at fault. */
export function validationFailed(errors: readonly Violation[]): Problem {
  return new Problem('validation-failed', { members: { errors } });
}

/** Throws a 422 when there is anything to say. */
export function demandValid(violations: readonly (Violation | null)[]): void {
  const errors = violations.filter((violation) => violation !== null);
  if (errors.length) throw validationFailed(errors);
}
