const OLDEST_NODE = [20, 19];

/** Prints one line for whoever waits. */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * Says what a step does before it runs, and after it whether it worked and how long it took.
 *
 * @param run answers an exit code
 * @returns the exit code
 */
export async function step(text, run) {
  const began = performance.now();
  say(`· ${text} …`);
  const code = await run();
  say(`${code === 0 ? '✓' : '✗'} ${text} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return code;
}

/** Ends the process with one sentence where Node is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  process.stderr.write(`Behalf needs Node ${OLDEST_NODE.join('.')} or newer; this is Node ${process.versions.node}.\n`);
  process.exit(1);
}
