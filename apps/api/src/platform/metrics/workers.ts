import { WORKER_PATIENCE_SECONDS } from '@behalf/domain';
import cluster, { type Worker } from 'node:cluster';
import { aggregate, type Snapshot } from './registry.js';

const MILLISECONDS = 1000;
const QUESTION = 'behalf:metrics';

interface Answer {
  readonly type: typeof QUESTION;
  readonly snapshot: Snapshot;
}

/** Worker: tells its metrics whenever the primary asks. */
export function answerPrimary(snapshot: () => Promise<Snapshot>): void {
  process.on('message', (message: { type?: unknown }) => {
    if (message?.type !== QUESTION) return;
    void snapshot().then((told) => process.connected && process.send?.({ type: QUESTION, snapshot: told } satisfies Answer));
  });
}

/**
 * Primary: the metrics of all workers as those of one process. A counter must not go back, or a reader takes it for a restart and counts all of it
 * again: what a worker told last stands in for it while it is too busy to answer, and its counts stay when it has ended.
 */
export class WorkerMetrics {
  readonly #told = new Map<number, Snapshot>();
  #ended: Snapshot = [];

  constructor() {
    cluster.on('message', (worker, message: Partial<Answer> | undefined) => {
      if (message?.type === QUESTION && message.snapshot) this.#told.set(worker.id, message.snapshot);
    });
    cluster.on('exit', ({ id }) => void this.#keep(id));
  }

  async text(): Promise<string> {
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected() === true) as Worker[];
    await Promise.all(workers.map(ask));
    const all = await aggregate([...this.#told.values(), this.#ended]);
    return all.metrics();
  }

  async #keep(id: number): Promise<void> {
    const last = this.#told.get(id);
    if (!last) return;
    this.#told.delete(id);
    const counts = last.filter(({ type }) => String(type) === 'counter' || String(type) === 'histogram');
    this.#ended = await (await aggregate([this.#ended, counts])).getMetricsAsJSON();
  }
}

/** Resolves when the worker has answered, or has had its time. */
function ask(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(impatience);
      worker.off('message', heard).off('exit', done);
      resolve();
    };
    const heard = (message: Partial<Answer> | undefined) => message?.type === QUESTION && done();
    const impatience = setTimeout(done, WORKER_PATIENCE_SECONDS * MILLISECONDS);
    worker.on('message', heard).once('exit', done);
    // Without a callback a worker that died this instant would end the primary.
    worker.send({ type: QUESTION }, (fault: Error | null) => void (fault && done()));
  });
}
