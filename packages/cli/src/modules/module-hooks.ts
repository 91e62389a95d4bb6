import type { LoadHook, ResolveHook } from "node:module";

// They run in Node's loader thread; import-module.ts says what for.

/** Where `@mcp-router/core` cannot be found, the copy that this command uses stands in. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (!/^@mcp-router\/core($|\/)/.test(specifier)) throw error;
    return await nextResolve(specifier, { ...context, parentURL: import.meta.url });
  }
};

/**
 * A `.ts` file is an ES module, also without a `package.json` that says so; tsx would make it CommonJS, which asks no
 * hooks. The format is the one that tells tsx to compile.
 */
export const load: LoadHook = async (url, context, nextLoad) => {
  if (!/\.ts(\?|$)/.test(url)) return await nextLoad(url, context);
  const loaded = await nextLoad(url, { ...context, format: "module" });
  return { ...loaded, format: "module-typescript" };
};
