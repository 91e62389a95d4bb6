import type { CommandContext } from "../command-context.ts";
import type { Setup } from "../setup.ts";

/** Says what the user should know before the router runs: which file it uses, and what is doubtful. */
export function tellSetup({ file, discovered, log, warnings }: Setup, context: CommandContext): void {
  const { logger } = log;
  // Not a secret to keep from somebody who asked for quiet: the level of the log decides.
  if (discovered) logger.info({ file }, `configuration found: ${file}`);
  for (const warning of warnings) logger.warn(warning);
  if (context.env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    logger.warn(
      "NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: use gateway.tls.ca_cert_path to trust a certificate authority",
    );
  }
}
