import type { Stream } from "../proxy/stream.ts";

/** What the toxics do, and how much of it: Toxiproxy's names, all times in milliseconds. */
export interface ToxicAttributes {
  /** Everything arrives `latency` ms later, give or take `jitter` ms. The order stays. */
  readonly latency: { readonly latency: number; readonly jitter?: number };
  /** At most `rate` thousand bytes a second. */
  readonly bandwidth: { readonly rate: number };
  /** The end of the connection arrives `delay` ms later. */
  readonly slow_close: { readonly delay: number };
  /** Nothing arrives, and after `timeout` ms the connection is closed; 0: never, a black hole. What was held back arrives when the toxic is removed. */
  readonly timeout: { readonly timeout: number };
  /** Nothing arrives, and after `timeout` ms both sides get an RST. */
  readonly reset_peer: { readonly timeout: number };
  /** Bytes arrive in slices of `average_size`, give or take `size_variation`, with `delay` ms between them. */
  readonly slicer: { readonly average_size: number; readonly size_variation: number; readonly delay: number };
  /** The connection is closed when so many bytes have passed. */
  readonly limit_data: { readonly bytes: number };
}

export type ToxicType = keyof ToxicAttributes;

/** A toxic to add. */
export type ToxicOptions<Type extends ToxicType> = {
  readonly type: Type;
  readonly stream: Stream;
  /** Share of the connections that it poisons, 0 to 1, thrown for each from the proxy's seed. Default 1. */
  readonly toxicity?: number;
} & ToxicAttributes[Type];

/** A toxic that is at work, in the connections that are open and in those to come. */
export interface Toxic<Type extends ToxicType> {
  readonly type: Type;
  readonly stream: Stream;
  /** Changes it, at once and in every connection that it poisons. */
  update(changes: Partial<ToxicAttributes[Type]>): void;
  /** Ends it; what it held back goes on. */
  remove(): void;
}
