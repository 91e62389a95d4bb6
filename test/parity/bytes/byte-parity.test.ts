import { fileURLToPath } from "node:url";

import { expect, it, onTestFinished } from "vitest";

import { directTarget } from "../targets/direct-target.ts";
import { targets } from "../targets.ts";
import { exchangeLines } from "./exchange-lines.ts";

const ECHO_SERVER = [process.execPath, fileURLToPath(new URL("byte-echo-server.mjs", import.meta.url))];

// What a parser and a printer of JSON would change, lose or refuse.
const params: readonly string[] = [
  '{"integers":[9007199254740993,-9223372036854775808,123456789012345678901234567890]}',
  '{"numbers":[1.0,-0,-0.0,1e2,1E+2,1e400,0.1000000000000000055511151231257827,5e-324]}',
  '{"b":1,"a":2,"b":3,"":4,"10":5,"9":6}',
  '{"__proto__":{"x":1},"constructor":{"prototype":null},"toString":"x"}',
  String.raw`{"escapes":"\u0041\/\u00e9\ud83d\ude80\ud800\b\f\n\r\t\"\\","\u006eame":"x"}`,
  '{"text":"Grüße 世界 🚀 \u2028\u2029\uFEFF\u0085","ключ":"значение"}',
  '{ "spaced" :\t[ 1 ,  2 ] , "empty" : { } }',
  `{"deep":${"[".repeat(100)}null${"]".repeat(100)}}`,
  '{"looks like":"\\n{\\"jsonrpc\\":\\"2.0\\",\\"id\\":1,\\"result\\":{}}"}',
  `{"long":"${"é".repeat(300_000)}"}`,
];
// All under way at the same time: 1 and "1" are two requests.
const ids: readonly string[] = ["1", '"1"', '"a b/\\u00e9"', "9007199254740991", "-7", '"世界"', '""', "2", '"2"', "0"];

const requests = params.map(
  (text, index) => `{"jsonrpc":"2.0","id":${ids[index]},"method":"parity/echo","params":${text}}`,
);
const answers = params.map((text, index) => `{"jsonrpc":"2.0","id":${ids[index]},"result":${text}}`);

it.each([directTarget, ...targets])("bytes go there and come back as they were written ($name)", async (target) => {
  const { launch, close } = await target.open(ECHO_SERVER);
  onTestFinished(close);
  const { lines, exitCode } = await exchangeLines(launch, requests);

  expect(lines).toEqual(answers);
  expect(exitCode).toBe(0);
});
