/**
 * The `mcp-router` command has no programming interface: to run a router inside an application, use `createRouter` of
 * `@mcp-router/core`. What a program that starts the command can use are its exit codes.
 *
 * @packageDocumentation
 */
export { EXIT } from "./exit-code.ts";
