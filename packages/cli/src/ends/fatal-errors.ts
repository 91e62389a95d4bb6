/**
 * Calls `onFatal` for the first error that nobody caught; further ones are ignored, for they mostly follow from it, and
 * a handler that speaks each time can keep a broken process busy for ever.
 */
export function onFatalError(onFatal: (error: unknown) => void): void {
  let seen = false;
  const listen = (error: unknown): void => {
    if (seen) return;
    seen = true;
    onFatal(error);
  };
  process.on("uncaughtException", listen);
  process.on("unhandledRejection", listen);
}
