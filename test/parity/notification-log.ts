import type { ReceivedNotification } from "./parity-client.ts";

const PATIENCE_MS = 8_000;

/** The notifications of a run in the order they came, to look at and to wait for. */
export class NotificationLog {
  readonly all: ReceivedNotification[] = [];
  readonly #waiting = new Set<() => void>();

  add(notification: ReceivedNotification): void {
    this.all.push(notification);
    for (const look of this.#waiting) look();
  }

  /** Settles when a notification that matches is there. */
  async until(what: string, matches: (notification: ReceivedNotification) => boolean): Promise<void> {
    if (this.all.some(matches)) return;
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!this.all.some(matches)) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`no ${what} within ${PATIENCE_MS} ms`));
      }, PATIENCE_MS);
      this.#waiting.add(look);
    });
  }
}
