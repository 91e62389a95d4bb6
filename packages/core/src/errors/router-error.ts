const BRAND: unique symbol = Symbol.for("@mcp-router/error");

export interface RouterErrorOptions {
  /** What the user can do about it, as one sentence. */
  readonly hint?: string | undefined;
  /** The plugin at fault. */
  readonly plugin?: string | undefined;
  /** The phase it happened in (`resolve`, `import`, `apply`, `dial`, …). */
  readonly phase?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The base of every error the router makes. `code` is stable; messages may change between releases.
 *
 * Errors are recognised by a brand, not by `instanceof`, so that two copies of this package understand each other.
 */
export class RouterError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly plugin: string | undefined;
  readonly phase: string | undefined;

  constructor(code: string, message: string, options: RouterErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.plugin = options.plugin;
    this.phase = options.phase;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Whether `value` is a router error, from this copy of the package or another. */
  static is(value: unknown): value is RouterError {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}
