export { findServer } from "./find-server.ts";
export { loginInBrowser } from "./login-in-browser.ts";
export { loginOnOtherDevice } from "./login-on-other-device.ts";
export { requestToken } from "./request-token.ts";
