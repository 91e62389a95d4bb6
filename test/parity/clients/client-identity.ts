/** Who the parity clients say they are, and what they can do: everything that makes the server show all its tools. */
export const CLIENT_INFO = { name: "parity-client", version: "1.0.0" };

export const CLIENT_CAPABILITIES = {
  sampling: {},
  elicitation: { form: {}, url: {} },
  roots: { listChanged: true },
};
