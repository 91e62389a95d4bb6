/** A value or an error as data that can be compared: of an error all that an application can see. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: error };
  const { name, message } = error;
  return {
    error: {
      name,
      message,
      ...("code" in error && { code: error.code }),
      ...("data" in error && { data: error.data }),
    },
  };
}
