import { connect, type Socket } from "node:net";

import { Dice } from "../dice.ts";
import { ArmedFault } from "../frames/armed-fault.ts";
import type { FrameFaultOptions } from "../frames/frame-fault.ts";
import type { Frame } from "../frames/frame.ts";
import type { ToxicOptions, ToxicType } from "../toxics/toxic.ts";
import { type AnyToxicRecord, ToxicRecord } from "../toxics/toxic-record.ts";
import { EventHub } from "./event-hub.ts";
import type { FaultProxyOptions } from "./fault-proxy-options.ts";
import type { FaultProxy } from "./fault-proxy.ts";
import { Port } from "./port.ts";
import { ProxiedConnection } from "./proxied-connection.ts";
import type { ProxyEvents } from "./proxy-events.ts";
import type { Stream } from "./stream.ts";

const BUFFER_BYTES = 1024 * 1024;

/** Starts a proxy and settles when it takes connections. */
export async function startFaultProxy<F extends Frame = Frame>(options: FaultProxyOptions<F>): Promise<FaultProxy<F>> {
  const { target, frames, bufferBytes = BUFFER_BYTES } = options;
  const dice = new Dice(options.seed ?? 1);
  const hub = new EventHub<ProxyEvents<F>>({ connected: new Set(), closed: new Set(), frame: new Set() });
  const open = new Set<ProxiedConnection<F>>();
  const toxics = new Set<AnyToxicRecord>();
  const faults = new Set<ArmedFault<F>>();
  let connections = 0;
  let toxicsAdded = 0;

  const accept = (client: Socket): void => {
    const number = ++connections;
    const connection = new ProxiedConnection<F>(
      {
        client,
        target: connect({ ...target, allowHalfOpen: true, noDelay: true }),
        bufferBytes,
        dice: dice.fork(number),
        frames,
        frameArrived(stream: Stream, frame: F) {
          hub.emit("frame", { connection: number, stream, frame });
          return [...faults].find((fault) => fault.options.stream === stream && fault.matches(frame));
        },
      },
      toxics,
    );
    open.add(connection);
    void connection.closed.then((cut) => {
      open.delete(connection);
      hub.emit("closed", { connection: number, cut });
    });
    hub.emit("connected", { connection: number });
  };
  const port = new Port(options.port ?? 0, accept);
  await port.open();

  async function disable(): Promise<void> {
    const closed = port.close();
    for (const connection of open) connection.reset();
    await closed;
  }

  async function close(): Promise<void> {
    await disable();
    for (const connection of open) connection.destroy();
    await Promise.all([...open].map((connection) => connection.closed));
  }

  return {
    get port() {
      return port.number;
    },
    get connections() {
      return connections;
    },
    url(targetUrl) {
      const url = new URL(targetUrl);
      url.port = String(port.number);
      return url.href;
    },
    addToxic<Type extends ToxicType>(toxic: ToxicOptions<Type>) {
      const record: ToxicRecord<Type> = new ToxicRecord(toxic, ++toxicsAdded, () => toxics.delete(record));
      toxics.add(record);
      for (const connection of open) connection.poison(record);
      return record;
    },
    onFrame(fault: FrameFaultOptions<F>) {
      if (frames === undefined) throw new TypeError("Expected the option frames: without it the proxy sees no frames");
      const armed: ArmedFault<F> = new ArmedFault(fault, () => faults.delete(armed));
      faults.add(armed);
      return armed;
    },
    cutAll(how) {
      for (const connection of open) connection.cut(how);
    },
    disable,
    enable: () => port.open(),
    on: (name, listener) => hub.on(name, listener),
    next: (name, matches) => hub.next(name, matches),
    close,
  };
}
