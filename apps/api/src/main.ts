import cluster from 'node:cluster';
import { readConfig } from './platform/config.js';
import { explainFault } from './platform/start-faults.js';
import { runPrimary } from './primary.js';
import { runWorker } from './worker.js';

try {
  const config = readConfig(process.env);
  await (cluster.isPrimary ? runPrimary(config) : runWorker(config));
} catch (error) {
  for (const line of explainFault(error)) process.stderr.write(`${line}\n`);
  process.exit(1);
}
