import { OAUTH_ERRORS, type OAuthErrorCode } from '@behalf/domain';

/**
 * A refusal of the OAuth endpoints. The wire shows the code and one neutral sentence from a closed table;
 * `detail` and `cause` go to the log alone, since an answer must not explain itself to an attacker.
 */
export class OAuthError extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(
    readonly code: OAuthErrorCode,
    readonly options: { detail?: string; cause?: unknown; status?: number; headers?: Record<string, string> } = {},
  ) {
    super(options.detail ?? code, { cause: options.cause });
    this.status = options.status ?? OAUTH_ERRORS[code].status;
    this.headers = options.headers ?? {};
  }

  body(): { error: string; error_description: string } {
    return { error: this.code, error_description: OAUTH_ERRORS[this.code].description };
  }
}
