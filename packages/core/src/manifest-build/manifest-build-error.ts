import { RouterError } from "../errors/router-error.ts";

/** A package's manifest or validators cannot be made. Code `MANIFEST_BUILD`. */
export class ManifestBuildError extends RouterError {
  constructor(message: string, cause?: unknown) {
    super("MANIFEST_BUILD", message, { phase: "build", cause });
  }
}
