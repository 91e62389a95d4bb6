import { member } from "../message/json-member.ts";
import type { JsonValue } from "../plugin/json.ts";
import type { Message } from "../plugin/message.ts";
import type { ClientRequest } from "./client-request.ts";

export interface SafeToolsOptions {
  /** `retry.safe_tools`. */
  readonly names: readonly string[];
  /** `retry.trust_annotations`. */
  readonly trustAnnotations: boolean;
}

/** Which tools may run twice: those the configuration names, and those of trusted servers that say so of themselves. */
export class SafeTools {
  readonly #named: ReadonlySet<string>;
  readonly #trust: boolean;
  readonly #announced = new Set<string>();

  constructor({ names, trustAnnotations }: SafeToolsOptions) {
    this.#named = new Set(names);
    this.#trust = trustAnnotations;
  }

  has(request: ClientRequest): boolean {
    const { name } = request.message;
    if (request.method !== "tools/call" || name === undefined) return false;
    return this.#named.has(name) || this.#announced.has(name);
  }

  /** The gateway's answer to a `tools/list`; a tool that has lost its hint is no longer safe. */
  learn(reply: Message): void {
    if (!this.#trust) return;
    const tools = member(member(reply.json, "result"), "tools");
    if (!Array.isArray(tools)) return;
    for (const tool of tools) {
      const name = member(tool, "name");
      if (typeof name !== "string") continue;
      if (isHarmless(member(tool, "annotations"))) this.#announced.add(name);
      else this.#announced.delete(name);
    }
  }

  /** The list has changed, or another server may be there: what was announced counts no more until it is said again. */
  forget(): void {
    this.#announced.clear();
  }
}

function isHarmless(annotations: JsonValue | undefined): boolean {
  return member(annotations, "readOnlyHint") === true || member(annotations, "idempotentHint") === true;
}
