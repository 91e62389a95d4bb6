import type { Channel, ChannelEnd } from "../plugin/transport.ts";

/** One life of a channel; messages and its end may come before the dial has returned it. */
export interface ChannelRun {
  channel: Channel | undefined;
  readonly early: { readonly bytes: Buffer; readonly inReplyTo: string | undefined }[];
  end: ChannelEnd | undefined;
}
