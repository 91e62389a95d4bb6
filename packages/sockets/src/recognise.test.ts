import { describe, expect, it } from "vitest";
import { excerpt, recognise } from "./recognise.ts";

describe("the first bytes of a peer", () => {
  it.each([
    ["15 03 01 00 02 02 46", { kind: "tls" }],
    ["16 03 03 00 7a", { kind: "tls" }],
    ["16 02", { kind: "unknown" }],
    ["4d 43 00 00 00 02 7b 7d", { kind: "frames", framing: "guide" }],
    ["4d 43", { kind: "frames", framing: "guide" }],
    ["4d 43 01 00 00 00 02", { kind: "frames", framing: "typed" }],
    ["4d 43 05", { kind: "frames", framing: "typed" }],
    ["4d 43 06", { kind: "unknown" }],
    ["4d 43 50 42 00 01", { kind: "frames", framing: "mcpb" }],
    ["4d 43 50 00 00 01", { kind: "frames", framing: "mcpb-padded" }],
    ["", { kind: "unknown" }],
    ["00 01 02", { kind: "unknown" }],
  ])("%s", (bytes, speech) => {
    expect(recognise(Buffer.from(bytes.replaceAll(" ", ""), "hex"))).toEqual(speech);
  });

  it.each([
    ["HTTP/1.1 400 Bad Request\r\n", "http"],
    ["HTTP/2 200\r\n", "http"],
    ["\n<!DOCTYPE html>", "http"],
    ["<html>", "http"],
    ['{"jsonrpc":"2.0"}', "json"],
    ["\r\n [1]", "json"],
    ["SSH-2.0-OpenSSH_9.7\r\n", "text"],
    ["220 mail.example ESMTP\r\n", "text"],
    ["+OK\r\n", "text"],
    ["MySQL\u0000", "unknown"],
    ["caf\u00e9", "unknown"],
  ])("“%s” is %s", (text, kind) => {
    expect(recognise(Buffer.from(text, "latin1"))).toEqual({ kind });
  });

  it("are shown escaped and cut", () => {
    expect(excerpt(Buffer.from("\u001b[2Jhello"))).toBe("\\u001b[2Jhello");
    expect(excerpt(Buffer.from("x".repeat(500)))).toHaveLength(80);
  });
});
