import { type ActiveToken, METADATA_MAX_AGE_SECONDS, resultOfStatus } from '@behalf/domain';
import type { ResourceServer } from './resource-server.js';

/** A call that was answered, as every framework can tell it. */
export interface AnsweredCall {
  readonly method: string;
  /** The route's pattern, where the framework knows it. */
  readonly route: string | undefined;
  readonly status: number;
  readonly team_id?: string | undefined;
  readonly ip_address?: string | undefined;
  readonly user_agent?: string | undefined;
}

/** Reports an answered call, where that is switched on. */
export function reportCall(server: ResourceServer, token: ActiveToken, { method, route, status, ...rest }: AnsweredCall): void {
  if (!server.settings.report_calls) return;
  server.report(token, { operation: `${method} ${route ?? '(no route)'}`, result: resultOfStatus(status), ...rest });
}

/** Clients in a browser read the metadata too (RFC 9728 §3.2 is public by nature). */
export const METADATA_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': `public, max-age=${METADATA_MAX_AGE_SECONDS}`,
  'access-control-allow-origin': '*',
} as const;
