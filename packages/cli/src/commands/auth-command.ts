import { openAccounts, RouterError } from "@mcp-router/core";
import type { EndpointAccount } from "@mcp-router/core";
import { Command } from "commander";

import type { CommandContext } from "../command-context.ts";
import { onEndSignals } from "../ends/signals.ts";
import { forcedBy } from "../exit-code.ts";
import { escapeControls } from "../log/escape-controls.ts";
import { setUp } from "../setup.ts";
import { chooseEndpoints } from "./choose-endpoints.ts";
import { addFlagOptions, readFlags } from "./flag-options.ts";

type Work = (chosen: EndpointAccount, signal: AbortSignal, write: (text: string) => void) => Promise<void>;

export function authCommand(context: CommandContext): Command {
  const auth = new Command("auth").description("sign in to gateways that ask for a person");
  const add = (name: string, description: string, work: Work): void => {
    auth.addCommand(
      addFlagOptions(new Command(name))
        .description(description)
        .option("--endpoint <name>", "this one only: its place in gateway.endpoints (0 is the first), or its address")
        .action(async (options: { readonly endpoint?: string }, command: Command) => {
          await onAccounts(command, options.endpoint, context, work);
        }),
    );
  };
  add("login", "sign in, and keep what comes of it for the routers of this user", login);
  add("logout", "forget what was kept", async (endpoint, _signal, write) => {
    const forgotten = await accountOf(endpoint).logout();
    write(`${endpoint.name}: ${forgotten ? "signed out" : "nobody was signed in"}`);
  });
  add("status", "print what is kept, without showing it", async ({ name, account }, _signal, write) => {
    write(`${name}: ${account === undefined ? "nothing is kept for it" : inWords(await account.status())}`);
  });
  return auth;
}

const login: Work = async (endpoint, signal, write) => {
  await accountOf(endpoint).login({ show: write, signal });
  write(`${endpoint.name}: signed in`);
};

function accountOf({ name, account }: EndpointAccount) {
  if (account !== undefined) return account;
  throw new RouterError("NO_ACCOUNT", `${name} has no sign-in that is kept.`, {
    hint: "gateway.auth.type oauth2 has one.",
  });
}

function inWords({
  goodForMs,
  renewable,
}: {
  readonly goodForMs: number | undefined;
  readonly renewable: boolean;
}): string {
  const more = renewable ? "it is renewed without a person" : "then somebody has to sign in";
  if (goodForMs === undefined) return renewable ? "signed in; the next token comes by itself" : "nobody is signed in";
  const seconds = Math.round(goodForMs / 1000);
  return `signed in; the token is good ${Number.isFinite(seconds) ? `for ${seconds} s` : "until it is refused"}, ${more}`;
}

async function onAccounts(
  command: Command,
  endpoint: string | undefined,
  context: CommandContext,
  work: Work,
): Promise<void> {
  const { redactor, stdout, people } = context;
  const ending = new AbortController();
  const stopListening = onEndSignals({
    first: (signal) => {
      process.exitCode = forcedBy(signal);
      ending.abort(new RouterError("ABORTED", "The sign-in was called off."));
    },
    second: (signal) => process.exit(forcedBy(signal)),
  });
  const { options, log, warnings } = await setUp(readFlags(command), context, { usualLogLevel: "warn" });
  for (const warning of warnings) people.tell(`warning: ${warning}`);
  const accounts = await openAccounts(options);
  try {
    for (const chosen of chooseEndpoints(accounts.endpoints, endpoint)) {
      await work(
        chosen,
        ending.signal,
        (text) => void stdout.stdout.write(`${escapeControls(redactor.redact(text))}\n`),
      );
    }
  } finally {
    stopListening();
    await accounts.dispose();
    await log.flush();
  }
}
