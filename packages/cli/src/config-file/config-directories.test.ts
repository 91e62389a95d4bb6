import { describe, expect, it } from "vitest";

import { stateDirectory, systemConfigDirectory, userConfigDirectory } from "./config-directories.ts";

describe("directories", () => {
  it("follow XDG, and its defaults", () => {
    expect(userConfigDirectory({ HOME: "/h" }, "linux")).toBe("/h/.config/mcp-router");
    expect(userConfigDirectory({ HOME: "/h", XDG_CONFIG_HOME: "/x" }, "linux")).toBe("/x/mcp-router");
    expect(userConfigDirectory({ HOME: "/h", XDG_CONFIG_HOME: "" }, "darwin")).toBe("/h/.config/mcp-router");
    expect(stateDirectory({ HOME: "/h" }, "linux")).toBe("/h/.local/state/mcp-router");
    expect(stateDirectory({ HOME: "/h", XDG_STATE_HOME: "/s" }, "linux")).toBe("/s/mcp-router");
    expect(systemConfigDirectory({}, "linux")).toBe("/etc/mcp-router");
  });

  it("are those of the user's profile on Windows", () => {
    const env = { APPDATA: "/roaming", LOCALAPPDATA: "/local", PROGRAMDATA: "/program-data" };
    expect(userConfigDirectory(env, "win32")).toMatch(/^.roaming.mcp-router$/);
    expect(stateDirectory(env, "win32")).toMatch(/^.local.mcp-router$/);
    expect(systemConfigDirectory(env, "win32")).toMatch(/^.program-data.mcp-router$/);
  });
});
