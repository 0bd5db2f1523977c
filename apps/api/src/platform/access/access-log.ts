import type { Actor } from '../actor.js';
import type { Problem } from '../problem.js';

/** Where denied attempts are written down; the audit module implements it. */
export abstract class AccessLog {
  /**
   * Records an attempt that was refused for want of a permission or a scope.
   *
   * @param route method and route pattern, never the address as it was typed
   */
  abstract denied(actor: Actor, route: string, problem: Problem): Promise<void>;
}
