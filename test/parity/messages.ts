interface Notification {
  readonly method: string;
  readonly params: object;
}

/** Whether it is `notifications/cancelled`. */
export function isCancellation(message: unknown): message is Notification {
  return isNotification(message, "notifications/cancelled");
}

/** Whether it is `notifications/progress`. */
export function isProgress(message: unknown): message is Notification {
  return isNotification(message, "notifications/progress");
}

/** Which request a cancellation is about. */
export function requestIdOf({ params }: Notification): unknown {
  return "requestId" in params ? params.requestId : undefined;
}

/** Which request a progress notification is about; both SDKs use the id of the request for it. */
export function progressToken({ params }: Notification): unknown {
  return "progressToken" in params ? params.progressToken : undefined;
}

/** What a message belongs to: an answer and its progress to one call, all others to the session. */
export function threadOf(message: unknown): string {
  if (isProgress(message)) return `call ${JSON.stringify(progressToken(message))}`;
  const answers = typeof message === "object" && message !== null && "id" in message && !("method" in message);
  return answers ? `call ${JSON.stringify(message.id)}` : "session";
}

function isNotification(message: unknown, method: string): message is Notification {
  return (
    typeof message === "object" &&
    message !== null &&
    "method" in message &&
    message.method === method &&
    "params" in message &&
    typeof message.params === "object" &&
    message.params !== null
  );
}
