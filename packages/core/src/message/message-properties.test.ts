import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../plugin/json.ts";
import { LineReader } from "../stdio/line-reader.ts";
import { EnvelopeWriter, readEnvelope } from "./envelope.ts";
import { RawMessage, readMessage } from "./raw-message.ts";
import { scanMessage } from "./scan-message.ts";

// A fixed seed makes a failure the same for everybody; change it to look for others.
fc.configureGlobal({ seed: 20261123 });

const space = fc.constantFrom("", "", "", " ", "\t", "  ");
const spaceOrBreak = fc.constantFrom("", "", " ", "\n", "\r\n", "\t");

/** Spellings that a parse and a re-write would change. */
const oddScalar = fc.constantFrom(
  "9007199254740993",
  "1.0",
  "-0",
  "1e400",
  "1E-7",
  '"\\ud800"',
  '"\\u0061\\/"',
  '"é😀\\u2028"',
  "true",
  "null",
);

/** A string written in one of its spellings. */
const spelled = (text: string) =>
  fc.array(fc.boolean(), { maxLength: 6 }).map((escapes) => {
    const characters = Array.from(text, (character, index) =>
      escapes[index] && character.length === 1
        ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
        : JSON.stringify(character).slice(1, -1),
    );
    return `"${characters.join("")}"`;
  });

const key = fc
  .oneof(fc.string({ unit: "grapheme", maxLength: 6 }), fc.constantFrom("__proto__", "constructor", "id", "name"))
  .chain(spelled);

const { json: jsonText } = fc.letrec<{ json: string; list: string; object: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    oddScalar,
    fc.string({ unit: "grapheme", maxLength: 100 }).chain(spelled),
    tie("list"),
    tie("object"),
  ),
  list: fc
    .tuple(space, fc.array(tie("json"), { maxLength: 4 }))
    .map(([gap, items]) => `[${gap}${items.join(`${gap},`)}]`),
  object: fc
    .tuple(space, fc.array(fc.tuple(key, tie("json")), { maxLength: 4 }))
    .map(
      ([gap, members]) => `{${gap}${members.map(([name, value]) => `${name}${gap}:${gap}${value}`).join(",")}${gap}}`,
    ),
}));

const idText = fc.oneof(fc.nat().map(String), fc.constantFrom("9007199254740993", "1.0", '"\\u0061"', '"__proto__"'));

/** The text of a legal message: members in any order, keys in any spelling, any white space from `gap`. */
const messageText = (gap: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.tuple(spelled("jsonrpc"), fc.constantFrom('"2.0"', '"2\\u002e0"')),
      fc.tuple(spelled("id"), idText),
      fc.oneof(fc.tuple(spelled("result"), jsonText), fc.tuple(spelled("method"), spelled("tools/list"))),
      fc.tuple(fc.constant('"extra"'), jsonText),
      gap,
    )
    .chain(([version, id, body, extra, between]) =>
      fc
        .shuffledSubarray([version, id, body, extra], { minLength: 4 })
        .map(
          (members) =>
            `{${between}${members
              .map(([name, value]) => `${name}${between}:${between}${value}`)
              .join(`${between},${between}`)}${between}}`,
        ),
    );

/** Cuts a buffer into chunks of the sizes given, round and round. */
function chunksOf(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe("a message on its way", () => {
  it("comes out of reader, scanner, envelope and back byte for byte, however the stream is cut", () => {
    const writer = new EnvelopeWriter({ now: () => 0 });
    fc.assert(
      fc.property(
        fc.array(messageText(space), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom("\n", "\r\n", "\n\n", " \n"),
        (texts, sizes, lineEnd) => {
          const arrived: string[] = [];
          const reader = new LineReader({
            line: (bytes) => {
              const message = readMessage(bytes);
              const frame = writer.write(message.bytes, { id: "e", namespace: "n", token: "t" });
              const facts = readEnvelope(frame);
              expect(facts.message).toBeInstanceOf(RawMessage);
              arrived.push(facts.message?.bytes.toString() ?? "");
            },
            oversize: () => expect.unreachable(),
            invalid: () => expect.unreachable(),
          });
          const stream = Buffer.from(texts.map((text) => text + lineEnd).join(""));
          for (const chunk of chunksOf(stream, sizes)) reader.push(chunk);
          expect(reader.end()).toBe(0);
          expect(arrived).toEqual(texts);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("comes out of a pretty-printed envelope with spaces for line breaks, and nothing else changed", () => {
    fc.assert(
      fc.property(messageText(spaceOrBreak), spaceOrBreak, jsonText, (text, gap, extra) => {
        const frame = `{${gap}"extra":${extra},${gap}"mcp_payload"${gap}:${gap}${text}${gap},"id":"e"}`;
        const facts = readEnvelope(Buffer.from(frame));
        expect(facts.message?.bytes.toString()).toBe(text.replaceAll(/[\r\n]/g, " "));
        expect(facts.id).toBe("e");
      }),
      { numRuns: 400 },
    );
  });
});

describe("the scanner", () => {
  it("takes for JSON exactly what JSON.parse takes", () => {
    const mutation = fc.record({
      at: fc.nat(),
      remove: fc.integer({ min: 0, max: 3 }),
      insert: fc.constantFrom(
        "",
        '"',
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "-",
        "0",
        ".",
        "e",
        "\t",
        "\u0000",
        "u",
        "true",
        "\\u00",
      ),
    });
    fc.assert(
      fc.property(
        fc.oneof(messageText(spaceOrBreak), jsonText),
        fc.array(mutation, { maxLength: 3 }),
        (original, mutations) => {
          let text = original;
          for (const { at, remove, insert } of mutations) {
            const place = at % (text.length + 1);
            text = text.slice(0, place) + insert + text.slice(place + remove);
          }
          const bytes = Buffer.from(text);
          let valid = true;
          try {
            JSON.parse(bytes.toString());
          } catch {
            valid = false;
          }
          expect(scanMessage(bytes).refusal !== "not_json").toBe(valid);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("survives any bytes at all", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(scanMessage(Buffer.from(bytes)).refusal).toBeDefined();
      }),
    );
  });
});

describe("set", () => {
  const escapePointer = (token: string) => token.replaceAll("~", "~0").replaceAll("/", "~1");

  /** What a plain parse, assignment and write would give. */
  function assigned(base: JsonValue, tokens: readonly string[], value: JsonValue): unknown {
    const [token, ...rest] = tokens;
    if (token === undefined) return value;
    if (Array.isArray(base))
      return base.map((item: JsonValue, at) => (String(at) === token ? assigned(item, rest, value) : item));
    const members = Object.entries(base ?? {});
    const next = members.map(([name, item]): [string, unknown] => [
      name,
      name === token ? assigned(item, rest, value) : item,
    ]);
    if (!members.some(([name]) => name === token)) next.push([token, value]);
    return Object.fromEntries(next);
  }

  /** The tokens that lead to some member of `value`, chosen by `choices`. */
  function somePath(value: JsonValue, choices: readonly number[]): string[] {
    const [choice, ...rest] = choices;
    if (choice === undefined || typeof value !== "object" || value === null) return [];
    const members = Object.entries(value);
    const member = members[choice % (members.length || 1)];
    return member === undefined ? ["added"] : [member[0], ...somePath(member[1], rest)];
  }

  it("means what parsing, assigning and writing means", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.array(fc.nat(), { maxLength: 4 }), (argument, given, choices) => {
        const value: JsonValue = JSON.parse(JSON.stringify(given));
        const text = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "m", params: { argument } });
        const message = readMessage(Buffer.from(text));
        if (!(message instanceof RawMessage)) throw new Error(message.detail);
        const before: JsonValue = JSON.parse(text);
        const inside: JsonValue = JSON.parse(JSON.stringify(argument));
        const path = somePath(inside, choices);
        if (Array.isArray(before) || path.at(-1) === "added") return;
        const tokens = ["params", "argument", ...path];
        message.set(tokens.map((token) => `/${escapePointer(token)}`).join(""), value);
        expect(JSON.parse(message.bytes.toString())).toEqual(assigned(before, tokens, value));
      }),
      { numRuns: 500 },
    );
  });

  it("leaves the bytes before and behind the member alone", () => {
    fc.assert(
      fc.property(jsonText, jsonText, jsonText, fc.jsonValue(), (left, old, right, given) => {
        const value: JsonValue = JSON.parse(JSON.stringify(given));
        const head = `{"jsonrpc":"2.0","id":1,"a":${left},"method":"m","params":{"x":`;
        const tail = `,"z":${right}}}`;
        const message = readMessage(Buffer.from(head + old + tail));
        if (!(message instanceof RawMessage)) throw new Error(message.detail);
        message.set("/params/x", value);
        expect(message.bytes.toString()).toBe(head + JSON.stringify(value) + tail);
      }),
      { numRuns: 300 },
    );
  });
});
