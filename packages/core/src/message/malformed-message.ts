import type { MessageKind } from "../plugin/message.ts";
import { idKey } from "./id-key.ts";
import { isLegalId } from "./judge-message.ts";
import type { MessageScan } from "./message-scan.ts";
import { normaliseMessage } from "./normalise-message.ts";
import { refusalDetail, type Refusal } from "./refusal.ts";

/** A text that may not pass as a message, with what is needed to answer it or to say what was wrong. */
export class MalformedMessage {
  readonly reason: Refusal;
  /** The text as received, or the part of it that was the message. */
  readonly bytes: Buffer;
  /** Spans of the members found; `scan.start` is the offset of `bytes`. */
  readonly scan: MessageScan;

  constructor(bytes: Buffer, scan: MessageScan, reason: Refusal) {
    this.bytes = bytes;
    this.scan = scan;
    this.reason = reason;
  }

  /** What the members seen make it look like. */
  get kindGuess(): MessageKind | undefined {
    return this.scan.kind;
  }

  /** The id as written, when there is exactly one and it is legal. With `not_json` it is one that stood before the fault. */
  get id(): string | undefined {
    const { id, idRepeated, start } = this.scan;
    if (id === undefined || idRepeated || !isLegalId(this.bytes, id.start - start, id.end - start)) return undefined;
    return this.bytes.toString("utf8", id.start - start, id.end - start);
  }

  /** The same as `idKey` of a message. */
  get idKey(): string | undefined {
    const { id } = this;
    return id === undefined ? undefined : idKey(id);
  }

  /** What is wrong, in words that quote nothing of the text. */
  get detail(): string {
    const { faultAt, start } = this.scan;
    const where = faultAt < 0 ? "" : ` (at byte ${faultAt - start})`;
    return refusalDetail(this.reason) + where;
  }

  /** With `bad_version`, the only flaw that can be mended without guessing: the message with the right version. */
  normalised(): Buffer | undefined {
    return this.reason === "bad_version" ? normaliseMessage(this.bytes, this.scan) : undefined;
  }
}
