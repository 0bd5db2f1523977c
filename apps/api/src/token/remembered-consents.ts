import { parseScope } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { eventsJson, insertEvents } from '../audit/index.js';
import { Clock } from '../platform/clock.js';
import { BrowserConnections, createBatcher, type Statement, type Text } from '../platform/database/batcher.js';
import { arraysOf, listText, textList, unnested } from '../platform/database/columns.js';
import {
  codeOf,
  CONSENT_STANDS,
  type Decision,
  given,
  grantColumns,
  insertGrants,
  type NewGrant,
  type RememberedConsent,
} from './new-grants.js';
import { TokenHandles } from './token-handle.js';

/** $1 users, $2 clients. */
const FIND: Statement = {
  name: 'remembered_consents',
  text: `
SELECT w.n, array_to_string(k.team_ids, E'\\n'), k.scope, array_to_string(k.resources, E'\\n')
  FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY w(user_id, client_id, n)
  JOIN consent k ON k.user_id = w.user_id AND k.client_id = w.client_id ${CONSENT_STANDS}`,
};
type FoundRow = [n: string, team_ids: string, scope: string, resources: Text];

/** Whose consent to which client. */
interface Pair {
  readonly user_id: string;
  readonly client_id: string;
}

/** A grant that is to follow from a consent as it was read, and the event that tells of it. */
interface Allowed extends NewGrant {
  readonly remembered: RememberedConsent;
  readonly event_id: string;
}

const ALLOWED = grantColumns<Allowed>({
  event_id: { type: 'uuid', of: ({ event_id }) => event_id },
  remembered_scope: { type: 'text', of: ({ remembered }) => remembered.scope.join(' ') },
  remembered_resources: { type: 'text', of: ({ remembered }) => listText(remembered.resources) },
});
const NOW = `$${Object.keys(ALLOWED).length + 1}`;
const EVENTS = `$${Object.keys(ALLOWED).length + 2}`;

/**
 * Where a remembered consent answers, all that is left to do is one statement, and so one commit: the consent row is locked as
 * it was read, the grant follows from it, and the audit row from that. Pausing the client or disabling the user need not be waited
 * for: a grant that is made beside them carries the epoch that they ended. Client and user are looked up one by one: a plan of joins
 * begins with all clients that are enabled, where they were few when the statement was first prepared.
 */
const allowText = (locking: string): string => `
WITH w AS MATERIALIZED (
  SELECT w.* FROM ${unnested(ALLOWED)} JOIN consent k ON k.user_id = w.user_id AND k.client_id = w.client_id
   WHERE k.team_ids = ${textList('w.team_ids')}::uuid[] AND k.scope = w.remembered_scope
     AND k.resources IS NOT DISTINCT FROM ${textList('w.remembered_resources')}
     AND (SELECT c.consent_epoch = k.consent_epoch AND c.epoch = w.client_epoch AND c.status = 'enabled' FROM oauth_client c WHERE c.client_id = k.client_id)
     AND (SELECT u.epoch = k.user_epoch FROM user_account u WHERE u.id = k.user_id)
   ORDER BY k.user_id, k.client_id FOR UPDATE OF k ${locking}),
made AS (${insertGrants('w', NOW)}),
told AS (${insertEvents(NOW, EVENTS, 'e.id IN (SELECT event_id FROM w)')})
SELECT id, created_at FROM made`;
type MadeRow = [id: string, created_at: string];

/** A batch locks in key order and never waits, so batches cannot deadlock. */
const ALLOW: Statement = { name: 'allow_remembered', text: allowText('SKIP LOCKED') };
/** What a batch could not lock is settled alone, waiting on its one row. */
const ALLOW_ALONE: Statement = { name: 'allow_remembered_alone', text: allowText('') };

/** What users once allowed, and the grants that follow from it with no page and no request that was pending. */
@Injectable()
export class RememberedConsents {
  readonly #find: (pair: Pair) => Promise<RememberedConsent | null>;
  readonly #allow: (allowed: Allowed) => Promise<number | null>;
  readonly #allowAlone: (allowed: Allowed) => Promise<number | null>;

  constructor(
    private readonly browsers: BrowserConnections,
    private readonly clock: Clock,
    @Inject(TokenHandles) private readonly handles: TokenHandles,
  ) {
    this.#find = createBatcher<Pair, RememberedConsent | null>(browsers, async (pairs) => {
      const found = new Array<RememberedConsent | null>(pairs.length).fill(null);
      const values = [pairs.map(({ user_id }) => user_id), pairs.map(({ client_id }) => client_id)];
      for (const [n, ...row] of await browsers.texts<FoundRow>(FIND, values)) found[Number(n) - 1] = toRemembered(row);
      return found;
    });
    this.#allow = createBatcher<Allowed, number | null>(browsers, (all) => this.#make(ALLOW, all), { lanes: browsers.writes });
    const alone = { lanes: browsers.waits, maxBatchSize: 1 };
    this.#allowAlone = createBatcher<Allowed, number | null>(browsers, (all) => this.#make(ALLOW_ALONE, all), alone);
  }

  /** What the user once allowed this client, if it still stands. */
  find(user_id: string, client_id: string): Promise<RememberedConsent | null> {
    return this.#find({ user_id, client_id });
  }

  /**
   * Makes the grant at generation 0 that follows from a remembered consent; resolves after the commit.
   *
   * @param remembered the consent as it was read, which stands behind the decision
   * @returns its code, or null where the consent does not stand any more as it was read, or its client was paused
   */
  async allow(decision: Decision, remembered: RememberedConsent): Promise<string | null> {
    const { locator, grant_id } = TokenHandles.newLocator();
    const allowed = { grant_id, decision, remembered, event_id: randomUUID() };
    const created_at = (await this.#allow(allowed)) ?? (await this.#allowAlone(allowed));
    return created_at === null ? null : codeOf(this.handles, locator, decision, created_at);
  }

  /** @returns when each was made, in seconds since the epoch; null for what was not */
  async #make(statement: Statement, all: readonly Allowed[]): Promise<(number | null)[]> {
    const events = eventsJson(...all.map(({ decision, event_id }) => ({ id: event_id, ...given(decision) })));
    const rows = await this.browsers.texts<MadeRow>(statement, [...arraysOf(ALLOWED, all), this.clock.bind(), events]);
    const made = new Map(rows);
    return all.map(({ grant_id }) => (made.has(grant_id) ? Number(made.get(grant_id)) : null));
  }
}

function toRemembered([team_ids, scope, resources]: [team_ids: string, scope: string, resources: Text]): RememberedConsent {
  return { team_ids: toList(team_ids) ?? [], scope: parseScope(scope) ?? [], resources: toList(resources) };
}

function toList(text: Text): string[] | null {
  return text === '' ? [] : (text?.split('\n') ?? null);
}
