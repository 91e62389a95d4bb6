export { askHealth } from "./ask-health.ts";
export { DialProgress, isTlsSocket } from "./dial-progress.ts";
export { exchange } from "./exchange.ts";
export { expiryWarning } from "./expiry-warning.ts";
export { hostAndPort, hostOf } from "./host-and-port.ts";
export { LONGEST_EXCERPT } from "./longest-excerpt.ts";
export { openSocket } from "./open-socket.ts";
export { excerpt, RECOGNISABLE_BYTES, recognise } from "./recognise.ts";
export { abortedDial, hungUp, protocolMismatch, socketFailure, textMember, timedOut } from "./socket-failure.ts";
export { speaksTls } from "./speaks-tls.ts";
export { tlsOfOtherHost, tlsOptions } from "./tls-options.ts";
export { withDeadline } from "./with-deadline.ts";
export { WriteBatch } from "./write-batch.ts";

export type { DialProgressOptions, DialStage } from "./dial-progress.ts";
export type { ExchangeAnswer, ExchangeOptions, ExchangeRequest } from "./exchange.ts";
export type { OpenSocketOptions, SocketTarget } from "./open-socket.ts";
export type { Finding, Protocol } from "./protocol.ts";
export type { Speech } from "./recognise.ts";
