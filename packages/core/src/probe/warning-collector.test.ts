import { expect, it } from "vitest";
import { RecordingLogger } from "../testing/recording-logger.ts";
import { WarningCollector } from "./warning-collector.ts";

it("keeps warnings of a logger and its children, each once, and passes everything on", () => {
  const log = new RecordingLogger();
  const warnings = new WarningCollector(log);
  warnings.logger.info("not a warning");
  warnings.logger.warn("first");
  warnings.logger.child({ plugin: "x" }).warn({ file: "y" }, "second");
  warnings.logger.error(new Error("third"));
  expect(warnings.waiting).toEqual(["first", "second", "third"]);
  expect(warnings.take()).toEqual(["first", "second", "third"]);
  expect(warnings.take()).toEqual([]);
  expect(log.of("warn")).toEqual(["first", "second"]);
  expect(log.of("info")).toEqual(["not a warning"]);
});
