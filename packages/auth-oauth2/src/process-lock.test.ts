import { existsSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { withProcessLock } from "./process-lock.ts";

const { signal } = new AbortController();

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe("a process lock", () => {
  it("lets one in at a time, and leaves nothing behind", async () => {
    const path = join(temporaryFolder(), "lock");
    let inside = 0;
    const work = async (): Promise<void> => {
      expect(++inside).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => withProcessLock(path, signal, work)));
    expect(existsSync(path)).toBe(false);
  });

  it("is free again when the work fails", async () => {
    const path = join(temporaryFolder(), "lock");
    const failing = withProcessLock(path, signal, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await withProcessLock(path, signal, async () => "yes")).toBe("yes");
  });

  it("is waited for no longer than the signal says", async () => {
    const path = join(temporaryFolder(), "lock");
    const [entered, leave] = [gate(), gate()];
    const holder = withProcessLock(path, signal, async () => {
      entered.open();
      await leave.opened;
    });
    await entered.opened;
    const controller = new AbortController();
    const waiter = withProcessLock(path, controller.signal, async () => "never");
    controller.abort(new Error("over"));
    await expect(waiter).rejects.toThrow();
    leave.open();
    await holder;
  });

  it("of a holder that shows no life is taken over by one of those who wait", async () => {
    const path = join(temporaryFolder(), "lock");
    writeFileSync(path, "");
    utimesSync(path, 0, 0);
    let inside = 0;
    const work = async (): Promise<void> => {
      expect(++inside).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all([withProcessLock(path, signal, work, 50), withProcessLock(path, signal, work, 50)]);
    expect(existsSync(path)).toBe(false);
  });

  it("that was taken from a holder is not removed by it", async () => {
    const path = join(temporaryFolder(), "lock");
    await withProcessLock(path, signal, async () => {
      const { renameSync } = process.getBuiltinModule("node:fs");
      writeFileSync(`${path}.other`, "");
      renameSync(`${path}.other`, path);
    });
    expect(existsSync(path)).toBe(true);
  });

  it.skipIf(process.platform === "win32")("does not follow a symbolic link", async () => {
    const folder = temporaryFolder();
    symlinkSync(join(folder, "elsewhere"), join(folder, "lock"));
    await withProcessLock(join(folder, "lock"), signal, async () => {}, 50);
    expect(existsSync(join(folder, "elsewhere"))).toBe(false);
  });
});
