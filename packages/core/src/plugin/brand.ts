/**
 * Marks plugin and preset objects. A registered symbol, so that a plugin built against another copy of this package is
 * still recognised; nothing in the router uses `instanceof` on what a plugin hands over.
 */
export const PLUGIN_BRAND: unique symbol = Symbol.for("@mcp-router/plugin");
export const PRESET_BRAND: unique symbol = Symbol.for("@mcp-router/preset");

/**
 * The version of the plugin contract, apart from the version of any package. It changes its major only when a plugin
 * written against the old contract would stop working.
 */
export const PLUGIN_API_VERSION = "1.3.0";
