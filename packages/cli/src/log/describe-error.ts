/** An error as log fields: type, code, message and causes. The stack only when asked for. */
export function describeError(error: unknown, withStack: boolean, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return {
    type: error.name,
    ...(code !== undefined && { code }),
    message: error.message,
    ...(withStack && { stack: error.stack }),
    // Causes can be circular.
    ...(error.cause !== undefined && depth < 5 && { cause: describeError(error.cause, withStack, depth + 1) }),
  };
}
