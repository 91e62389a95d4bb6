import type { GatewayVersion } from "../config/resolved-config.ts";
import { escapeForPeople } from "../errors/escape.ts";
import { member } from "../message/json-member.ts";
import type { JsonValue } from "../plugin/json.ts";
import type { GatewayFeatures, VersionSource } from "../plugin/link-health.ts";
import type { Logger } from "../plugin/logger.ts";
import type { Message } from "../plugin/message.ts";

export type SpokenVersion = Exclude<GatewayVersion, "auto">;
/** `gateway.features`, where something is written there. */
export type FeatureSwitches = { readonly [Feature in keyof GatewayFeatures]?: boolean | undefined };

export interface DialectOptions {
  readonly endpoint: string;
  readonly version: GatewayVersion;
  /** What the configuration says stands, whatever the version. */
  readonly switches: FeatureSwitches;
  /** Bare messages have no place for a token or anything else. */
  readonly envelopes: boolean;
  /** Gateways of version 1 speak WebSocket only. */
  readonly mayBeOld: boolean;
  readonly log: Logger;
}

/** The better a source knows, the higher. What is known is corrected by an equal or a better one. */
const TRUST: { readonly [Source in VersionSource]: number } = {
  assumed: 0,
  "health endpoint": 1,
  initialize: 2,
  behaviour: 3,
  upgrade: 4,
  configuration: 5,
};

const OF_VERSION: { readonly [Version in SpokenVersion]: GatewayFeatures } = {
  "1": { perMessageAuth: false, pingFrames: true, rateLimitDetails: false, correlationMetadata: false },
  "2": { perMessageAuth: true, pingFrames: true, rateLimitDetails: true, correlationMetadata: true },
  custom: { perMessageAuth: true, pingFrames: true, rateLimitDetails: true, correlationMetadata: true },
};

/** Which generation of gateway an endpoint is, and what follows from it: said by the configuration, or found out. */
export class GatewayDialect {
  readonly #options: DialectOptions;
  #version: SpokenVersion;
  #from: VersionSource;
  #announced: FeatureSwitches = {};
  #features: GatewayFeatures;

  constructor(options: DialectOptions) {
    const { version } = options;
    this.#options = options;
    this.#version = version === "auto" ? "2" : version;
    this.#from = version === "auto" ? "assumed" : "configuration";
    this.#features = this.#decide();
  }

  get version(): SpokenVersion {
    return this.#version;
  }

  get from(): VersionSource {
    return this.#from;
  }

  get features(): GatewayFeatures {
    return this.#features;
  }

  /** The gateway has said its version, as `2.0` or `v1.4`. Anything else says nothing. */
  announced(text: string | undefined, from: VersionSource): void {
    const major = /^\s*v?(\d{1,4})(\.|\s*$)/.exec(text ?? "")?.[1];
    if (major !== undefined && Number(major) > 0) this.#learn(Number(major) === 1 ? "1" : "2", from);
  }

  /** `capabilities.experimental.gateway` of an answer to `initialize`: `{ version, features }`. */
  initialized(reply: Message): void {
    if (this.#from === "configuration" || !reply.bytes.includes('"gateway"')) return;
    const capabilities = member(member(reply.json, "result"), "capabilities");
    const gateway = member(member(capabilities, "experimental"), "gateway");
    const version = member(gateway, "version");
    this.#announced = switchesOf(member(gateway, "features"));
    this.announced(typeof version === "number" ? String(version) : text(version), "initialize");
    this.#features = this.#decide();
  }

  /**
   * The gateway refuses messages because a token is in them, as version 1 does.
   *
   * @returns whether messages go without a token from now on. Never when the gateway, or the configuration, says that it
   * takes one.
   */
  refusesTokens(because: string): boolean {
    const { endpoint, log } = this.#options;
    if (this.#from === "assumed" && this.#options.mayBeOld && this.#features.perMessageAuth) {
      const said = escapeForPeople(because);
      log.warn({ endpoint }, `${said}: it is taken for a gateway of version 1; gateway.version says it from the start`);
      this.#learn("1", "behaviour");
    }
    return !this.#features.perMessageAuth;
  }

  /** The gateway has refused a message without a token, and named the token: it is not of version 1 after all. */
  wantsTokens(): void {
    if (this.#from === "behaviour") this.#learn("2", "behaviour");
  }

  #learn(version: SpokenVersion, from: VersionSource): void {
    const { endpoint, mayBeOld, log } = this.#options;
    if (TRUST[from] < TRUST[this.#from] || (version === "1" && !mayBeOld)) return;
    if (version !== this.#version) log.info({ endpoint, version, from }, "the version of the gateway is known");
    this.#version = version;
    this.#from = from;
    this.#features = this.#decide();
  }

  #decide(): GatewayFeatures {
    const { switches, envelopes } = this.#options;
    const usual = OF_VERSION[this.#version];
    const one = (name: keyof GatewayFeatures): boolean => switches[name] ?? this.#announced[name] ?? usual[name];
    return {
      perMessageAuth: envelopes && one("perMessageAuth"),
      pingFrames: one("pingFrames"),
      rateLimitDetails: envelopes && one("rateLimitDetails"),
      correlationMetadata: envelopes && one("correlationMetadata"),
    };
  }
}

/** The features as they are written in configurations and announcements; what is no boolean is not there. */
export function switchesOf(value: JsonValue | undefined): FeatureSwitches {
  const one = (name: string): boolean | undefined => {
    const written = member(value, name);
    return typeof written === "boolean" ? written : undefined;
  };
  return {
    perMessageAuth: one("per_message_auth"),
    pingFrames: one("ping_frames"),
    rateLimitDetails: one("rate_limit_details"),
    correlationMetadata: one("correlation_metadata"),
  };
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
