import { Command } from "commander";

import type { CommandContext } from "../command-context.ts";
import { addFlagOptions, readFlags } from "./flag-options.ts";
import { addProbeOptions, type ProbeFlags, probeEndpoints } from "./probe-endpoints.ts";

interface TestAuthFlags extends ProbeFlags {
  readonly renew?: true;
  readonly offline?: true;
}

export function testAuthCommand(context: CommandContext): Command {
  return addProbeOptions(addFlagOptions(new Command("test-auth")))
    .description(
      "test the sign-in alone and show what the token says of itself, never the token; exits with 1 on a fault",
    )
    .option("--renew", "also ask for the token again, as before its expiry and as after a refusal")
    .option("--offline", "do not ask the gateway whether it accepts the credential")
    .action(async (options: TestAuthFlags, command: Command) => {
      const { renew = false, offline = false } = options;
      await probeEndpoints({
        flags: readFlags(command),
        options,
        context,
        test: async (probe, given) => await probe.signIn({ ...given, renew, offline }),
      });
    });
}
