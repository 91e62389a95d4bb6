export { findServer } from "./find-server.ts";
export { requestToken } from "./request-token.ts";
