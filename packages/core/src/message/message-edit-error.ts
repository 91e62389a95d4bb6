import { RouterError, type RouterErrorOptions } from "../errors/router-error.ts";

/** A plugin tried to change what it may not, or what is not there. The message is as it was before. */
export class MessageEditError extends RouterError {
  constructor(message: string, options: RouterErrorOptions = {}) {
    super("MESSAGE_EDIT", message, options);
  }
}
