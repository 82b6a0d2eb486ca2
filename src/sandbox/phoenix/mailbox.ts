/** Something to do; while a promise is pending, everything behind it waits. */
export type Task = () => void | Promise<void>;

/**
 * What one connection has yet to do, frames in and frames out in one line, first come first served. Phoenix runs a
 * connection as one such process, which is why a slow join holds up heartbeats and the events of every other topic.
 */
export class Mailbox {
  readonly #tasks: Task[] = [];
  #busy = false;

  post(task: Task): void {
    this.#tasks.push(task);
    if (!this.#busy) this.#drain();
  }

  #drain(): void {
    this.#busy = true;
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
      const pending = task();
      if (pending !== undefined) {
        void pending.then(() => this.#drain());
        return;
      }
    }
    this.#busy = false;
  }
}
