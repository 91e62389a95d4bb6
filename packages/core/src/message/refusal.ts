/** Why a text is not a JSON-RPC message that may pass. A text with several flaws is refused for the first in this order. */
export type Refusal =
  | "not_json"
  | "too_deep"
  | "batch"
  | "not_object"
  | "ambiguous"
  | "both"
  | "no_method"
  | "bad_method"
  | "bad_id"
  | "bad_params"
  | "bad_version";

const DETAILS: Readonly<Record<Refusal, string>> = {
  not_json: "not valid JSON",
  too_deep: "nested deeper than 128 levels",
  batch: "a batch, which MCP does not have",
  not_object: "not a JSON object",
  ambiguous: "a member that decides the meaning appears twice",
  both: "more than one of method, result and error",
  no_method: "none of method, result and error",
  bad_method: "the method is not a string of 1 to 256 characters",
  bad_id: "the id is not an integer or a string of at most 1,024 bytes",
  bad_params: "params is neither an object nor an array",
  bad_version: 'jsonrpc is not "2.0"',
};

/** The refusal in words; says nothing of the text's content. */
export function refusalDetail(refusal: Refusal): string {
  return DETAILS[refusal];
}

/** Why a reply that is good JSON-RPC still breaks official clients: they want an object as result, and a well-formed error. */
export type ReplyFlaw = "result_not_object" | "error_not_object" | "error_code" | "error_message";
