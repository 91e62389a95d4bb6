import { Command } from "commander";

import type { CommandContext } from "../command-context.ts";
import { addFlagOptions, readFlags } from "./flag-options.ts";
import { addProbeOptions, type ProbeFlags, probeEndpoints } from "./probe-endpoints.ts";

export function testConnectionCommand(context: CommandContext): Command {
  return addProbeOptions(addFlagOptions(new Command("test-connection")))
    .description("test every part of the way to the gateway and say what is wrong; exits with 1 if something is")
    .action(async (options: ProbeFlags, command: Command) => {
      await probeEndpoints({
        flags: readFlags(command),
        options,
        context,
        test: async (probe, given) => await probe.connection(given),
      });
    });
}
