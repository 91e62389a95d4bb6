/** No frame of the connection has room for the message. */
export const TOO_LARGE: unique symbol = Symbol("too large");

/** What became of a message that was to be sent: its id as a transmission, or undefined when no byte of it has left. */
export type Transmission = string | undefined | typeof TOO_LARGE;
