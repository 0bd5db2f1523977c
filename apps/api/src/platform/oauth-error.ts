import { type FailureReason, OAUTH_ERRORS, type OAuthErrorCode } from '@behalf/domain';

export interface OAuthErrorOptions {
  /** For the log alone. */
  readonly detail?: string;
  readonly cause?: unknown;
  /** For whoever manages the client, in its recent failures. */
  readonly reason?: FailureReason;
  /** What was sent and did not fit, for the same; never a credential, a code or a token. */
  readonly received?: string;
  readonly status?: number;
  readonly headers?: Record<string, string>;
}

/**
 * A refusal of the OAuth endpoints. The wire shows the code and one neutral sentence from a closed table; the rest
 * stays here, since an answer must not explain itself to an attacker.
 */
export class OAuthError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: OAuthErrorCode,
    readonly options: OAuthErrorOptions = {},
  ) {
    super(options.detail ?? options.reason ?? code, { cause: options.cause });
    this.status = options.status ?? OAUTH_ERRORS[code].status;
    this.headers = options.headers ?? {};
  }

  body(): { error: string; error_description: string } {
    return { error: this.code, error_description: OAUTH_ERRORS[this.code].description };
  }
}
