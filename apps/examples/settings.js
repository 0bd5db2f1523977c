/**
 * Reads settings from the environment and ends the process where some are missing, naming each.
 *
 * @template {string} Name
 * @param {...Name} names
 * @returns {Record<Name, string>}
 */
export function readSettings(...names) {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length) {
    console.error(`Set ${missing.join(', ')}. After node setup.js they stand in .env: start with node --env-file=.env`);
    process.exit(1);
  }
  return /** @type {Record<Name, string>} */ (Object.fromEntries(names.map((name) => [name, process.env[name]])));
}

/**
 * Somebody else's words as a terminal may show them: without the characters that would move its cursor or write to its clipboard.
 *
 * @param {string} text
 */
export function printable(text) {
  return text.replace(/\p{Cc}/gu, '?');
}

/**
 * Where a server listens: PORT and HOST, or else the port of its own address, on this machine alone.
 *
 * @param {string} url
 * @returns {[port: number, host: string]}
 */
export function listenAt(url) {
  return [Number(process.env.PORT ?? new URL(url).port), process.env.HOST ?? '127.0.0.1'];
}

/**
 * Lets what is under way end, and takes nothing new, once the process is told to stop.
 *
 * @param {import('node:http').Server} server
 * @param {() => unknown} [afterwards]
 */
export function stopOnSignals(server, afterwards = () => undefined) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close(() => void afterwards()));
}
