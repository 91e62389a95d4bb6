import { realpath } from "node:fs/promises";
import { resolve } from "node:path";

import { Command } from "commander";

import { UsageError } from "../arguments/usage-error.ts";
import type { CommandContext } from "../command-context.ts";
import { stateDirectory } from "../config-file/config-directories.ts";
import { ConfigFileError } from "../config-file/config-file-error.ts";
import { findConfigFile } from "../config-file/find-config-file.ts";
import { readConfigText } from "../config-file/read-config-file.ts";
import { escapeControls } from "../log/escape-controls.ts";
import { TrustStore } from "../trust/trust-store.ts";

interface TrustOptions {
  readonly list?: true;
  readonly remove?: true;
}

export function trustCommand(context: CommandContext): Command {
  return new Command("trust")
    .description("let Claude use a configuration file of a project, as it is now; a changed file must be trusted again")
    .argument("[file]", "configuration file; default: the nearest one")
    .option("--list", "print the files that are trusted")
    .option("--remove", "trust the file no longer")
    .action(async (file: string | undefined, options: TrustOptions) => {
      const store = new TrustStore(stateDirectory(context.env));
      const write = (text: string): void => void context.stdout.stdout.write(`${escapeControls(text)}\n`);
      if (options.list === true && (options.remove === true || file !== undefined)) {
        throw new UsageError("--list takes neither a file nor --remove");
      }
      if (options.list === true) {
        for (const trusted of await store.list()) write(trusted.file);
      } else if (options.remove === true) {
        await remove(store, await pathOf(file, context), write);
      } else {
        const text = await readConfigText(await pathOf(file, context));
        await store.trust({ file: text.file, sha256: text.sha256 });
        write(`trusted: ${text.file}`);
      }
    });
}

async function remove(store: TrustStore, path: string, write: (text: string) => void): Promise<void> {
  // The file itself may be gone.
  const file = await realpath(path).catch(() => path);
  write((await store.remove(file)) ? `no longer trusted: ${file}` : `was not trusted: ${file}`);
}

async function pathOf(file: string | undefined, { env, workingDirectory }: CommandContext): Promise<string> {
  if (file !== undefined) return resolve(workingDirectory, file);
  const found = await findConfigFile(workingDirectory, env);
  if (found !== undefined) return found.path;
  throw new ConfigFileError("there is no configuration file, here or above", { file: workingDirectory });
}
