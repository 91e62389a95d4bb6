import { sdk1Client } from "./clients/sdk-1-client.ts";
import { sdk2AutoClient, sdk2LegacyClient } from "./clients/sdk-2-client.ts";
import type { ClientRow } from "./parity-client.ts";

/** The official clients, each in every way it can start. */
export const clients: readonly ClientRow[] = [sdk1Client, sdk2LegacyClient, sdk2AutoClient];
