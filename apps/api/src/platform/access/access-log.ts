import type { Actor, ClientActor } from '../actor.js';
import type { Problem } from '../problem.js';

/** Where denied attempts are written down; the audit module implements it. */
export abstract class AccessLog {
  /**
   * Records an attempt of a known caller that was refused: for want of a permission, a scope or a client's mark, from a foreign site,
   * or by a token where none is taken.
   *
   * @param route method and route pattern, never the address as it was typed
   * @param team_id the team that the route names, if it does
   */
  abstract denied(actor: Actor | ClientActor, route: string, problem: Problem, team_id: string | null): Promise<void>;
}
