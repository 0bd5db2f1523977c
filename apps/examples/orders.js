// What the API and the MCP server do once they have judged a token. In memory, and so apart in each process: real ones ask one database.
const MAX_ORDERS = 1000;
/** By team. @type {Map<string, { text: string, by: string, at: string }[]>} */
const orders = new Map();

/** @param {string} team_id */
export function ordersOf(team_id) {
  return orders.get(team_id) ?? [];
}

/**
 * All that a token may see: the teams are those of now, and one that the user has left since the sign-in is not among them.
 *
 * @param {import('@behalf/resource-server').ActiveToken} actor
 */
export function ordersFor({ username, authorized_team_ids: teams }) {
  return { for: username, teams, orders: teams.flatMap((team_id) => ordersOf(team_id).map((order) => ({ team_id, ...order }))) };
}

/** @param {import('@behalf/resource-server').ActiveToken} actor @param {string} team_id @param {string} text */
export function placeOrder(actor, team_id, text) {
  const order = { text, by: actor.username ?? actor.sub, at: new Date().toISOString() };
  orders.set(team_id, [order, ...ordersOf(team_id)].slice(0, MAX_ORDERS));
  return order;
}
