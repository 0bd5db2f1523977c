const OLDEST = [20, 19];

/** One line of progress for whoever waits. */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Says what a step does, and how long it took. */
export async function step(text, run) {
  const began = Date.now();
  say(`· ${text} …`);
  const result = await run();
  say(`  done in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  return result;
}

/** Stops with one sentence on a Node that is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  say(`Behalf needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
