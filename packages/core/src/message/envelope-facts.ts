import type { JsonValue } from "../plugin/json.ts";
import type { EnvelopeRefusal, EnvelopeScan } from "./envelope-scan.ts";
import { stringAt } from "./judge-message.ts";
import type { MalformedMessage } from "./malformed-message.ts";
import type { RawMessage } from "./raw-message.ts";
import type { Span } from "./span.ts";

/** `payload`: an envelope with a message; `error`: one with a gateway error only; `bare`: a message without an envelope. */
export type FrameKind = "payload" | "error" | "bare" | "refused";

/** The error of a gateway, as far as it has the expected types. */
export interface GatewayErrorFacts {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly details: JsonValue | undefined;
}

/** What a frame from the gateway says; strings are decoded when asked for. */
export class EnvelopeFacts {
  readonly kind: FrameKind;
  /** The message inside, with `payload` and `bare`. */
  readonly message: RawMessage | MalformedMessage | undefined;
  readonly #frame: Buffer;
  readonly #scan: EnvelopeScan | undefined;

  constructor(
    kind: FrameKind,
    frame: Buffer,
    scan: EnvelopeScan | undefined,
    message: RawMessage | MalformedMessage | undefined,
  ) {
    this.kind = kind;
    this.message = message;
    this.#frame = frame;
    this.#scan = scan;
  }

  get refusal(): EnvelopeRefusal | undefined {
    return this.#scan?.refusal;
  }

  get id(): string | undefined {
    return this.#string(this.#scan?.id);
  }

  get correlationId(): string | undefined {
    return this.#string(this.#scan?.correlationId);
  }

  get timestamp(): string | undefined {
    return this.#string(this.#scan?.timestamp);
  }

  get source(): string | undefined {
    return this.#string(this.#scan?.source);
  }

  get targetNamespace(): string | undefined {
    return this.#string(this.#scan?.targetNamespace);
  }

  /** Whether there is `metadata` to look at. */
  get hasMetadata(): boolean {
    return this.#scan?.metadata !== undefined;
  }

  /** Parsed on each call. */
  get metadata(): JsonValue | undefined {
    return this.#json(this.#scan?.metadata);
  }

  /** The envelope's own error; parsed on each call. */
  get error(): GatewayErrorFacts | undefined {
    const scan = this.#scan;
    if (scan?.error === undefined) return undefined;
    return {
      code: this.#string(scan.errorCode),
      message: this.#string(scan.errorMessage),
      details: this.#json(scan.errorDetails),
    };
  }

  /** Where the message stands in the frame. */
  get payload(): Span | undefined {
    return this.#scan?.payload;
  }

  #string(span: Span | undefined): string | undefined {
    return span === undefined ? undefined : stringAt(this.#frame, span.start, span.end);
  }

  #json(span: Span | undefined): JsonValue | undefined {
    if (span === undefined) return undefined;
    const value: JsonValue = JSON.parse(this.#frame.toString("utf8", span.start, span.end));
    return value;
  }
}
