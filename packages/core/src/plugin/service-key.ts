/** Names a service that one plugin provides and others use. */
export interface ServiceKey<T> {
  readonly name: string;
  /** Carries the type only; never present at run time. */
  readonly type?: T;
}

/** A key for `host.provide` and `host.use`. Equal names are the same service, whichever copy of the package made them. */
export function serviceKey<T>(name: string): ServiceKey<T> {
  return Object.freeze({ name });
}
