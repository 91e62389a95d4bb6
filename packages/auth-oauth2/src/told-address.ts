import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { escapeForPeople, type ProxyFor } from "@mcp-router/core/plugin";
import { type AddressKind, kindOf } from "./address-kinds.ts";
import { credentialError } from "./credential-error.ts";
import type { Route } from "./route.ts";

export type Resolve = (name: string) => Promise<readonly string[]>;

const resolveByName: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

export interface ToldAddressesOptions {
  /** Who tells addresses: the gateway, or an authorization server that the configuration names. */
  readonly teller: URL;
  /** For messages: `The gateway`. */
  readonly name: string;
  readonly proxyFor: ProxyFor;
  /** All addresses of a host name. Default: those that the system finds. */
  readonly resolve?: Resolve;
}

/**
 * Judges addresses that another party told, before anything is sent to them: it must not make this machine ask its own
 * services or those of its network (server-side request forgery), unless it is there itself.
 */
export class ToldAddresses {
  readonly #teller: URL;
  readonly #name: string;
  readonly #proxyFor: ProxyFor;
  readonly #resolve: Resolve;

  constructor({ teller, name, proxyFor, resolve = resolveByName }: ToldAddressesOptions) {
    this.#teller = teller;
    this.#name = name;
    this.#proxyFor = proxyFor;
    this.#resolve = resolve;
  }

  /**
   * Where a request to `url` may go: to the very address that was judged, for the name may lead elsewhere the next time. A
   * proxy looks names up itself and is given the name.
   *
   * @throws DialError `credential` for an address that the teller has no business to name.
   */
  async route(url: URL): Promise<Route> {
    if (url.username !== "" || url.password !== "") throw this.#refuse(url, "it holds user information");
    const allowed = await this.#allowed();
    if (url.protocol !== "https:" && !(url.protocol === "http:" && allowed.has("loopback"))) {
      throw this.#refuse(url, "it is not https:");
    }
    const name = nameOf(url);
    const decision = this.#proxyFor(url);
    const addresses = isIP(name) === 0 && decision.proxy !== undefined ? [] : await this.#addressesOf(name, url);
    const kinds = addresses.map(kindOf);
    const bad = kinds.findIndex((kind) => !allowed.has(kind));
    if (bad !== -1) throw this.#refuse(url, `its address ${addresses[bad]} is ${wordFor(kinds[bad])}`);
    // Plain HTTP is for a teller on this machine, and to this machine.
    if (url.protocol === "http:" && (kinds.length === 0 || kinds.some((kind) => kind !== "loopback"))) {
      throw this.#refuse(url, "it is not https:");
    }
    const [address] = addresses;
    if (address === undefined) return { to: url, host: url.host };
    const to = new URL(url);
    to.hostname = isIP(address) === 6 ? `[${address}]` : address;
    return { to, host: url.host, ...(isIP(name) === 0 ? { serverName: name } : {}), decision };
  }

  async #allowed(): Promise<ReadonlySet<AddressKind>> {
    const addresses = await this.#addressesOf(nameOf(this.#teller), this.#teller).catch(() => []);
    const kinds = new Set(addresses.map(kindOf));
    // A name that somebody else gives away may lead here just now, and have led elsewhere when the gateway was dialled.
    if (kinds.size === 1 && kinds.has("loopback") && isHere(nameOf(this.#teller)))
      return new Set(["public", "private", "loopback"]);
    if (kinds.size > 0 && [...kinds].every((kind) => kind === "private" || kind === "loopback")) {
      return new Set(["public", "private"]);
    }
    return new Set(["public"]);
  }

  async #addressesOf(name: string, url: URL): Promise<readonly string[]> {
    if (isIP(name) !== 0) return [name];
    try {
      const addresses = await this.#resolve(name);
      if (addresses.length > 0) return addresses;
    } catch (cause) {
      throw this.#refuse(url, "its host name is unknown", cause);
    }
    throw this.#refuse(url, "its host name has no address");
  }

  #refuse(url: URL, why: string, cause?: unknown): Error {
    const told = escapeForPeople(`${url.protocol}//${url.host}${url.pathname}`, 200);
    return credentialError(`${this.#name} told an address for signing in that is not asked: ${told}; ${why}.`, {
      hint: "If it is right, write it down yourself, as auth.token_endpoint or auth.issuer.",
      cause,
    });
  }
}

/** The host of a URL as a name or address, without brackets. */
export function nameOf(url: URL): string {
  const { hostname } = new URL(`http://${url.hostname}`);
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

/** Whether a name or address is that of this machine by itself (RFC 6761 §6.3), whatever is looked up. */
export function isHere(name: string): boolean {
  return kindOf(name) === "loopback" || /^(.+\.)?localhost\.?$/i.test(name);
}

function wordFor(kind: AddressKind | undefined): string {
  if (kind === "loopback") return "of this machine";
  return kind === "private" ? "of a private network" : "no address of a server";
}
