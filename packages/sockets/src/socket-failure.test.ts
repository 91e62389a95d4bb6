import { describe, expect, it } from "vitest";
import { DialProgress, type DialStage } from "./dial-progress.ts";
import { PARROT } from "./fixtures/protocol.ts";
import { abortedDial, hungUp, socketFailure, timedOut } from "./socket-failure.ts";

function dialAt(stage: DialStage, secure: boolean): DialProgress {
  const url = new URL(`${secure ? "parrots" : "parrot"}://cage.example:7`);
  const dial = new DialProgress({ url, secure, timeoutMs: 5000, protocol: PARROT });
  dial.stage = stage;
  return dial;
}

function error(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

describe("an error of the system", () => {
  it.each([
    ["ECONNREFUSED", "nothing listens there", "host and port of gateway.url"],
    ["ENOTFOUND", "the host name is unknown", "the host of gateway.url"],
    ["EAI_AGAIN", "the name service does not answer", "name service"],
    ["ETIMEDOUT", "no answer", "firewalls"],
    ["EHOSTUNREACH", "no route to the host", "VPN"],
    ["ENETUNREACH", "no route to the network", "VPN"],
    ["ENETDOWN", "the network is down", "network of this machine"],
    ["EACCES", "does not allow", "firewall or sandbox"],
    ["EPERM", "does not allow", "firewall or sandbox"],
    ["EMFILE", "too many open files", "limit"],
  ])("%s is put into words, and passes", (code, says, hint) => {
    const failure = socketFailure(error(code), dialAt("connect", false));
    expect(failure).toMatchObject({ reason: "unreachable", permanent: false });
    expect(failure?.message).toMatch(/^Cannot reach cage\.example:7: /);
    expect(failure?.message).toContain(says);
    expect(failure?.message).toContain(`(${code}).`);
    expect(failure?.hint).toContain(hint);
  });

  it("that is none of the network is left to others", () => {
    expect(socketFailure(error("EWHATEVER"), dialAt("connect", false))).toBeUndefined();
    expect(socketFailure(error("toString"), dialAt("connect", true))).toBeUndefined();
    expect(socketFailure("text", dialAt("connect", true))).toBeUndefined();
  });
});

describe("a peer that hangs up", () => {
  it.each([
    ["connect", false, "closed the connection while connecting (ECONNRESET).", /firewalls/],
    ["tls", true, "closed the connection during the TLS handshake (ECONNRESET).", /use parrot:\/\/ in gateway\.url/],
    ["answer", false, "closed the connection without a word (ECONNRESET).", /^Feed it\.$/],
    ["answer", true, "closed the connection without a word (ECONNRESET).", /^Check its collar\.$/],
  ] as const)("is told by the stage of the dial: %s, TLS %s", (stage, secure, says, hint) => {
    const failure = socketFailure(error("ECONNRESET"), dialAt(stage, secure));
    expect(failure).toMatchObject({ reason: "unreachable", permanent: false });
    expect(failure?.message).toBe(`cage.example:7 ${says}`);
    expect(failure?.hint).toMatch(hint);
  });

  it("need not have done so with an error", () => {
    expect(hungUp("end of stream", dialAt("answer", false)).message).toContain("without a word (end of stream)");
  });
});

describe("a dial without an answer", () => {
  it.each([
    ["connect", "no TCP connection"],
    ["tls", "the TLS handshake was not answered"],
    ["answer", "connected, but the parrot is silent"],
  ] as const)("is told by its stage: %s", (stage, says) => {
    const failure = timedOut(dialAt(stage, true));
    expect(failure).toMatchObject({ reason: "timeout", permanent: false });
    expect(failure.message).toBe(`cage.example:7 did not answer within 5000 ms: ${says}.`);
    expect(abortedDial(new DOMException("", "TimeoutError"), dialAt(stage, true)).message).toBe(failure.message);
  });

  it("was called off when its signal says nothing else", () => {
    expect(abortedDial(new DOMException("", "AbortError"), dialAt("tls", true)).message).toContain("called off");
  });
});

describe("an error of TLS", () => {
  it.each([
    ["EPROTO", "80D0:error:0A00010B:SSL routines:ssl3_get_record:wrong version number"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "error:0A00010B:SSL routines::wrong version number"],
    ["ERR_SSL_PACKET_LENGTH_TOO_LONG", "error:0A0000C6:SSL routines::packet length too long"],
    ["ERR_SSL_HTTP_REQUEST", "error:0A00009C:SSL routines::http request"],
  ])("%s means that the port does not speak it", (code, text) => {
    const failure = socketFailure(error(code, text), dialAt("tls", true));
    expect(failure).toMatchObject({ reason: "protocol", permanent: true });
    expect(failure?.message).toBe("Protocol mismatch at cage.example:7: the port does not speak TLS.");
    expect(failure?.hint).toContain("Use parrot:// instead of parrots:// in gateway.url");
  });

  it.each([
    ["CERT_HAS_EXPIRED", "", /has expired/, /clock/],
    ["CERT_REVOKED", "", /was revoked/, /new certificate/],
    ["INVALID_PURPOSE", "", /not meant for servers/, /serverAuth/],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "", /asks for a client certificate/, /client_cert/],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "", /refused the client certificate/, /client_cert/],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "", /no TLS version/, /min_version/],
    ["EPROTO", "ssl3_read_bytes:sslv3 alert handshake failure", /nothing it accepts/, /min_version .*client_cert/],
    ["ERR_SSL_TLSV1_UNRECOGNIZED_NAME", "", /does not know this host name/, /server_name/],
    ["ERR_SSL_NO_CIPHER_MATCH", "", /no cipher suite/, /OpenSSL's names/],
    ["ERR_OSSL_PEM_NO_START_LINE", "", /material cannot be used/, /PEM/],
    [
      "ERR_SSL_SOMETHING_NEW",
      "it is\u001b[2J new",
      /failed: it is\\u001b\[2J new \(ERR_SSL_SOMETHING_NEW\)/,
      /min_version/,
    ],
  ])("%s is permanent and says what to change", (code, text, says, hint) => {
    const failure = socketFailure(error(code, text), dialAt("tls", true));
    expect(failure).toMatchObject({ reason: "tls", permanent: true });
    expect(failure?.message).toContain("cage.example:7");
    expect(failure?.message).toMatch(says);
    expect(failure?.hint).toMatch(hint);
  });

  it("names who signed the certificate, escaped", () => {
    const dial = dialAt("tls", true);
    dial.issuer = "Evil\u202e CA";
    expect(socketFailure(error("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), dial)?.message).toContain(
      "its issuer is “Evil\\u202e CA”",
    );
  });

  it("is none where there is no TLS", () => {
    expect(socketFailure(error("EPROTO", "wrong version number"), dialAt("answer", false))).toBeUndefined();
  });
});
