export { Dice } from "./dice.ts";
export { tcpFrames } from "./frames/tcp-frames.ts";
export { webSocketFrames } from "./frames/websocket-frames.ts";
export { Ledger } from "./ledger/ledger.ts";
export { startFaultProxy } from "./proxy/start-fault-proxy.ts";

export type { Frame } from "./frames/frame.ts";
export type { FrameDeed, FrameFault, FrameFaultOptions, FrameHold } from "./frames/frame-fault.ts";
export type { FrameSplitter, Portion, StreamSplitter } from "./frames/frame-splitter.ts";
export type { TcpFrame, TcpFramesOptions } from "./frames/tcp-frames.ts";
export type { WebSocketFrame, WebSocketFramesOptions } from "./frames/websocket-frames.ts";
export type { Execution, LedgerAnswer, Nonce, Outcome } from "./ledger/ledger-entry.ts";
export type { LedgerSummary } from "./ledger/ledger-summary.ts";
export type { FaultProxy } from "./proxy/fault-proxy.ts";
export type { FaultProxyOptions } from "./proxy/fault-proxy-options.ts";
export type { ProxyClosed, ProxyConnected, ProxyEvents, ProxyFrame } from "./proxy/proxy-events.ts";
export type { CutHow, Stream } from "./proxy/stream.ts";
export type { Toxic, ToxicAttributes, ToxicOptions, ToxicType } from "./toxics/toxic.ts";
