const DURATION = /^LOG: +duration: ([\d.]+) ms +(.*)/;
/** The log comes by a pipe, a little later than the answer. */
const LATE_MS = 30;

/** What transactions took within PostgreSQL, commit and its wait for the disk included, read from its log while one caller is at work. */
export class Transactions {
  #took = null;
  #isCut = false;
  #cuts = [];

  hear = (line) => {
    const [, milliseconds, text] = DURATION.exec(line) ?? [];
    if (text === undefined) return;
    if (/START TRANSACTION/.test(text)) [this.#took, this.#isCut] = [0, false];
    if (this.#took === null) return;
    this.#took += Number(milliseconds);
    this.#isCut ||= /UPDATE (oauth_client|user_account)/.test(text);
    if (!/(COMMIT|ROLLBACK)/.test(text)) return;
    if (this.#isCut) this.#cuts.push(this.#took);
    this.#took = null;
  };

  /** Milliseconds of the transaction that moved an epoch during the work. */
  async of(work) {
    this.#cuts = [];
    const done = await work();
    await new Promise((resolve) => setTimeout(resolve, LATE_MS));
    return { ...done, in_database: this.#cuts[0] };
  }
}
