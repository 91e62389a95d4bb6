import type { DripOptions } from "./drip.ts";
import type { ForgetOptions } from "./forget-sessions.ts";
import type { RestartOptions } from "./restart.ts";
import type { SerialOptions } from "./serial.ts";
import type { ShuffleOptions } from "./shuffle-answers.ts";
import type { StallOptions } from "./stall.ts";
import type { TriggerOptions } from "./trigger.ts";
import type { TwiceOptions } from "./answer-twice.ts";
import type { WrongConnectionOptions } from "./wrong-connection.ts";

/** One way to misbehave, and how often. */
export type FaultOptions =
  | ({ readonly fault: "restart" } & RestartOptions & TriggerOptions)
  | ({ readonly fault: "forget" } & ForgetOptions & TriggerOptions)
  | ({ readonly fault: "stall" } & StallOptions & TriggerOptions)
  | ({ readonly fault: "drip" } & DripOptions)
  | ({ readonly fault: "shuffle" } & ShuffleOptions)
  | ({ readonly fault: "twice" } & TwiceOptions)
  | ({ readonly fault: "wrong-connection" } & WrongConnectionOptions)
  | ({ readonly fault: "serial" } & SerialOptions);

export type FaultName = FaultOptions["fault"];
