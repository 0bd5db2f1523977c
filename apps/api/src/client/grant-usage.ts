import type { ClientSettings, Impact } from '@behalf/domain';

/** What clients' tokens are doing. A client knows nothing of grants, so the token module answers. */
export abstract class GrantUsage {
  /** How many live grants each client has; counting stops at `cap`, where one is given. A client without any may be left out. */
  abstract liveTokens(client_ids: readonly string[], cap?: number): Promise<Map<string, number>>;

  /** What pausing or deleting these clients would end. */
  abstract impact(client_ids: readonly string[]): Promise<Impact>;

  /** What an edit would do to live grants: how many it ends, and how many of the rest may do less afterwards. */
  abstract preview(client_id: string, before: ClientSettings, after: ClientSettings): Promise<{ ends: number; narrows: number }>;
}
