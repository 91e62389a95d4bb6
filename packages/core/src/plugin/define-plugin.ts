import type { AuthContext, AuthProvider } from "./auth-provider.ts";
import { PLUGIN_BRAND } from "./brand.ts";
import type { FrameCodec } from "./framing.ts";
import type { PluginHost } from "./host.ts";
import type { InferOptions, JsonSchema } from "./json-schema.ts";
import type { Transport, TransportContext } from "./transport.ts";

/** A transport slot: `create` runs once per endpoint whose URL has the slot's scheme. */
export interface TransportSlot {
  /** Schema of `gateway.<slot>`-independent options; transports read what they need from the endpoint. */
  readonly schema?: JsonSchema;
  readonly create?: (context: TransportContext) => Transport;
}

/** A layout of frames on a stream of bytes: `create` runs once per connection, for transports that need one. */
export interface FramingSlot {
  readonly create?: () => FrameCodec;
}

/** An auth slot: `create` runs once per endpoint whose `auth.type` is the slot's name. Make one with {@link authSlot}. */
export interface AuthSlot {
  /** Schema of the `auth` object, `type` included. */
  readonly schema: JsonSchema;
  create?(options: unknown, context: AuthContext): AuthProvider;
}

/** A subcommand: `mcp-router NAME …`. */
export interface CommandSlot {
  readonly description: string;
  /** Runs with the words behind the command's name; resolves to the exit code. */
  readonly run: (words: readonly string[]) => Promise<number>;
}

/** What a plugin adds by name. The names are data: code is loaded only when one of them is used. */
export interface Contributions {
  /** By URL scheme without the colon: `ws`, `wss`. */
  readonly transports?: { readonly [scheme: string]: TransportSlot };
  /** By `gateway.framing`. */
  readonly framings?: { readonly [name: string]: FramingSlot };
  /** By `auth.type`. */
  readonly auth?: { readonly [type: string]: AuthSlot };
  readonly commands?: { readonly [name: string]: CommandSlot };
}

export type Sections = { readonly [path: string]: JsonSchema };
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- no keys is the point
type NoSections = Readonly<Record<never, never>>;

type IsUnion<T, U = T> = T extends U ? ([U] extends [T] ? false : true) : never;
/** The value of the only section, or an object of values by path when there are several. */
export type SectionOptions<S> =
  IsUnion<keyof S> extends false ? InferOptions<S[keyof S]> : { readonly [P in keyof S]?: InferOptions<S[P]> };

/** What `apply` gets: the section's value, or the `with` of the plugin's entry. */
export type PluginOptions<S, O> = [keyof S] extends [never] ? InferOptions<O> : SectionOptions<S>;

export interface PluginDefinition<S extends Sections = NoSections, O extends JsonSchema = JsonSchema> {
  /** Lower-case words joined by hyphens. */
  readonly name: string;
  /** The range of plugin API versions this plugin works with, such as `^1.0`. */
  readonly apiVersion: string;
  /** Parts of the configuration file that are this plugin's; writing one switches the plugin on. */
  readonly sections?: S;
  /** Schema of `with` in the `plugins` list. A plugin with one section has that section's schema instead. */
  readonly options?: O;
  readonly contributes?: Contributions;
  /** Taps hooks and registers services. Runs once per generation and per use. */
  apply?(host: PluginHost, options: PluginOptions<S, O>): void | Promise<void>;
}

/** A plugin as the loader sees it, whatever its option types were. */
export interface Plugin {
  readonly [PLUGIN_BRAND]: true;
  readonly name: string;
  readonly apiVersion: string;
  readonly sections?: Sections;
  readonly options?: JsonSchema;
  readonly contributes?: Contributions;
  apply?(host: PluginHost, options: unknown): void | Promise<void>;
}

/** Makes a plugin: one frozen data object. Its shape is checked by the loader, which can name the file at fault. */
export function definePlugin<const S extends Sections = NoSections, const O extends JsonSchema = JsonSchema>(
  definition: PluginDefinition<S, O>,
): Plugin {
  return Object.freeze({ ...definition, [PLUGIN_BRAND]: true as const });
}

/** An auth slot whose `create` gets options typed by its schema. */
export function authSlot<const S extends JsonSchema>(slot: {
  readonly schema: S;
  create?(options: InferOptions<S>, context: AuthContext): AuthProvider;
}): AuthSlot {
  return slot;
}
