/** The member of `_meta` that tells requests and results apart, on every way. */
export const NONCE = "soak/nonce";
