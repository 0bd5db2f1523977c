import { rmSync } from 'node:fs';

export default async function globalTeardown() {
  const { postgres, directory } = globalThis.behalfTest;
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}
