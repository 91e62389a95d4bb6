import { ConfigFileError } from "./config-file-error.ts";
import { findJsonFault } from "./json-fault.ts";
import { positionInText } from "./position-in-text.ts";

/** Parses the text of a JSON file. */
export function parseJsonText(file: string, text: string): unknown {
  const fault = findJsonFault(text);
  if (fault !== undefined) {
    throw new ConfigFileError(`this is not valid JSON: ${fault.reason}`, {
      file,
      ...positionInText(text, fault.offset),
    });
  }
  return JSON.parse(text);
}

/** Parses the text of a YAML file: YAML 1.2 core and `<<`. Dates stay texts. */
export async function parseYamlText(file: string, text: string): Promise<unknown> {
  // Five times faster to load than the yaml package, which also knows positions and is left for errors.
  const { CORE_SCHEMA, load, Type, YAMLException } = await import("js-yaml");
  const merge = new Type("tag:yaml.org,2002:merge", { kind: "scalar", resolve: (key: unknown) => key === "<<" });
  try {
    return load(text, { schema: CORE_SCHEMA.extend({ implicit: [merge] }) });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark, reason } = error;
    const position = mark === undefined ? {} : { line: mark.line + 1, column: mark.column + 1 };
    const hint = /\t/.test(text) ? "YAML allows no tabs for indentation." : undefined;
    throw new ConfigFileError(`this is not valid YAML: ${reason}`, {
      file,
      ...position,
      ...(hint !== undefined && { hint }),
    });
  }
}
