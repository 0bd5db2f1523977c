/** Runs something and measures it, in milliseconds. */
export async function measure<T>(run: () => Promise<T>): Promise<{ value: T; took: number }> {
  const began = performance.now();
  const value = await run();
  return { value, took: performance.now() - began };
}

/** Tells whoever runs `npm run faults` what was measured: docs/reliability.md is written from it. */
export function note(what: string, figure: number): void {
  if (process.env['FAULTS_FIGURES']) process.stdout.write(`  ${what}: ${Math.round(figure)}\n`);
}
